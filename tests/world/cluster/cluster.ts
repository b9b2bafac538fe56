/**
 * The service as several processes behind a balancer, with a Redis and a sidecar
 * that they share.
 */
import type { Policy } from "../../../protocol/mod.ts";
import type { AdminCommand, Verdict } from "../../../rooms/core/input.ts";
import { hashSecret } from "../../../rooms/secrets.ts";
import { claimsOf } from "../../rooms/fakes/claims.ts";
import type { Backend, Fence } from "../backend.ts";
import { type Journal, Violation } from "../journal.ts";
import type { Gate } from "../network.ts";
import type { Act } from "../plan.ts";
import { Random } from "../random.ts";
import type { Referee } from "../referee.ts";
import type { Sessions } from "../sessions.ts";
import type { Sfu } from "../sfu.ts";
import type { Timeline } from "../timeline.ts";
import { roomName, secretOf, tokenOf } from "../toys.ts";
import type { Watched } from "../watched.ts";
import { Life } from "./life.ts";
import { type Node, Nodes } from "./nodes.ts";
import type { Owners } from "./owners.ts";
import { Operators } from "./operators.ts";
import { VirtualRedis } from "./redis.ts";
import { SharedRooms } from "./shared_rooms.ts";

export type ClusterPlan = {
  readonly processes: number;
  readonly leaseMs: number;
  /** Missing: one. */
  readonly rooms?: number;
  /** Those who follow what happens in them; missing: nobody. */
  readonly operators?: number;
};

export type ClusterOptions = Omit<ClusterPlan, "rooms"> & {
  readonly timeline: Timeline;
  readonly seed: number;
  readonly policy: Policy;
  readonly sfu: Sfu;
  readonly journal: Journal;
  /** Of each room, by its name. */
  readonly referees: ReadonlyMap<string, Referee>;
  readonly sessions: Sessions;
  readonly without: Fence | undefined;
  readonly fail: (error: unknown) => void;
};

const TOKEN_MS = 90_000;
const BUSY_RETRY_MS = 2_000;
/** Milliseconds that a start takes. */
const START_MS = 1_500;
/** Milliseconds in which a process that drains has given its rooms to others. */
const TO_MOVE_MS = 4_000;
const SPARE_MS = 200;
export class Cluster implements Backend {
  tokensExpireUntil = 0;
  busyUntil = 0;
  readonly #options: ClusterOptions;
  readonly #random: Random;
  readonly #redis: VirtualRedis;
  readonly #rooms: SharedRooms;
  readonly #nodes: Nodes;
  readonly #operators: Operators | undefined;
  readonly #secrets = new Map<string, string>();
  /** Somebody may not get in, or not be kept, before then. */
  #badUntil = 0;
  /** Redis may say otherwise of who owns a room. */
  #doubtUntil = -Infinity;
  /** When the clock of a process has jumped last. */
  #jumpedAt = -Infinity;

