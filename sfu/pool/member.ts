/**
 * One sidecar of several: how it is, and which routers it has.
 *
 * @module
 */
import type { LinkReply, SfuLink } from "../link.ts";
import type { Clock } from "../../clock.ts";
import { isRetryable } from "../rpc/status.ts";

export type Load = {
  /** Of one core, 0 to 1: the mean of its workers. */
  readonly busy: number;
  readonly workers: number;
  readonly routers: number;
  /** Rooms that were sent there since it said so. */
  readonly placed: number;
};

/**
 * `cut`: nothing is heard of it, and it may hold its routers until its lease is
 * over. `gone`: its routers are closed, or will be.
 */
export type Condition = "connecting" | "up" | "cut" | "gone";

export type MemberOptions = {
  /** For logs, and for people. */
  readonly name: string;
  readonly region?: string | undefined;
  readonly link: SfuLink;
  readonly clock: Clock;
  /** Milliseconds that a sidecar keeps the routers of one who is silent. */
  readonly leaseMs: number;
  readonly log: (message: string) => void;
};

export type MemberListener = {
  /** Its condition is another, or it has become slow or quick. */
  changed(): void;
  /** These are lost with it. */
  lost(routerIds: readonly string[]): void;
};

/** Milliseconds between two questions for its load. */
const ASK_INTERVAL_MS = 2_000;
const ASK_DEADLINE_MS = 1_500;
/** An answer that takes longer is one of a slow sidecar. */
const SLOW_MS = 500;

export class Member {
  readonly name: string;
  readonly region: string | undefined;
  readonly link: SfuLink;
  readonly #options: MemberOptions;
  readonly #listener: MemberListener;
  /** Its routers, with the epochs of the rooms that had them made. */
  readonly #routers = new Map<string, number>();
  /** Given up, and to be closed as soon as this sidecar does so. */
  readonly #abandoned = new Map<string, number>();
  readonly #unsubscribe: () => void;
  #condition: Condition;
  #load: Load = { busy: 0, workers: 1, routers: 0, placed: 0 };
  #isSlow = false;
  #stopWaiting = () => {};
  #stopAsking = () => {};

  constructor(options: MemberOptions, listener: MemberListener) {
    const { name, region, link } = options;
    this.name = name;
    this.region = region;
    this.link = link;
    this.#options = options;
    this.#listener = listener;
    this.#condition = link.state === "up" ? "up" : "connecting";
    this.#unsubscribe = link.onState((state, fresh) =>
      state === "up" ? this.#up(fresh) : this.#down()
    );
    if (this.isUp) this.#ask();
    else this.#waitForLease();
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get condition(): Condition {
    return this.#condition;
  }

  get isUp(): boolean {
    return this.#condition === "up";
  }

  get isSlow(): boolean {
    return this.#isSlow;
  }

  get load(): Load {
    return this.#load;
  }

  /** A room is about to be made there. */
  place(): void {
    this.#load = { ...this.#load, placed: this.#load.placed + 1 };
  }

  /** It did not make the room that it was asked to. */
  failed(): void {
    this.#setSlow(true);
  }

  add(routerId: string, epoch: number): void {
    this.#routers.set(routerId, epoch);
  }

  /** Under a later epoch, it may be here again. */
  remove(routerId: string, epoch: number): void {
    if (this.#routers.get(routerId) === epoch) this.#routers.delete(routerId);
  }

  /** Nobody listens at its address: it is gone, with all that it had. */
  refused(): void {
    if (this.#condition === "up" || this.#condition === "gone") return;
    this.#giveUp("nobody listens there");
  }

  /** Nobody wants the router: it is closed, now or when this is heard again. */
  abandon(routerId: string, epoch: number): void {
    this.remove(routerId, epoch);
    this.#abandoned.set(routerId, epoch);
    if (this.isUp) this.#closeAbandoned();
  }

  /** Whether a router of this name is yet to be closed. */
  isClosing(routerId: string): boolean {
    return this.#abandoned.has(routerId);
  }

  close(): void {
    this.#condition = "gone";
    this.#unsubscribe();
    this.#stopWaiting();
    this.#stopAsking();
    this.link.close();
  }

  #up(fresh: boolean): void {
    this.#stopWaiting();
    if (fresh) {
      this.#abandoned.clear();
      this.#lose("it has begun anew");
    } else {
      this.#closeAbandoned();
    }
    this.#isSlow = false;
    this.#become("up");
    this.#ask();
  }

  #down(): void {
    this.#stopAsking();
    if (this.#condition !== "up") return;
    this.#waitForLease();
    this.#become("cut");
  }

  #waitForLease(): void {
    const { clock, leaseMs } = this.#options;
    const giveUp = () => this.#giveUp("its lease is over");
    this.#stopWaiting = clock.after(leaseMs, giveUp);
  }

  /** Whatever it still has is closed if it is heard of again. */
  #giveUp(reason: string): void {
    this.#stopWaiting();
    for (const [id, epoch] of this.#routers) this.#abandoned.set(id, epoch);
    // Whoever has lost a router looks for another at once, and not here.
    this.#condition = "gone";
    this.#lose(reason);
    this.#become("gone");
  }

  #lose(reason: string): void {
    const lost = [...this.#routers.keys()];
    this.#routers.clear();
    if (lost.length === 0) return;
    const { log } = this.#options;
    log(`Sidecar ${this.name} has lost ${lost.length} routers: ${reason}`);
    this.#listener.lost(lost);
  }

  /** It may be that of an owner of the past. */
  #closeAbandoned(): void {
    for (const [routerId, epoch] of this.#abandoned) {
      this.link.call("claimRouter", { routerId }, { epoch }, () => {});
      this.link.call("closeRouter", { routerId }, { epoch }, (reply) => {
        if (!reply.ok && isRetryable(reply.status)) return;
        this.#abandoned.delete(routerId);
      });
    }
  }

  #become(condition: Condition): void {
    this.#condition = condition;
    this.#options.log(`Sidecar ${this.name} is ${condition}`);
    this.#listener.changed();
  }

  #ask(): void {
    this.#stopAsking();
    const { clock } = this.#options;
    const askedAt = clock.now();
    const options = { deadlineMs: ASK_DEADLINE_MS };
    this.link.call("getStatus", {}, options, (reply) => {
      if (!this.isUp) return;
      this.#told(reply, clock.now() - askedAt);
      this.#stopAsking();
      this.#stopAsking = clock.after(ASK_INTERVAL_MS, () => this.#ask());
    });
  }

  #told(reply: LinkReply<"getStatus">, tookMs: number): void {
    this.#setSlow(!reply.ok || tookMs > SLOW_MS);
    if (!reply.ok) return;
    this.#closeAbandoned();
    const { workers, routers } = reply.result;
    const busy = workers.reduce((sum, { load }) => sum + load, 0) /
      Math.max(1, workers.length);
    this.#load = { busy, workers: workers.length, routers, placed: 0 };
  }

  #setSlow(isSlow: boolean): void {
    if (this.#isSlow === isSlow) return;
    this.#isSlow = isSlow;
    const how = isSlow ? "slow" : "quick again";
    this.#options.log(`Sidecar ${this.name} is ${how}`);
    this.#listener.changed();
  }
}
