import { errorObject } from "../../protocol/mod.ts";
import type { Core } from "./core.ts";
import { hear } from "./hearing.ts";
import type { ConnectionEvent, NetworkHint } from "./io.ts";
import { abandon, startLeaving } from "./leaving.ts";
import { conclude, silence, socketClosed, suspect } from "./losing.ts";
import { type Joined, joinedWith } from "./state.ts";

/** Ping intervals of silence that are too long where the network may have changed. */
const SHORT_PATIENCE = 1.5;

export function whileJoined(
  core: Core,
  state: Joined,
  event: ConnectionEvent,
  now: number,
): void {
  switch (event.type) {
    case "received":
      if (event.socket === state.socket) received(core, state, event.text, now);
      return;
    case "closed":
      if (event.socket !== state.socket) return;
      return socketClosed(core, state, event.code, now);
    case "hint":
      return hinted(core, state, event.hint, now);
    case "leave":
      return startLeaving(core, state, now);
    case "abandon":
      return abandon(core, state);
    case "tick":
      // Who is silent, or was not heard in one's own sleep, may still answer.
      if (now < state.suspectAt) core.reply(core.requests.expire(now));
      return doubt(core, state, now);
  }
}

/** Any frame is a sign of life. */
function received(core: Core, state: Joined, text: string, now: number): void {
  const alive = joinedWith(state.socket, state.session, now);
  core.state = alive;
  conclude(core, hear(core, alive, text), now);
}

function hinted(
  core: Core,
  state: Joined,
  hint: NetworkHint,
  now: number,
): void {
  if (hint === "offline") {
    const error = errorObject("signalingLost", "the browser is offline");
    return suspect(core, state, { trigger: "offline", error }, now);
  }
  const { heardAt, session } = state;
  const nextAt = heardAt + session.policy.pingIntervalMs * SHORT_PATIENCE;
  const suspectAt = Math.min(state.suspectAt, nextAt);
  const doubted: Joined = { ...state, suspectAt };
  core.state = doubted;
  doubt(core, doubted, now);
}

function doubt(core: Core, state: Joined, now: number): void {
  if (now >= state.suspectAt) suspect(core, state, silence(state, now), now);
}
