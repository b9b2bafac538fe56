/** What the conformance suite needs of a kind of host. */
import type { Clock } from "../../../clock.ts";
import { systemClock } from "../../../clock.ts";
import { Policy } from "../../../protocol/mod.ts";
import type { RoomsAdmin } from "../../../rooms/admin.ts";
import type { RoomAnnouncement } from "../../../rooms/announcements.ts";
import { Room } from "../../../rooms/core/room.ts";
import type {
  EmbeddedHost,
  EmbeddedOptions,
} from "../../../rooms/hosts/embedded.ts";
import { claimsOf } from "../fakes/claims.ts";
import { keepingLog } from "../fakes/log.ts";
import { SharedSfu } from "./shared_sfu.ts";

export type Host =
  & RoomsAdmin
  & Pick<EmbeddedHost, "accept" | "leave">
  & { close(): Promise<unknown> };

export interface Process {
  readonly host: Host;
  readonly lines: readonly Record<string, unknown>[];
  /** As SIGKILL does: it does nothing more, and tells nobody so. */
  kill(): Promise<void>;
  /** As SIGTERM does. */
  stop(): Promise<void>;
}

export interface Stage extends AsyncDisposable {
  readonly sfu: SharedSfu;
  /** What rooms have announced, in all processes. */
  readonly announced: RoomAnnouncement[];
  /** Another one. Of a host that has one only: after the one before has ended. */
  start(): Promise<Process>;
}

export type HostFactory = {
  readonly name: string;
  readonly ignore: boolean;
  /** Whether there can be several processes at a time. */
  readonly hasMany: boolean;
  open(): Promise<Stage>;
};

/** Short, so that the suite does not wait long. */
const policy = Policy.parse({
  pingIntervalMs: 200,
  timeoutMs: 3_000,
  suspectAfterMs: 1_000,
  evictAfterMs: 6_000,
  emptyRoomMs: 500,
});

/** The system's time, until it stops, as it does for a process that is killed. */
export class StoppableClock implements Clock {
  #isStopped = false;
  /** How each is called off, and what it does when its time may have come. */
  readonly #waiting = new Map<() => void, () => void>();
  /** What came up while the process was paused. */
  #missed: (() => void)[] | undefined;
  /** When the machine was suspended. */
  #suspendedAt: number | undefined;
  /** Milliseconds that this clock is behind the system's. */
  #behindMs = 0;

  now(): number {
    return (this.#suspendedAt ?? systemClock.now()) - this.#behindMs;
  }

  after(ms: number, run: () => void): () => void {
    if (this.#isStopped) return () => {};
    const due = this.now() + ms;
    let cancelTimer = () => {};
    const wait = (left: number) => cancelTimer = systemClock.after(left, ring);
    const ring = () => {
      cancelTimer();
      if (!this.#waiting.has(cancel)) return;
      if (this.#missed) return void this.#missed.push(ring);
      const left = due - this.now();
      // Timers ring up to a millisecond early.
      if (left > 1) return wait(left);
      this.#waiting.delete(cancel);
      run();
    };
    const cancel = () => {
      this.#waiting.delete(cancel);
      cancelTimer();
    };
    this.#waiting.set(cancel, ring);
    wait(ms);
    return cancel;
  }

  /** As SIGSTOP does: time passes, and no timer runs. */
  pause(): void {
    this.#missed ??= [];
  }

  /** As a machine that is suspended: no time passes on it either. */
  suspend(): void {
    this.#suspendedAt = systemClock.now();
    this.pause();
  }

  /** As SIGCONT does: all that is due runs now. */
  resume(): void {
    const now = systemClock.now();
    this.#behindMs += now - (this.#suspendedAt ?? now);
    this.#suspendedAt = undefined;
    const missed = this.#missed ?? [];
    this.#missed = undefined;
    for (const ring of missed) ring();
  }

  /** It is so much later at once. */
  leap(ms: number): void {
    this.#behindMs -= ms;
    for (const ring of [...this.#waiting.values()]) ring();
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of [...this.#waiting.keys()]) cancel();
  }
}

export type Parts = {
  readonly clock: StoppableClock;
  readonly link: ReturnType<SharedSfu["link"]>;
  readonly lines: Record<string, unknown>[];
  readonly options: EmbeddedOptions;
};

/** What every process gets, whatever its host is. */
export function partsOf(
  { sfu, announced }: Pick<Stage, "sfu" | "announced">,
): Parts {
  const clock = new StoppableClock();
  const link = sfu.link();
  const { log, lines } = keepingLog();
  return {
    clock,
    link,
    lines,
    options: {
      link,
      clock,
      log,
      policy,
      authenticate: (token) =>
        Promise.resolve({ ok: true, claims: claimsOf(token) }),
      createCore: (room, now) => new Room(room, now),
      restoreCore: (state) => Room.restore(state),
      onAnnouncement: (announcement) => announced.push(announcement),
      joinTimeoutMs: 5_000,
      maxRooms: 100,
      maxWaiting: 100,
      maxBacklogBytes: 1_000_000,
    },
  };
}
