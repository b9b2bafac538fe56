import { freshSpoke } from "./answers.ts";
import type { Core } from "./core.ts";
import { refusedByClose } from "./ending.ts";
import { hear } from "./hearing.ts";
import type { ConnectionEvent, SocketId } from "./io.ts";
import { abandon } from "./leaving.ts";
import { conclude, lose, silence, socketClosed } from "./losing.ts";
import * as race from "./race.ts";
import {
  joinedWith,
  type Recovering,
  socketOfAttempt,
  type Suspecting,
} from "./state.ts";

/** From the first doubt about a connection to the next one, or to the end. */
export function whileRecovering(
  core: Core,
  state: Recovering,
  event: ConnectionEvent,
  now: number,
): void {
  switch (event.type) {
    case "authorized":
      return race.authorized(core, state, event.token, now);
    case "unauthorized":
      if (state.race.attempt.type !== "authorizing") return;
      return race.failed(core, state, event.error, now);
    case "opened":
      return race.opened(core, state, event.socket, now);
    case "received":
      return received(core, state, event.socket, event.text, now);
    case "closed":
      return closed(core, state, event.socket, event.code, now);
    case "hint":
      return race.hinted(core, state, event.hint, now);
    case "leave":
    case "abandon":
      return abandon(core, state);
    case "tick":
      return tick(core, state, now);
  }
}

function received(
  core: Core,
  state: Recovering,
  socket: SocketId,
  text: string,
  now: number,
): void {
  if (state.type === "suspecting" && socket === state.socket) {
    return oldSpoke(core, state, text, now);
  }
  if (state.type === "parting" && socket === state.socket) {
    return conclude(core, hear(core, state, text), now);
  }
  const { attempt } = state.race;
  if (attempt.type !== "asking" || attempt.socket !== socket) return;
  freshSpoke(core, state, socket, text, now);
}

/** Until a fresh socket has asked for the session, the old one has it. */
function oldSpoke(
  core: Core,
  state: Suspecting,
  text: string,
  now: number,
): void {
  if (state.race.attempt.type === "asking") {
    const lostAt = Math.max(state.lostAt, now + state.session.policy.timeoutMs);
    const heard = { ...state, heardAt: now, lostAt };
    core.state = heard;
    return conclude(core, hear(core, heard, text), now);
  }
  race.drop(core, state.race.attempt);
  const joined = joinedWith(state.socket, state.session, now);
  core.state = joined;
  core.requests.restart(now);
  core.do({ type: "spoke" });
  conclude(core, hear(core, joined, text), now);
}

function closed(
  core: Core,
  state: Recovering,
  socket: SocketId,
  code: number,
  now: number,
): void {
  if (state.type !== "lost" && socket === state.socket) {
    return socketClosed(core, state, code, now);
  }
  if (socketOfAttempt(state.race.attempt) !== socket) return;
  race.failed(core, state, refusedByClose(code), now);
}

function tick(core: Core, state: Recovering, now: number): void {
  if (state.type === "lost" && now >= state.giveUpAt) {
    return core.end(race.gaveUp(state.race.goal));
  }
  if (state.type !== "lost" && now >= state.lostAt) {
    lose(core, state, silence(state, now), now);
  }
  const { state: next } = core;
  if ("race" in next) race.tickRace(core, next, now);
}
