/**
 * The service as several processes behind a balancer, with a Redis and a sidecar
 * that they share.
 */
import type { Policy } from "../../../protocol/mod.ts";
import type { AdminCommand, Verdict } from "../../../rooms/core/input.ts";
import { hashSecret } from "../../../rooms/secrets.ts";
import { claimsOf } from "../../rooms/fakes/claims.ts";
import type { Backend } from "../backend.ts";
import type { Journal } from "../journal.ts";
import type { Gate } from "../network.ts";
import type { Act } from "../plan.ts";
import { Random } from "../random.ts";
import type { Referee } from "../referee.ts";
import type { Sfu } from "../sfu.ts";
import type { Timeline } from "../timeline.ts";
import { secretOf, tokenOf } from "../toys.ts";
import type { Watched } from "../watched.ts";
import { Life, PREFIX, ROOM } from "./life.ts";
import { Owners } from "./owners.ts";
import { VirtualRedis } from "./redis.ts";

export type ClusterPlan = {
  readonly processes: number;
  readonly leaseMs: number;
};

export type ClusterOptions = ClusterPlan & {
  readonly timeline: Timeline;
  readonly seed: number;
  readonly policy: Policy;
  readonly sfu: Sfu;
  readonly journal: Journal;
  readonly referee: Referee;
  /** Whether Redis refuses owners of the past. */
  readonly isFencing: boolean;
  readonly fail: (error: unknown) => void;
};

/** Of the service's processes, one after the other. */
type Node = {
  readonly name: string;
  life: Life;
  lives: number;
  /** Milliseconds until the next one begins, when this one is over. */
  restartMs: number;
};

const TOKEN_MS = 90_000;
const BUSY_RETRY_MS = 2_000;
/** Milliseconds until a process that ended by itself is started again. */
const RESTART_MS = 1_000;
/** Milliseconds that a start takes, and that what has to be kept may take. */
const START_MS = 1_500;
const TO_KEEP_MS = 3_000;
/** How often the balancer knows which processes are there. */
const KNOWS = 0.95;

export class Cluster implements Backend {
  tokensExpireUntil = 0;
  busyUntil = 0;
  crashedAt = -Infinity;
  readonly owners: Owners;
  readonly #options: ClusterOptions;
  readonly #random: Random;
  readonly #redis: VirtualRedis;
  readonly #nodes: Node[];
  readonly #secrets = new Map<string, string>();
  /** One for each who comes, so that nobody's luck is another's. */
  readonly #balancers = new Map<string, Random>();
  /** Somebody may not get in, or not be kept, before then. */
  #badUntil = 0;
  /** Redis may say otherwise of who owns the room. */
  #doubtUntil = -Infinity;
  /** Whether Redis has lost what was kept, and nothing was kept since. */
  #isForgetful = false;
  #handledAt = -Infinity;
  /** Whether the last owner has let go of the room. */
  #isHandedOver = false;

