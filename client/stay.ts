import type {
  JoinParams,
  JoinResult,
  Policy,
  ResumeResult,
} from "../protocol/mod.ts";
import type { RecoveryStep, RecoveryTrigger } from "../protocol/report.ts";
import { TokenRefresh } from "./access/token_refresh.ts";
import type { TokenSource } from "./access/token_source.ts";
import type { Attempt } from "./api/diagnostics.ts";
import type { ConnectOptions } from "./api/options.ts";
import type { EndReason } from "./api/end_reason.ts";
import type * as api from "./api/room.ts";
import { watchNetwork } from "./browser/network.ts";
import type { HoldfastError } from "./errors.ts";
import { mediaSettings } from "./media/settings.ts";
import { GraceClock } from "./model/grace_clock.ts";
import { LocalParticipant } from "./model/local_participant.ts";
import { Roster } from "./model/roster.ts";
import { Planes } from "./planes.ts";
import type { Ports } from "./ports.ts";
import { Room, type RoomHost } from "./room.ts";
import type { RoomAddress } from "./room_address.ts";
import type { SignalingListener } from "./signaling/listener.ts";
import type { RoomEvent, RoomHint } from "./signaling/messages.ts";
import type { Signaling } from "./signaling/signaling.ts";

export type Entry = {
  readonly ports: Ports;
  readonly signaling: Signaling;
  readonly tokens: TokenSource;
  readonly address: RoomAddress;
  readonly options: ConnectOptions;
  readonly result: JoinResult;
};

type Phase = "joined" | "leaving" | "over";

/**
 * One stay in a room: what `connect()` hands out, held together with what keeps
 * it going.
 */
export class Stay implements RoomHost, SignalingListener {
  readonly room: Room;
  readonly signaling: Signaling;
  readonly local: LocalParticipant;
  readonly roster: Roster;
  readonly #planes: Planes;
  readonly #graces: GraceClock;
  readonly #tokens: TokenRefresh;
  readonly #stopWatching: () => void;
  #phase: Phase = "joined";
  #roundTripMs: number | undefined;

  constructor(entry: Entry) {
    const { ports, signaling, tokens, address, options, result } = entry;
    this.signaling = signaling;
    this.room = new Room(address.name, this);
    const settings = mediaSettings(signaling.ask, ports, options);
    this.#planes = new Planes(ports, signaling, this.room, settings, result);
    const { evictAfterMs } = result.policy;
    this.#graces = new GraceClock(ports.wallClock, evictAfterMs);
    this.#tokens = new TokenRefresh({
      ports,
      source: tokens,
      signaling,
      failed: (error) => this.exception(error),
    });
    const context = {
      ask: signaling.ask,
      media: this.#planes.media,
      events: this.room,
      graces: this.#graces,
    };
    const { autoSubscribe = true } = options;
    this.local = new LocalParticipant(context, localInfo(result));
    this.roster = new Roster(context, this.local, result.participants, {
      autoSubscribe,
    });
    this.#stopWatching = watchNetwork(ports, {
      hint: (hint) => signaling.networkHint(hint),
      pageGone: () => signaling.abandon(),
    });
    // A task later: by then the app listens.
    ports.after(0, () => {
      if (signaling.health === "healthy") this.#planes.signalingWorks();
      if (autoSubscribe) this.roster.subscribe();
    });
  }

  get state(): api.Room["state"] {
    if (this.#phase === "over") return "disconnected";
    return this.#planes.incidents.isTroubled ? "reconnecting" : "connected";
  }

  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** What a join anew is to say. */
  get profile(): Omit<JoinParams, "token"> {
    const { name, metadata } = this.local;
    return { name, metadata };
  }

  recoverMedia(recreate: boolean): void {
    this.#planes.media.recover({ recreate });
  }

  async leave(): Promise<void> {
    if (this.#phase === "joined") {
      this.#phase = "leaving";
      const left = this.signaling.leave();
      this.#close();
      await left;
    } else {
      await this.signaling.ended;
    }
  }

  event(event: RoomEvent): void {
    if (event.name === "policyChanged") this.#follow(event.params.policy);
    this.roster.apply(event);
  }

  hint(hint: RoomHint): void {
    if (hint.name === "tokenExpiring") this.#tokens.expiring();
    this.roster.hint(hint);
  }

  exception(error: HoldfastError): void {
    this.#planes.exception(error);
  }

  roundTrip(ms: number): void {
    this.#roundTripMs = ms;
    this.room.emit("roundTrip", ms);
  }

  suspected(trigger: RecoveryTrigger, error: HoldfastError): void {
    this.#planes.suspected(trigger, error);
  }

  spoke(): void {
    this.#planes.spoke();
    this.#planes.signalingWorks();
  }

  lost(trigger: RecoveryTrigger, error: HoldfastError): void {
    this.#planes.lost(trigger, error);
  }

  attempt(attempt: Attempt, graceMs: number): void {
    this.#planes.attempt(attempt, graceMs);
  }

  step(step: RecoveryStep["step"], detail: string | undefined): void {
    this.#planes.incidents.step(step, detail);
  }

  resumed(result: ResumeResult): void {
    this.#follow(result.policy);
    this.#planes.resumed(result);
    const { snapshot, self } = result;
    const unsaid = self && this.local.unsaidTo(self);
    // What is told again says it better, in its order.
    if (snapshot) {
      this.roster.granted(result.grants);
      this.roster.become(snapshot.participants, "left");
    }
    if (unsaid) this.local.restate(unsaid);
    this.#planes.signalingWorks();
  }

  rejoined(result: JoinResult, reason: EndReason, room?: string): void {
    this.#follow(result.policy);
    this.local.rejoined(result.sessionId);
    this.#planes.rejoined(result);
    this.roster.granted(result.grants);
    this.roster.become(result.participants, reason);
    if (room !== undefined) this.room.moved(room);
    this.#planes.signalingWorks();
  }

  ended(error: HoldfastError | undefined, reason: EndReason): void {
    this.#phase = "over";
    this.#close();
    this.#planes.ended(error, reason);
    this.room.emit("disconnected", error, reason);
    this.room.silence();
  }

  #follow(policy: Policy): void {
    this.#graces.evictAfterMs = policy.evictAfterMs;
    this.#planes.media.follow(policy);
  }

  #close(): void {
    this.#tokens.close();
    this.#stopWatching();
    this.roster.roomClosed();
    this.local.roomClosed();
    this.#planes.media.close();
  }
}

function localInfo(
  { sessionId, identity, grants, participants }: JoinResult,
) {
  const info = participants.find((other) => other.sessionId === sessionId);
  return { sessionId, identity, name: identity, ...info, grants };
}
