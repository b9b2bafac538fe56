/** One process of the service, from its start to its end: the real host in it. */
import { EventStream } from "../../../http/admin/event_stream.ts";
import type { Policy } from "../../../protocol/mod.ts";
import {
  AnnouncementHub,
  type RoomAnnouncement,
} from "../../../rooms/announcements.ts";
import type { Socket, SocketListener } from "../../../rooms/connection.ts";
import type { AdminOutcome, RoomSummary } from "../../../rooms/admin.ts";
import type { AdminCommand, Verdict } from "../../../rooms/core/input.ts";
import { Room } from "../../../rooms/core/room.ts";
import { decode } from "../../../rooms/core/snapshot/decode.ts";
import type { RoomState } from "../../../rooms/core/state.ts";
import type { Snapshot } from "../../../rooms/core/snapshot/schema.ts";
import type { Chance } from "../../../rooms/hosts/redis/chance.ts";
import type { Use } from "../../../rooms/hosts/redis/connect.ts";
import { RedisHost } from "../../../rooms/hosts/redis/host.ts";
import { isFenced } from "../../../rooms/hosts/redis/scripts.ts";
import type { Gate } from "../network.ts";
import { quietLog } from "../quiet_log.ts";
import type { Random } from "../random.ts";
import type { Sfu } from "../sfu.ts";
import type { SfuWay } from "../sfu_way.ts";
import { Process, type Timeline } from "../timeline.ts";
import { Watched } from "../watched.ts";
import { DriftingClock } from "./drifting_clock.ts";
import type { Owners } from "./owners.ts";
import type { Argument, Reply, VirtualRedis } from "./redis.ts";
import { RedisAway, type RedisLink } from "./redis_link.ts";
import { scriptOf } from "./scripts.ts";
import { PREFIX, roomOf } from "./shared_room.ts";

/** Milliseconds within which timers of clocks that drift come. */
const GRAIN_MS = 4;
const ICE_RENEWAL_MS = 7_000;
const MAX_BACKLOG_BYTES = 1_048_576;
const JOIN_TIMEOUT_MS = 10_000;
/** Milliseconds that a process has to stop. */
const STOP_LIMIT_MS = 5_000;

export type LifeOptions = {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly policy: Policy;
  readonly leaseMs: number;
  readonly redis: VirtualRedis;
  readonly sfu: Sfu;
  /** How many there are. */
  readonly rooms: number;
  /** Of rooms that it takes up, what operators have ordered. */
  readonly knowsOrders: boolean;
  readonly ownersOf: (room: string) => Owners;
  readonly chance: Chance;
  readonly authenticate: (token: string, room: string) => Verdict;
  /** Missing: nobody follows what happens. */
  readonly onAnnouncement?: (
    life: Life,
    announcement: RoomAnnouncement,
  ) => void;
  readonly fail: (error: unknown) => void;
  /** It is over, or could not begin. */
  readonly onEnd: () => void;
};

export type End = {
  readonly at: number;
  /** It had time for all that it had to do. */
  readonly isInOrder: boolean;
  /** When Redis was in trouble last, before that. */
  readonly troubleAt: number;
};

export class Life implements Gate {
  readonly process: Process;
  readonly clock: DriftingClock;
  /** Until then its clock makes it believe in leases that are over. */
  deceivedUntil = -Infinity;
  readonly #options: LifeOptions;
  readonly #host: RedisHost;
  readonly #way: SfuWay;
  readonly #links: RedisLink[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #cores = new Set<Watched>();
  /** What was kept of each room that it was given, when it was given last. */
  readonly #given = new Map<string, Snapshot | undefined>();
  /** Of those who follow what happens. */
  readonly #streams = new Set<EventStream>();
  readonly #hub: AnnouncementHub | undefined;
  #state: "starting" | "open" | "stopping" | "dead" = "starting";
  #end: End | undefined;

