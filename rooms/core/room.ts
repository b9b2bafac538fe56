/**
 * One room, as a state machine without a clock, a timer or a socket: what
 * happens comes in as an input, what is to be done goes out as effects. The
 * same inputs at the same times bring about the same effects.
 *
 * @module
 */
import { verified } from "./access/refresh.ts";
import { administer } from "./admin/administer.ts";
import { claimDeadline, watchClaim } from "./claim.ts";
import type { Core } from "./core.ts";
import type { Effect } from "./effect.ts";
import { endRoom, endSession } from "./end.ts";
import { receive } from "./frames.ts";
import { tellIceServers } from "./ice_servers.ts";
import type { Admission, ConnectionId, Input, Left } from "./input.ts";
import { join } from "./join.ts";
import { loadOf, type RoomLoad } from "./load.ts";
import { loseSession } from "./lose.ts";
import { retryCloses } from "./media/closing.ts";
import { orphanDeadline, watchOrphans } from "./media/orphans.ts";
import { handleReply } from "./replies.ts";
import { resume } from "./resume.ts";
import { takeUp } from "./restored.ts";
import {
  ensureRouter,
  retryRouter,
  routerDeadline,
  watchRouter,
} from "./router.ts";
import { checkSecret } from "./secrets.ts";
import { handleSfuEvent } from "./sfu_events.ts";
import { sendAway } from "./going_away.ts";
import { hasLeft, isDurable } from "./snapshot/durable.ts";
import { encode } from "./snapshot/encode.ts";
import { forgiveStall } from "./stall.ts";
import {
  createState,
  joined,
  type RoomSettings,
  type RoomState,
  type Step,
} from "./state.ts";
import { watchSessions } from "./watch.ts";

export class Room implements Core {
  #state: RoomState;

  /** Times are milliseconds of one clock that never goes back. */
  constructor(settings: RoomSettings, now: number) {
    this.#state = createState(settings, now);
  }

  /** Takes a room up where `dump` left it. */
  static restore(state: RoomState): Room {
    const { name, epoch, policy, lastInputAt } = state;
    const room = new Room({ name, epoch, policy }, lastInputAt);
    room.#state = structuredClone(state);
    return room;
  }

  /** A copy of all that the room knows. */
  dump(): RoomState {
    return structuredClone(this.#state);
  }

  /** All that is to outlive the process, for `decode`. */
  snapshot(): Uint8Array<ArrayBuffer> {
    return encode(this.#state);
  }

  get #isOpen(): boolean {
    return this.#state.phase === "open";
  }

  /** Found by looking at every session. */
  get load(): RoomLoad {
    return loadOf(this.#state);
  }

  /** When the room wants a `tick`: the earliest of its clocks; `Infinity`: never. */
  get deadline(): number {
    const { phase, agenda, emptyAt, retryClosesAt } = this.#state;
    if (phase === "ended") return Infinity;
    return Math.min(
      agenda[0]?.at ?? Infinity,
      emptyAt ?? Infinity,
      retryClosesAt ?? Infinity,
      orphanDeadline(this.#state),
      routerDeadline(this.#state),
      claimDeadline(this.#state),
    );
  }

  /** Once it has wanted the `end`, a room does nothing more. */
  handle(input: Input, now: number): Effect[] {
    if (!this.#isOpen) return [];
    const step: Step = { state: this.#state, now, effects: [] };
    forgiveStall(step, this.deadline);
    this.#state.lastInputAt = now;
    handleInput(step, input);
    if (this.#isOpen && isDurable(input, step.effects)) {
      const soon = hasLeft(step.effects) && { soon: true as const };
      step.effects.push({ type: "persist", ...soon });
    }
    return step.effects;
  }
}

function handleInput(step: Step, input: Input): void {
  switch (input.type) {
    case "opened":
      return admit(step, input.connection, input.admission);
    case "received":
      return receive(step, input.connection, input.text);
    case "closed":
      return closed(step, input.connection, input.clean);
    case "left":
      return left(step, input);
    case "sfuReplied":
      return handleReply(step, input.call, input.reply);
    case "sfuEvent":
      return handleSfuEvent(step, input.event.event, input.event.params);
    case "sfuUp":
      return sfuUp(step);
    case "sfuDown":
      step.state.sfu = "down";
      return;
    case "goingAway":
      return sendAway(step, input);
    case "restored":
      return takeUp(step);
    case "iceServers":
      return tellIceServers(step, input.sessionId, input.iceServers);
    case "verified":
      return verified(step, input);
    case "admin":
      return administer(step, input.request, input.command);
    case "tick":
      return tick(step);
  }
}

function admit(
  step: Step,
  connection: ConnectionId,
  admission: Admission,
): void {
  if (admission.method === "resume") return resume(step, connection, admission);
  join(step, connection, admission);
  ensureRouter(step);
}

function sfuUp(step: Step): void {
  const { state, now } = step;
  if (state.claim?.state === "due") state.claim = { state: "due", at: now };
  if (state.claim !== null) return watchClaim(step);
  state.sfu = "up";
  retryCloses(step);
  retryRouter(step);
}

function closed(step: Step, connection: ConnectionId, clean: boolean): void {
  const { connections, sessions } = step.state;
  const session = sessions.get(connections.get(connection) ?? "");
  if (!session) return;
  connections.delete(connection);
  if (clean) endSession(step, session, "left");
  else if (session.state === "joined") {
    loseSession(step, session, "socketClosed");
  } else endSession(step, session, "networkDisconnect");
}

/** Like a wrong secret in a resume, one here changes nothing (RS4). */
function left(step: Step, { sessionId, secretHash }: Left): void {
  const session = joined(step.state, sessionId);
  if (!session || checkSecret(step, session.credentials, secretHash)) return;
  endSession(step, session, "left");
}

function tick(step: Step): void {
  const { state, now } = step;
  watchSessions(step);
  watchClaim(step);
  watchRouter(step);
  if (state.retryClosesAt !== null && now >= state.retryClosesAt) {
    retryCloses(step);
  }
  watchOrphans(step);
  if (state.emptyAt !== null && now >= state.emptyAt) endRoom(step, "empty");
}