  constructor(options: ClusterOptions) {
    this.#options = options;
    const { timeline, seed, without } = options;
    this.#random = new Random(`${seed} cluster`);
    const offset = this.#random.int(-2_000, 2_000);
    this.#redis = new VirtualRedis(timeline, seed, {
      offset,
      ...(without && { without }),
    });
    this.#rooms = new SharedRooms({
      ...options,
      redis: this.#redis,
      isDeceived: (room) => this.#isDeceived(room),
    });
    this.#operators = this.#employ(options);
    this.#nodes = new Nodes({
      ...options,
      begin: (...life) => this.#begin(...life),
    });
  }

  room(name: string): Watched | undefined {
    const { current } = this.#rooms.of(name);
    return current && lifeOf(current)?.end === undefined ? current : undefined;
  }

  ownersOf(room: string): Owners {
    return this.#rooms.of(room).owners;
  }

  crashedAt(room: string): number {
    return this.#rooms.of(room).crashedAt;
  }

  gate(from: string): Gate {
    const life = this.#nodes.lead(from);
    return this.#options.without === "rooms" ? toFirstRoom(life) : life;
  }

  admin(room: string, command: AdminCommand): void {
    const { open } = this.#nodes;
    if (open.length === 0) return;
    const shared = this.#rooms.of(room);
    if (this.#options.without === "deeds") return shared.done(command);
    this.#random.pick(open).command(room, command, (outcome) => {
      if (outcome?.type === "done") shared.done(command);
    });
  }

  wasOpen(room: string, ms: number): boolean {
    const { timeline } = this.#options;
    const closed = [this.busyUntil, this.tokensExpireUntil, this.#badUntil];
    const { takenAt } = this.#rooms.of(room);
    const since = Math.max(this.#redis.troubleAt, takenAt, ...closed);
    return since <= timeline.now - ms;
  }

  isUnwatched(room: string): boolean {
    return this.#rooms.of(room).isUnwatched;
  }

  isBanned(room: string, identity: string): boolean {
    const current = this.room(room);
    const until = current?.dump().bans.get(identity) ?? -Infinity;
    return current !== undefined && until > (lifeOf(current)?.clock.now() ?? 0);
  }

  isForgiven(room: string, latelyMs = 0): boolean {
    return this.#rooms.of(room).isForgiven(latelyMs);
  }

  /** When all is calm: no room waits, and operators know what has happened. */
  check(): void {
    for (const name of this.#rooms.names) {
      if (this.room(name) || !this.#rooms.of(name).isKept) continue;
      this.#options.fail(new Violation("HO7", `nobody takes ${name} up`));
    }
    this.#operators?.check();
  }

  plainOf(hash: string): string {
    return this.#secrets.get(hash) ?? "";
  }

  perform(act: Act): boolean {
    if ("node" in act) {
      const node = this.#nodes.at(act.node);
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
        if (act.lostMs > 0) this.#forget(act.ms, act.lostMs);
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
        return this.#drain(life, act.ms);
      case "nodeJump":
        this.#jumpedAt = this.#options.timeline.now;
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

  /** It gives its rooms to others, where there are any (HO12). */
  #drain(life: Life, ms: number): void {
    const { timeline, fail } = this.#options;
    life.drain(ms);
    if (ms < TO_MOVE_MS + SPARE_MS) return;
    const others = this.#nodes.open.filter((other) =>
      other !== life && other.isTaking
    );
    timeline.after(ms - SPARE_MS, () => {
      if (!life.isOpen || life.isTaking) return;
      if (!others.some(({ isTaking }) => isTaking)) return;
      for (const name of this.#rooms.names) {
        const isHere = this.room(name)?.place.host === life;
        if (!isHere || !this.#isWell(name, TO_MOVE_MS)) continue;
        fail(new Violation("HO12", `${name} stays in ${life.process.name}`));
      }
    });
  }

  /** Also no lease is left of who has given the room up, and no clock was wrong. */
  #isWell(room: string, ms: number): boolean {
    const { timeline, leaseMs } = this.#options;
    const isSteady = this.#jumpedAt <= timeline.now - ms - leaseMs;
    return isSteady && this.wasOpen(room, ms + leaseMs);
  }

  #isBadFor(ms: number): void {
    const until = this.#options.timeline.now + ms + START_MS;
    this.#badUntil = Math.max(this.#badUntil, until);
  }

  #employ({ operators = 0, timeline, seed, fail }: ClusterOptions) {
    if (operators === 0) return undefined;
    const redis = this.#redis;
    return new Operators(operators, {
      timeline,
      seed,
      redis,
      rooms: this.#rooms.names,
      open: () => this.#nodes.open,
      room: (name) => this.room(name),
      isWell: (name, ms) => this.#isWell(name, ms),
      fail,
    });
  }

  /** Who has a room is told again, after it has been away. */
  #forget(awayMs: number, lostMs: number): void {
    const { timeline, leaseMs } = this.#options;
    this.#operators?.forgotten(timeline.now - lostMs);
    this.#doubtUntil = timeline.now + awayMs + 2 * leaseMs;
    this.#rooms.forget();
  }

  #isDeceived(room: Watched): boolean {
    const { now } = this.#options.timeline;
    const { deceivedUntil = 0 } = lifeOf(room) ?? {};
    return now < Math.max(this.#doubtUntil, deceivedUntil);
  }

  #begin(name: string, onEnd: () => void): Life {
    const { timeline, policy, sfu, leaseMs, fail, seed } = this.#options;
    const { without } = this.#options;
    const operators = this.#operators;
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
      rooms: this.#rooms.names.length,
      ...(operators && {
        onAnnouncement: (...said) => operators.said(...said),
      }),
      knowsOrders: without !== "orders",
      ownersOf: (room) => this.ownersOf(room),
      authenticate: (token, room) => this.#verdictOn(token, room),
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

  #verdictOn(token: string, room: string): Verdict {
    const { now } = this.#options.timeline;
    if (now < this.busyUntil) {
      return { ok: false, error: "busy", retryAfterMs: BUSY_RETRY_MS };
    }
    const isOfRoom = this.#options.without !== "rooms";
    const identity = tokenOf(token, isOfRoom ? room : undefined);
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

/** A gate that leads nowhere else. */
const toFirstRoom = (gate: Gate): Gate => ({
  process: gate.process,
  accept: (socket) => gate.accept(socket, roomName(0)),
  beacon: (...said) => gate.beacon(...said),
});

const lifeOf = ({ place: { host } }: Watched): Life | undefined =>
  host instanceof Life ? host : undefined;