  constructor(name: string, options: LifeOptions) {
    this.#options = options;
    const { timeline, random, sfu, policy, leaseMs, chance, rooms } = options;
    this.process = new Process(name);
    this.clock = new DriftingClock(timeline, this.process, {
      offset: random.int(-3_000, 3_000),
      rate: 1 + (random.next() - 0.5) / 50,
    });
    this.#way = sfu.connect(this.process);
    const { onAnnouncement, fail } = options;
    const { clock } = this;
    const log = quietLog(fail, isExcused);
    this.#hub = onAnnouncement &&
      new AnnouncementHub({ clock, log, isShared: true });
    this.#host = new RedisHost({
      url: "",
      cluster: this.#hub,
      onAnnouncement: (announcement) => onAnnouncement?.(this, announcement),
      prefix: PREFIX,
      leaseMs,
      connect: (_address, _log, use) => this.#connect(use),
      chance,
      link: this.#way,
      clock,
      log,
      maxRooms: rooms + 1,
      maxWaiting: 1_000,
      maxBacklogBytes: MAX_BACKLOG_BYTES,
      joinTimeoutMs: JOIN_TIMEOUT_MS,
      policy,
      authenticate: (token, room) => this.#authenticate(token, room),
      iceServersFor: () => ({
        servers: [],
        renewAt: this.clock.now() + ICE_RENEWAL_MS,
      }),
      createCore: (settings, now) =>
        this.#watch(new Room(settings, now), settings, undefined),
      restoreCore: (state) => this.#restore(state),
    });
    void this.#begin();
    timeline.settles();
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** How it came to its end; undefined: it lives. */
  get end(): End | undefined {
    return this.#end;
  }

  /** All that is announced after that number, as server-sent events. */
  follow(after: number): ReadableStream<Uint8Array> | undefined {
    if (this.#state !== "open" || this.#hub === undefined) return undefined;
    const stream = new EventStream({
      announcements: this.#hub,
      clock: this.clock,
      after,
      accepts: () => true,
      until: Infinity,
    }, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream.body;
  }

  accept(socket: Socket, room: string): SocketListener | undefined {
    if (this.#state !== "open") return undefined;
    const { timeline } = this.#options;
    this.#sockets.add(socket);
    const listener = this.#host.accept(room, socket);
    timeline.settles();
    return {
      received(text) {
        listener.received(text);
        timeline.settles();
      },
      violated(code) {
        listener.violated(code);
        timeline.settles();
      },
      closed: (clean) => {
        this.#sockets.delete(socket);
        listener.closed(clean);
        timeline.settles();
      },
    };
  }

  /** Heard when it is awake; a process that dies does not answer. */
  command(
    room: string,
    command: AdminCommand,
    answered: (outcome: AdminOutcome | undefined) => void,
  ): void {
    this.#ask(() => this.#host.command(room, command), answered);
  }

  /** All rooms, as it knows them. */
  list(answered: (rooms: RoomSummary[] | undefined) => void): void {
    this.#ask(() => this.#host.list(), answered);
  }

  beacon(room: string, sessionId: string, secret: string): void {
    if (this.#state !== "open") return;
    this.#host.leave(room, sessionId, secret);
    this.#options.timeline.settles();
  }

  drain(ms: number): void {
    this.#later(() => this.#host.drain());
    this.clock.after(ms, () => this.#host.undrain());
  }

  /** Whether it takes rooms in. */
  get isTaking(): boolean {
    return this.isOpen && this.#host.state === "open";
  }

  /** It is killed: all is gone but what it has said. */
  kill(isInOrder = false): void {
    if (this.#state === "dead") return;
    this.#state = "dead";
    const { timeline, redis } = this.#options;
    const { troubleAt } = redis;
    this.#end = { at: timeline.now, isInOrder, troubleAt };
    this.clock.die();
    this.#way.die();
    for (const link of this.#links) link.die();
    for (const core of this.#cores) core.kill();
    for (const socket of this.#sockets) socket.terminate();
    this.#options.onEnd();
  }

  /** It is told to stop, and has some time for it. */
  stop(): void {
    this.#later(() => {
      if (this.#state !== "open") return;
      this.#state = "stopping";
      for (const stream of [...this.#streams]) stream.end();
      const kill = () => this.kill(true);
      this.#host.close().then(kill, this.#options.fail);
    });
    this.clock.after(STOP_LIMIT_MS, () => this.kill());
  }

  /** `withClock`: it stands still meanwhile. */
  sleep(ms: number, withClock: boolean): void {
    const { timeline, leaseMs } = this.#options;
    this.process.sleepUntil(timeline.now + ms);
    const until = this.process.asleepUntil;
    if (!withClock) return;
    this.clock.stopUntil(until);
    this.deceivedUntil = until + leaseMs;
  }

  /** Its way to Redis breaks, or nothing comes through and nobody is told. */
  cutRedis(ms: number, isSeen: boolean): void {
    const until = this.#options.timeline.now + ms;
    for (const link of this.#links) {
      if (isSeen) link.cut(until);
      else link.hold(until);
    }
  }

  cutSfu(ms: number): void {
    this.#way.down(ms);
  }

  async #begin(): Promise<void> {
    try {
      await this.#host.restore();
      if (this.#state === "starting") this.#state = "open";
    } catch {
      this.kill();
    }
  }

  #later(run: () => void): void {
    this.clock.after(0, () => {
      if (this.#state === "open") run();
    });
  }

  /** Undefined: Redis did not answer. */
  #ask<T>(
    ask: () => Promise<T>,
    answered: (answer: T | undefined) => void,
  ): void {
    this.#later(() => void ask().then(answered, () => answered(undefined)));
  }

  #connect({ listens = false, waitsMs = 0 }: Use = {}): RedisLink {
    const name = `${this.process.name} ${this.#links.length}`;
    const link = this.#options.redis.connect(this.process, name, waitsMs);
    link.onReply = (command, args, reply) => this.#read(command, args, reply);
    this.#links.push(link);
    if (listens) link.keepAsking();
    return link;
  }

  #read(
    command: string,
    [hash, , key]: readonly Argument[],
    reply: Reply,
  ): void {
    if (command !== "EVALSHA" || scriptOf(`${hash}`) !== "place") return;
    if (!Array.isArray(reply) || `${reply[0]}` !== "yours") return;
    const bytes = reply[2];
    const decoded = bytes instanceof Uint8Array && bytes.length > 0
      ? decode(new Uint8Array(bytes))
      : undefined;
    if (decoded?.ok === false) this.#options.fail(new Error(decoded.reason));
    const kept = decoded?.ok ? decoded.snapshot : undefined;
    this.#given.set(roomOf(`${key}`), kept);
  }

  #restore(state: RoomState): Watched {
    if (!this.#options.knowsOrders) {
      state.bans.clear();
      for (const session of state.sessions.values()) {
        if (session.state === "joined") session.goneBy = null;
      }
    }
    return this.#watch(
      Room.restore(state),
      state,
      this.#given.get(state.name),
    );
  }

  #watch(
    room: Room,
    { name, epoch }: { name: string; epoch: number },
    kept: Snapshot | undefined,
  ): Watched {
    const owners = this.#options.ownersOf(name);
    const now = this.clock.now();
    const watched = new Watched(room, owners, epoch, now, {
      grainMs: GRAIN_MS,
      asleepUntil: () => this.clock.at(this.process.asleepUntil),
      host: this,
    });
    this.#cores.add(watched);
    owners.taken(watched, kept, now);
    return watched;
  }

  /** In the time of the process, which may sleep or end meanwhile. */
  #authenticate(token: string, room: string): Promise<Verdict> {
    const { authenticate, random } = this.#options;
    const ms = random.chance(0.7) ? 0 : random.int(1, 40);
    return new Promise((resolve) => {
      this.clock.after(ms, () => resolve(authenticate(token, room)));
    });
  }
}

/** What may go wrong where Redis is away, or the room belongs to somebody else. */
const isExcused = (error: unknown): boolean =>
  error instanceof RedisAway || isFenced(error);
