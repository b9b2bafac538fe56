import {
  encodeError,
  encodeResult,
  type ErrorObject,
  errorObject,
  type Notification,
  parseFrame,
  type Request,
  type Response,
  serverMethods,
} from "../../protocol/mod.ts";
import type { Core } from "./core.ts";
import { endedFor, type Ending, misunderstood } from "./ending.ts";
import type { SocketId } from "./io.ts";
import { readNotification } from "./messages.ts";
import type { Joined, Parting, Session, Suspecting } from "./state.ts";

type Hearing = Joined | Suspecting | Parting;

/** Undefined: all is well. */
export type Heard =
  | undefined
  /** Something was said before that did not arrive. */
  | { readonly type: "gap"; readonly error: ErrorObject }
  | { readonly type: "over"; readonly ending: Ending }
  | Moved
  | GoingAway;

/** To be back, here or there, after a while. */
export type GoingAway = {
  readonly type: "goingAway";
  readonly resumeInMs: number;
  readonly url?: string | undefined;
};

/** To be in another room from now on, with this token for it. */
export type Moved = {
  readonly type: "moved";
  readonly room: string;
  readonly token: string;
};

/** Takes in a frame of the session. */
export function hear(
  core: Core,
  state: Hearing,
  text: string,
): Heard {
  const frame = parseFrame(text);
  switch (frame.type) {
    case "request":
      return asked(core, state, frame.request);
    case "response":
      return answered(core, state, frame.response);
    case "notification":
      return notified(core, state, frame.notification);
    case "invalid":
      // Something was said that is lost now, and it may have been an event.
      return broken(frame.detail ?? frame.error);
  }
}

/** Pings are answered right here: timers of hidden pages are slowed down. */
export function answer(
  core: Core,
  socket: SocketId,
  { id, method }: Request,
  ack: number,
): void {
  const text = method === "ping"
    ? encodeResult(id, { ack })
    : encodeError(id, errorObject("methodNotFound"));
  core.send(socket, text);
}

const broken = (detail: string): Heard => ({
  type: "over",
  ending: misunderstood(detail),
});

function asked(
  core: Core,
  state: Hearing,
  request: Request,
): Heard {
  answer(core, state.socket, request, state.session.seq);
  const ping = serverMethods.ping.params.safeParse(request.params);
  const { roundTripMs } = ping.data ?? {};
  if (request.method !== "ping" || roundTripMs === undefined) return;
  know(core, state, { roundTripMs });
  core.do({ type: "roundTrip", ms: roundTripMs });
}

function answered(
  core: Core,
  state: Hearing,
  response: Response,
): Heard {
  if (response.id === null) {
    if ("error" in response) core.except(response.error);
    return;
  }
  const reply = core.requests.settle(response);
  if (reply) core.reply([reply]);
  core.sendRequests(state.socket);
}

function notified(
  core: Core,
  state: Hearing,
  notification: Notification,
): Heard {
  const incoming = readNotification(notification);
  switch (incoming.type) {
    case "unknownHint":
      return;
    case "hint":
      core.do({ type: "hint", hint: incoming.hint });
      if (incoming.hint.name !== "goingAway") return;
      return { type: "goingAway", ...incoming.hint.params };
    case "brokenHint":
      core.except(errorObject("invalidServerMessage", incoming.detail));
      return;
    case "brokenEvent":
      return broken(incoming.detail);
  }
  const { seq } = state.session;
  // It was told before, on this connection or on another one.
  if (incoming.seq <= seq) return;
  if (incoming.seq > seq + 1) {
    const error = errorObject("signalingLost", `event ${seq + 1} is missing`);
    return { type: "gap", error };
  }
  know(core, state, { seq: incoming.seq });
  if (incoming.type === "unknownEvent") return;
  const { event } = incoming;
  core.do({ type: "event", event });
  switch (event.name) {
    case "policyChanged":
      return know(core, state, { seq: incoming.seq, ...event.params });
    case "moved":
      return { type: "moved", ...event.params };
    case "sessionEnded":
      return { type: "over", ending: endedFor(event.params.reason) };
  }
}

function know(
  core: Core,
  state: Hearing,
  news: Partial<Session>,
): undefined {
  core.state = { ...state, session: { ...state.session, ...news } };
}
