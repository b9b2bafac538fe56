/**
 * One room, as a state machine without a clock, a timer or a socket: what
 * happens comes in as an input, what is to be done goes out as effects. The
 * same inputs at the same times bring about the same effects.
 *
 * @module
 */
import type { Effect } from "./effect.ts";
import { endRoom, endSession } from "./end.ts";
import { receive } from "./frames.ts";
import { forgiveStall, watchSessions } from "./heartbeat.ts";
import type { AdminCommand, ConnectionId, Input } from "./input.ts";
import { admit } from "./join.ts";
import { retryCloses } from "./media/closing.ts";
import { handleReply } from "./replies.ts";
import { ensureRouter, watchRouter } from "./router.ts";
import { handleSfuEvent } from "./sfu_events.ts";
import {
  createState,
  type RoomSettings,
  type RoomState,
  type Step,
} from "./state.ts";

export class Room {
  #state: RoomState;

  /** Times are milliseconds of one clock that never goes back. */
  constructor(settings: RoomSettings, now: number) {
    this.#state = createState(settings, now);
  }

  /** Takes a room up where `dump` left it. */
  static restore(state: RoomState): Room {
    const room = new Room(state, state.lastInputAt);
    room.#state = structuredClone(state);
    return room;
  }

  /** A copy of all that the room knows. */
  dump(): RoomState {
    return structuredClone(this.#state);
  }

  /** When the room wants a `tick`: the earliest of its clocks; `Infinity`: never. */
  get deadline(): number {
    const { phase, router, agenda, emptyAt, retryClosesAt } = this.#state;
    if (phase === "ended") return Infinity;
    return Math.min(
      agenda[0]?.at ?? Infinity,
      emptyAt ?? Infinity,
      retryClosesAt ?? Infinity,
      router.state === "creating" ? router.until : Infinity,
    );
  }

  /** Once it has wanted the `end`, a room does nothing more. */
  handle(input: Input, now: number): Effect[] {
    if (this.#state.phase === "ended") return [];
    const step: Step = { state: this.#state, now, effects: [] };
    forgiveStall(step, this.deadline);
    this.#state.lastInputAt = now;
    handleInput(step, input);
    return step.effects;
  }
}

function handleInput(step: Step, input: Input): void {
  switch (input.type) {
    case "opened":
      admit(step, input.connection, input.admission);
      return ensureRouter(step);
    case "received":
      return receive(step, input.connection, input.text);
    case "closed":
      return handleClosed(step, input.connection, input.clean);
    case "sfuReplied":
      return handleReply(step, input.call, input.reply);
    case "sfuEvent":
      return handleSfuEvent(step, input.event.event, input.event.params);
    case "sfuUp":
      step.state.sfu = "up";
      return retryCloses(step);
    case "sfuDown":
      step.state.sfu = "down";
      return;
    case "admin":
      return handleCommand(step, input.command);
    case "tick":
      return handleTick(step);
  }
}

function handleClosed(
  step: Step,
  connection: ConnectionId,
  clean: boolean,
): void {
  const { connections, sessions } = step.state;
  const session = sessions.get(connections.get(connection) ?? "");
  if (!session) return;
  connections.delete(connection);
  endSession(step, session, clean ? "left" : "networkDisconnect");
}

function handleCommand(step: Step, command: AdminCommand): void {
  if (command.type === "closeRoom") return endRoom(step, command.reason);
  const session = step.state.sessions.get(command.sessionId);
  if (session) endSession(step, session, "removed");
}

function handleTick(step: Step): void {
  const { state, now } = step;
  watchSessions(step);
  watchRouter(step);
  if (state.retryClosesAt !== null && now >= state.retryClosesAt) {
    retryCloses(step);
  }
  if (state.emptyAt !== null && now >= state.emptyAt) endRoom(step, "empty");
}
