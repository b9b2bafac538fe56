/**
 * What comes in over the connections.
 *
 * @module
 */
import {
  describe,
  parseFrame,
  type Response,
  serverMethods,
} from "../../protocol/mod.ts";
import { refusal } from "./answer.ts";
import { endSession } from "./end.ts";
import { handlePong, type Pong, readPong } from "./heartbeat.ts";
import type { ConnectionId } from "./input.ts";
import { refuse } from "./outbox.ts";
import { overflow, type Pace, paceOf, pour } from "./pace.ts";
import { handleRequest } from "./requests.ts";
import { prove } from "./secrets.ts";
import {
  type JoinedSession,
  type Line,
  lineOf,
  type Session,
} from "./session.ts";
import type { Step } from "./state.ts";

/** After so many in a row, a client is not going to make sense any more. */
const MAX_INVALID_FRAMES = 20;
/** UTF-16 units for which a message counts once more. */
const UNITS_A_MESSAGE = 1_024;

export function receive(
  step: Step,
  connection: ConnectionId,
  text: string,
): void {
  const id = step.state.connections.get(connection);
  const session = id === undefined ? undefined : step.state.sessions.get(id);
  const line = session && lineOf(session);
  if (!session || !line) return;
  if (session.state === "joined") hear(step, session);
  if (isFlooding(step, session, text)) return cutOff(step, session, line);
  const problem = handle(step, session, line, text);
  if (problem === null) line.invalidFrames = 0;
  else reject(step, session, line, problem);
}

/** Any frame counts as life, and shows that the last answer to a resume came. */
function hear({ now }: Step, { presence, credentials }: JoinedSession): void {
  if (presence.state !== "connected") return;
  presence.heardAt = now;
  prove(credentials);
}

/** A client that was refused what is too much has heard of it, and goes on. */
function isFlooding(
  { state: { policy }, now }: Step,
  session: Session,
  text: string,
): boolean {
  const pace = paceOf(policy);
  const cost = 1 + Math.floor(text.length / UNITS_A_MESSAGE);
  session.workedOffAt = pour(session.workedOffAt, cost, pace, now);
  return overflow(session.workedOffAt, twice(pace), now) > 0;
}

const twice = (pace: Pace): Pace => ({ ...pace, burst: pace.burst * 2 });

function cutOff(step: Step, session: Session, { connection }: Line): void {
  const detail = "the connection is flooded";
  refuse(step, connection, null, refusal("tooManyRequests", detail));
  endSession(step, session, "protocolError", "policyViolation");
}

/** Why a frame is none that a client may send. */
type Problem = {
  readonly error: "parseError" | "invalidRequest";
  readonly id: number | null;
  readonly detail: string | undefined;
};

const invalid = (detail: string): Problem => ({
  error: "invalidRequest",
  id: null,
  detail,
});

function handle(
  step: Step,
  session: Session,
  line: Line,
  text: string,
): Problem | null {
  const pong = readPong(text);
  if (pong) return handleAnswer(step, session, pong);
  const frame = parseFrame(text);
  switch (frame.type) {
    case "request":
      handleRequest(step, session, line, frame.request, text);
      return null;
    case "response":
      return handleResponse(step, session, frame.response);
    case "notification":
      return invalid("clients send no notifications");
    case "invalid":
      return { error: frame.error, id: frame.id, detail: frame.detail };
  }
}

function handleResponse(
  step: Step,
  session: Session,
  response: Response,
): Problem | null {
  if (!("result" in response)) return invalid("a ping cannot fail");
  const result = serverMethods.ping.result.safeParse(response.result);
  if (!result.success) return invalid(describe(result.error));
  const { ack } = result.data;
  return handleAnswer(step, session, { ping: response.id, ack });
}

function handleAnswer(
  step: Step,
  session: Session,
  pong: Pong,
): Problem | null {
  const fits = session.state === "joined" &&
    session.presence.state === "connected" &&
    handlePong(step, session, session.presence, pong);
  return fits ? null : invalid("it answers nothing that was asked");
}

function reject(
  step: Step,
  session: Session,
  line: Line,
  { error, id, detail }: Problem,
): void {
  refuse(step, line.connection, id, refusal(error, detail));
  line.invalidFrames += 1;
  if (line.invalidFrames < MAX_INVALID_FRAMES) return;
  endSession(step, session, "protocolError");
}