  constructor(options: ClusterOptions) {
    this.#options = options;
    const { timeline, seed, referee, fail, processes, isFencing } = options;
    this.#random = new Random(`${seed} cluster`);
    const offset = this.#random.int(-2_000, 2_000);
    this.#redis = new VirtualRedis(timeline, seed, { offset, isFencing });
    this.#redis.onScript = (name, [, epoch]) => {
      if (name === "save") this.#saved(Number(epoch));
    };
    this.owners = new Owners({
      referee,
      journal: options.journal,
      fail,
      isDeceived: (room) => this.#isDeceived(room),
      onTaken: () => this.#taken(),
      onHandled: ({ type }) => {
        this.#handledAt = timeline.now;
        this.#isHandedOver = type === "goingAway";
      },
    });
    this.#nodes = Array.from({ length: processes }, (_, index) => {
      const name = `n${index}`;
      const node: Node = {
        name,
        lives: 1,
        restartMs: RESTART_MS,
        life: this.#begin(`${name}-1`, () => this.#ended(node)),
      };
      return node;
    });
  }

  /** As the process has it that Redis says has it. */
  get room(): Watched | undefined {
    const { current } = this.owners;
    return this.#redis.look((space) => {
      const kept = space.hash(`${PREFIX}:room:${ROOM}`);
      const isIts = Number(kept.get("epoch")) === current?.epoch;
      return isIts && Number(kept.get("until")) > space.now
        ? current
        : undefined;
    });
  }

  gate(from: string): Gate {
    const random = this.#balancers.get(from) ??
      new Random(`${this.#options.seed} balancer ${from}`);
    this.#balancers.set(from, random);
    const lives = this.#nodes.map(({ life }) => life);
    const open = lives.filter(({ isOpen }) => isOpen);
    const isKnown = open.length > 0 && random.chance(KNOWS);
    return random.pick(isKnown ? open : lives);
  }

  admin(command: AdminCommand): void {
    const open = this.#nodes.filter(({ life }) => life.isOpen);
    if (open.length > 0) this.#random.pick(open).life.command(command);
  }

  wasOpen(ms: number): boolean {
    const { timeline } = this.#options;
    const closed = [this.busyUntil, this.tokensExpireUntil, this.#badUntil];
    const since = Math.max(this.#redis.troubleAt, ...closed);
    return since <= timeline.now - ms;
  }

  /** Redis has lost what was kept: nobody is let in who is not (HO2). */
  isForgiven(): boolean {
    return this.#isForgetful;
  }

  /** Whether Redis was in trouble before the owner's end, or has lost it. */
  #mayHaveForgotten(): boolean {
    return this.#isForgetful ||
      this.#redis.troubleAt > this.#handledAt - TO_KEEP_MS;
  }

  plainOf(hash: string): string {
    return this.#secrets.get(hash) ?? "";
  }

  perform(act: Act): boolean {
    if ("node" in act) {
      const node = this.#nodes[act.node % this.#nodes.length];
      if (node) this.#performOn(node, act);
      return true;
    }
    const { timeline } = this.#options;
    switch (act.do) {
      case "redisSlow":
        this.#redis.slowUntil = timeline.now + act.ms;
        this.#isBadFor(act.ms);
        return true;
      case "redisAway":
        this.#redis.stop(act.ms, act);
        this.#isBadFor(act.ms);
        if (act.lostMs > 0) this.#forget(act.ms);
        return true;
      default:
        return false;
    }
  }

  #performOn(node: Node, act: Extract<Act, { node: number }>): void {
    const { life } = node;
    switch (act.do) {
      case "nodeCrash":
        this.#isBadFor(act.ms);
        node.restartMs = act.ms;
        return life.kill();
      case "nodeStop":
        this.#isBadFor(act.ms);
        node.restartMs = act.ms;
        return life.stop();
      case "nodePause":
        this.#isBadFor(act.ms);
        return life.sleep(act.ms, act.withClock);
      case "nodeDrain":
        return life.drain(act.ms);
      case "nodeJump":
        return life.clock.jump(act.ms);
      case "nodeDrift":
        return life.clock.drift(act.rate);
      case "cutRedis":
        this.#isBadFor(act.ms);
        return life.cutRedis(act.ms, act.isSeen);
      case "cutSfu":
        return life.cutSfu(act.ms);
    }
  }

  #isBadFor(ms: number): void {
    const until = this.#options.timeline.now + ms + START_MS;
    this.#badUntil = Math.max(this.#badUntil, until);
  }

  /** Who has the room is told again, after it has been away. */
  #forget(awayMs: number): void {
    const { timeline, leaseMs } = this.#options;
    this.#isForgetful = true;
    this.#doubtUntil = timeline.now + awayMs + 2 * leaseMs;
    this.owners.forgotten();
  }

  #saved(epoch: number): void {
    this.owners.saved(epoch);
    if (epoch === this.owners.current?.epoch) this.#isForgetful = false;
  }

  #isDeceived({ place: { host } }: Watched): boolean {
    const { now } = this.#options.timeline;
    const deceivedUntil = host instanceof Life ? host.deceivedUntil : 0;
    return now < Math.max(this.#doubtUntil, deceivedUntil);
  }

  #taken(): void {
    const { timeline } = this.#options;
    this.#badUntil = Math.max(this.#badUntil, timeline.now);
    if (this.#isHandedOver && !this.#mayHaveForgotten()) return;
    this.crashedAt = timeline.now;
  }

  #ended(node: Node): void {
    const { timeline } = this.#options;
    const ms = node.restartMs;
    node.restartMs = RESTART_MS;
    timeline.after(ms, () => {
      const name = `${node.name}-${++node.lives}`;
      node.life = this.#begin(name, () => this.#ended(node));
    });
  }

  #begin(name: string, onEnd: () => void): Life {
    const { timeline, policy, sfu, leaseMs, fail, seed } = this.#options;
    const random = new Random(`${seed} ${name}`);
    let count = 0;
    return new Life(name, {
      timeline,
      policy,
      leaseMs,
      sfu,
      fail,
      onEnd,
      random,
      redis: this.#redis,
      owners: this.owners,
      authenticate: (token) => this.#verdictOn(token),
      chance: {
        newId: () => `${name}-${++count}`,
        newSecret: () => {
          const plain = secretOf(`${name}-${++count}`);
          const hash = hashSecret(plain);
          this.#secrets.set(hash, plain);
          return { plain, hash };
        },
        random: () => random.next(),
      },
    });
  }

  #verdictOn(token: string): Verdict {
    const { now } = this.#options.timeline;
    if (now < this.busyUntil) {
      return { ok: false, error: "busy", retryAfterMs: BUSY_RETRY_MS };
    }
    const identity = tokenOf(token);
    if (identity === undefined) return { ok: false, error: "tokenInvalid" };
    if (now < this.tokensExpireUntil) {
      return { ok: false, error: "tokenExpired" };
    }
    return {
      ok: true,
      claims: claimsOf(identity, { expiresAt: now + TOKEN_MS }),
    };
  }
}
