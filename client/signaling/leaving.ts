import { closeCodes, parseFrame } from "../../protocol/mod.ts";
import type { Core } from "./core.ts";
import { endedFor, LEFT } from "./ending.ts";
import { answer } from "./hearing.ts";
import type { ConnectionEvent } from "./io.ts";
import type { Joined, Leaving, Recovering } from "./state.ts";

/** Milliseconds that `leave` waits for its answer. */
export const LEAVE_TIMEOUT_MS = 2_000;

export function startLeaving(core: Core, state: Joined, now: number): void {
  const { socket, session } = state;
  const { id, text } = core.requests.encode("leave", {});
  const deadline = now + LEAVE_TIMEOUT_MS;
  core.state = { type: "leaving", socket, id, session, deadline };
  core.send(socket, text);
  core.reply(core.requests.fail(LEFT));
}

/** Without waiting for anything, over all ways that there may be. */
export function abandon(core: Core, state: Joined | Recovering): void {
  if ("socket" in state) {
    core.send(state.socket, core.requests.encode("leave", {}).text);
  }
  // One that is being joined anew is left with its connection.
  if (!("race" in state) || state.race.goal.method === "resume") {
    sayFarewell(core, state);
  }
  core.end(endedFor("left"));
}

export function whileLeaving(
  core: Core,
  state: Leaving,
  event: ConnectionEvent,
  now: number,
): void {
  switch (event.type) {
    case "received":
      if (event.socket === state.socket) received(core, state, event.text);
      return;
    case "closed":
      if (event.socket !== state.socket) return;
      if (event.code !== closeCodes.left) return giveUp(core, state);
      return core.end(endedFor("left"));
    case "tick":
      if (now >= state.deadline) giveUp(core, state);
      return;
    case "abandon":
      return giveUp(core, state);
  }
}

function giveUp(core: Core, state: Leaving): void {
  sayFarewell(core, state);
  core.end(endedFor("left"));
}

function received(core: Core, state: Leaving, text: string): void {
  const frame = parseFrame(text);
  if (frame.type === "request") {
    return answer(core, state.socket, frame.request, state.session.seq);
  }
  const isOver = frame.type === "invalid" ||
    frame.type === "response" && frame.response.id === state.id;
  if (isOver) core.end(endedFor("left"));
}

function sayFarewell(core: Core, { session }: Leaving | Joined | Recovering) {
  const { sessionId, secret } = session;
  core.do({ type: "farewell", sessionId, secret });
}
