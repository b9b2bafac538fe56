/**
 * The service as several processes behind a balancer, with a Redis and a sidecar
 * that they share.
 */
import type { Policy } from "../../../protocol/mod.ts";
import type { Effect } from "../../../rooms/core/effect.ts";
import type { AdminCommand, Verdict } from "../../../rooms/core/input.ts";
import { hashSecret } from "../../../rooms/secrets.ts";
import { claimsOf } from "../../rooms/fakes/claims.ts";
import type { Backend, Fence } from "../backend.ts";
import { type Journal, Violation } from "../journal.ts";
import { Moves } from "../moves.ts";
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
import type { Owners } from "./owners.ts";
import { Operators } from "./operators.ts";
import { VirtualRedis } from "./redis.ts";
import { roomOf, SharedRoom } from "./shared_room.ts";

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
/** Milliseconds that a start takes. */
const START_MS = 1_500;
/** How often the balancer knows which processes are there. */
const KNOWS = 0.95;

export class Cluster implements Backend {
  tokensExpireUntil = 0;
  busyUntil = 0;
  readonly #options: ClusterOptions;
  readonly #random: Random;
  readonly #redis: VirtualRedis;
  readonly #rooms: ReadonlyMap<string, SharedRoom>;
  readonly #nodes: Node[];
  readonly #operators: Operators | undefined;
  readonly #secrets = new Map<string, string>();
  /** One for each who comes, so that nobody's luck is another's. */
  readonly #balancers = new Map<string, Random>();
  /** Somebody may not get in, or not be kept, before then. */
  #badUntil = 0;
  /** Redis may say otherwise of who owns a room. */
  #doubtUntil = -Infinity;

  constructor(options: ClusterOptions) {
    this.#options = options;
    const { timeline, seed, referees, processes, without } = options;
    this.#random = new Random(`${seed} cluster`);
    const offset = this.#random.int(-2_000, 2_000);
    this.#redis = new VirtualRedis(timeline, seed, {
      offset,
      ...(without && { without }),
    });
    this.#redis.onScript = (name, [key = ""], [, epoch]) => {
      if (name === "save") this.#room(roomOf(key)).saved(Number(epoch));
    };
    this.#rooms = new Map(
      [...referees].map((
        [name, referee],
      ) => [name, this.#share(name, referee)]),
    );
    this.#operators = this.#employ(options);
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

  room(name: string): Watched | undefined {
    return this.#room(name).current;
  }

  ownersOf(room: string): Owners {
    return this.#room(room).owners;
  }

  crashedAt(room: string): number {
    return this.#room(room).crashedAt;
  }

  gate(from: string): Gate {
    const random = this.#balancers.get(from) ??
      new Random(`${this.#options.seed} balancer ${from}`);
    this.#balancers.set(from, random);
    const lives = this.#nodes.map(({ life }) => life);
    const open = this.#openLives;
    const isKnown = open.length > 0 && random.chance(KNOWS);
    const life = random.pick(isKnown ? open : lives);
    return this.#options.without === "rooms" ? toFirstRoom(life) : life;
  }

  admin(room: string, command: AdminCommand): void {
    const open = this.#openLives;
    if (open.length > 0) this.#random.pick(open).command(room, command);
  }

  wasOpen(room: string, ms: number): boolean {
    const { timeline } = this.#options;
    const closed = [this.busyUntil, this.tokensExpireUntil, this.#badUntil];
    const { takenAt } = this.#room(room);
    const since = Math.max(this.#redis.troubleAt, takenAt, ...closed);
    return since <= timeline.now - ms;
  }

  isForgiven(room: string): boolean {
    return this.#room(room).isForgiven;
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

  /** When all is calm: operators know what has happened. */
  check(): void {
    this.#operators?.check();
  }

  #employ({ operators = 0, timeline, seed, fail }: ClusterOptions) {
    if (operators === 0) return undefined;
    const redis = this.#redis;
    const open = () => this.#openLives;
    return new Operators(operators, { timeline, seed, redis, open, fail });
  }

  get #openLives(): Life[] {
    return this.#nodes.flatMap(({ life }) => life.isOpen ? [life] : []);
  }

  /** Who has a room is told again, after it has been away. */
  #forget(awayMs: number, lostMs: number): void {
    const { timeline, leaseMs } = this.#options;
    this.#operators?.forgotten(timeline.now - lostMs);
    this.#doubtUntil = timeline.now + awayMs + 2 * leaseMs;
    for (const room of this.#rooms.values()) room.forget();
  }

  #room(name: string): SharedRoom {
    const room = this.#rooms.get(name);
    if (room === undefined) throw new Error(`there is no room ${name}`);
    return room;
  }

  #share(name: string, referee: Referee): SharedRoom {
    const { fail, sessions } = this.#options;
    const moves = new Moves(fail);
    return new SharedRoom({
      ...this.#options,
      name,
      redis: this.#redis,
      referee,
      isDeceived: (room) => this.#isDeceived(room),
      onTaken: (kept, now) => {
        if (kept && kept.name !== name) {
          fail(new Violation("core", `${name} was given ${kept.name}`));
        }
        sessions.are(name, ...(kept?.sessions ?? []).map(({ id }) => id));
        moves.taken(kept, now);
      },
      onHandled: (room, input, effects, now) => {
        sessions.are(name, ...joinedIn(effects));
        moves.handled(room, input, effects, now);
      },
    });
  }

  #isDeceived({ place: { host } }: Watched): boolean {
    const { now } = this.#options.timeline;
    const deceivedUntil = host instanceof Life ? host.deceivedUntil : 0;
    return now < Math.max(this.#doubtUntil, deceivedUntil);
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
    const { without } = this.#options;
    const operators = this.#operators;
    const rooms = this.#rooms.size;
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
      rooms,
      ...(operators && {
        onAnnouncement: (...said) => operators.said(...said),
      }),
      knowsMoves: without !== "moves",
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

const joinedIn = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) =>
    effect.type === "announce" &&
      effect.announcement.type === "participantJoined"
      ? [effect.announcement.sessionId]
      : []
  );
