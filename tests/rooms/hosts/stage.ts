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
  readonly #waiting = new Set<() => void>();
  /** What was due while the process was paused. */
  #missed: (() => void)[] | undefined;

  now(): number {
    return systemClock.now();
  }

  after(ms: number, run: () => void): () => void {
    if (this.#isStopped) return () => {};
    const cancelTimer = systemClock.after(ms, () => {
      this.#waiting.delete(cancel);
      if (this.#missed) this.#missed.push(run);
      else run();
    });
    const cancel = () => {
      this.#waiting.delete(cancel);
      cancelTimer();
    };
    this.#waiting.add(cancel);
    return cancel;
  }

  /** As SIGSTOP does: time passes, and no timer runs. */
  pause(): void {
    this.#missed ??= [];
  }

  /** As SIGCONT does: all that is due runs now. */
  resume(): void {
    const missed = this.#missed ?? [];
    this.#missed = undefined;
    for (const run of missed) run();
  }

  stop(): void {
    this.#isStopped = true;
    for (const cancel of [...this.#waiting]) cancel();
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
