/**
 * Rooms over many processes: each is run by the one that has its lease in Redis,
 * and can be reached through all of them.
 *
 * @module
 */
import type { PolicyPatch } from "../../../protocol/mod.ts";
import type {
  AdminCommand,
  AdminOutcome,
  Creation,
  RoomsAdmin,
  RoomsState,
  RoomSummary,
} from "../../admin.ts";
import type { AnnouncementHub } from "../../announcements.ts";
import { pause } from "../../../clock.ts";
import type { Socket, SocketListener } from "../../connection.ts";
import type { SessionId } from "../../core/input.ts";
import { Entrance } from "../../entrance.ts";
import { noIceServers } from "../../ice_servers.ts";
import { type LimitedAddress, noLimits } from "../../limits/limits.ts";
import { Lobby } from "../../lobby.ts";
import type { MediaStats, StatsRequest } from "../../media_stats.ts";
import { hashSecret } from "../../secrets.ts";
import type { EmbeddedOptions } from "../embedded.ts";
import { Bus } from "./bus.ts";
import { type Chance, systemChance } from "./chance.ts";
import { ClusterAdmin } from "./cluster_admin.ts";
import {
  type Connect,
  connectRedis,
  RedisAway,
  type RedisConnection,
  type RedisSettings,
  silentMsOf,
  untilReady,
} from "./connect.ts";
import { Directory } from "./directory.ts";
import { Doors } from "./doors.ts";
import { BLOCK_MS, ClusterEvents } from "./events.ts";
import { HeldConnections } from "./held.ts";
import { Inbox } from "./inbox.ts";
import { NodeList } from "./nodes.ts";
import { Questions } from "./questions.ts";
import { Residents } from "./residents.ts";
import { ServedConnections } from "./served.ts";

export type RedisHostOptions =
  & Omit<EmbeddedOptions, "snapshots">
  & RedisSettings
  & {
    /** Hears what the rooms of all processes announce; nothing else adds to it. */
    readonly cluster?: AnnouncementHub | undefined;
    /** A room is not run here any more, though it has not ended. */
    readonly onGivenUp?: (room: { name: string; epoch: number }) => void;
    readonly connect?: Connect;
    readonly chance?: Chance;
  };

/** Milliseconds for the first answer of Redis. */
const START_MS = 10_000;
const RETRY_MS = 200;
const BUS_BYTES = 16 * 1_048_576;
/** While the bus says that nobody listens there; a reconnect takes less. */
const GONE_MS = 500;

export class RedisHost implements RoomsAdmin {
  readonly #options: RedisHostOptions;
  readonly #chance: Chance;
  readonly #redis: RedisConnection;
  readonly #subscriber: RedisConnection;
  readonly #nodes: NodeList;
  readonly #events: ClusterEvents | undefined;
  readonly #bus: Bus;
  readonly #held: HeldConnections;
  readonly #served: ServedConnections;
  readonly #questions: Questions;
  readonly #residents: Residents;
  readonly #admin: ClusterAdmin;
  readonly #lobby: Lobby;
  readonly #entrance: Entrance;
  readonly #doors: Doors;

  constructor(options: RedisHostOptions) {
    this.#options = options;
    const { link, clock, log, prefix, leaseMs } = options;
    const { connect = connectRedis, chance = systemChance } = options;
    this.#chance = chance;
    const node = chance.newId();
    const silentMs = silentMsOf(leaseMs);
    const redis = this.#redis = connect(options, log, { silentMs });
    this.#subscriber = connect(options, log, { silentMs, listens: true });
    const nodes = this.#nodes = new NodeList(redis, prefix, node);
    this.#events = this.#followEvents(connect);
    const bus = this.#bus = new Bus({
      node,
      prefix,
      publisher: redis,
      subscriber: this.#subscriber,
      clock,
      log,
      limits: { maxBytes: BUS_BYTES, silentMs: leaseMs, goneMs: GONE_MS },
      newId: chance.newId,
    }, {
      heard: (peer, message) => inbox.heard(peer, message),
      broken: (peer) => inbox.broken(peer),
    });
    const held = this.#held = new HeldConnections(bus);
    const served = this.#served = new ServedConnections(bus, clock);
    const questions = this.#questions = new Questions(bus, clock);
    const residents = this.#residents = new Residents({
      ...options,
      node,
      nodes,
      directory: new Directory({ redis, prefix, node, leaseMs }),
      random: chance.random,
      onAnnouncement: (announcement) => {
        options.onAnnouncement?.(announcement);
        this.#events?.add(announcement);
      },
      offer: (peer, room) => bus.send(peer, { type: "take", room }),
    });
    const parts = {
      node,
      nodes,
      bus,
      held,
      served,
      questions,
      residents,
      link,
      clock,
      log,
    };
    const admin = this.#admin = new ClusterAdmin(parts);
    const inbox = new Inbox({ ...parts, admin });
    this.#doors = new Doors({
      clock,
      log,
      held,
      random: chance.random,
      locate: (...wanted) => residents.locate(...wanted),
      enter: (...given) => residents.enter(...given),
    });
    this.#lobby = this.#openLobby();
    this.#entrance = new Entrance({ ...options, lobby: this.#lobby });
  }

  /**
   * Joins the other processes. To be called before anybody comes in.
   *
   * @throws {RedisAway} when Redis does not answer in time.
   */
  async restore(): Promise<void> {
    try {
      const until = this.#options.clock.now() + START_MS;
      await this.#insist(until, async () => await this.#events?.begin());
      await this.#insist(until, () => this.#residents.begin());
      this.#redis.on("ready", () => this.#residents.reconnected());
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  get state(): RoomsState {
    return this.#residents.state;
  }

  list(): Promise<RoomSummary[]> {
    return this.#admin.list();
  }

  create(name: string, policy: PolicyPatch): Promise<Creation> {
    return this.#admin.create(name, policy);
  }

  command(room: string, command: AdminCommand): Promise<AdminOutcome> {
    return this.#admin.command(room, command);
  }

  getStats(room: string, asked: StatsRequest): Promise<MediaStats | null> {
    return this.#admin.getStats(room, asked);
  }

  /** Rooms go on with other processes, where there are any. */
  drain(): void {
    this.#residents.drain(true);
  }

  undrain(): void {
    this.#residents.drain(false);
  }

  accept(
    room: string,
    socket: Socket,
    address?: LimitedAddress,
  ): SocketListener {
    return this.#entrance.accept(room, socket, address);
  }

  leave(room: string, sessionId: SessionId, secret: string): void {
    const secretHash = hashSecret(secret);
    this.#admin.leave(room, { type: "left", sessionId, secretHash }).catch(
      (error) => this.#options.log.info("beacon lost", { room, error }),
    );
  }

  /**
   * Gives all rooms up for others; resolves when every socket is closed. None is
   * kept here.
   */
  async close(): Promise<0> {
    this.#lobby.close();
    await this.#residents.close();
    const nodes = await this.#nodes.all().catch(() => new Map());
    await this.#held.sendAway(nodes, this.#options.clock);
    this.#entrance.closeAll("goingAway");
    await this.#served.emptied();
    await this.#entrance.emptied();
    this.#questions.close();
    await this.#doors.settled();
    this.#bus.close();
    await this.#events?.close();
    await this.#nodes.leave().catch(() => {});
    this.#redis.disconnect();
    this.#subscriber.disconnect();
    return 0;
  }

  /** Does nothing more, and says nothing to anybody. */
  abort(): void {
    void this.#events?.close();
    this.#residents.abort();
    this.#bus.close();
    this.#redis.disconnect();
    this.#subscriber.disconnect();
  }

  /** Does it as soon as Redis is there, and again where it breaks off. */
  async #insist(until: number, step: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#options;
    for (;;) {
      const left = Math.max(0, until - clock.now());
      await untilReady(this.#redis, left, clock);
      await untilReady(this.#subscriber, left, clock);
      try {
        return await step();
      } catch (error) {
        log.warn("redis did not answer", { error });
      }
      if (clock.now() >= until) throw new RedisAway("No answer from Redis");
      await pause(clock, RETRY_MS);
    }
  }

  #followEvents(connect: Connect): ClusterEvents | undefined {
    const { cluster: hub, prefix, leaseMs, clock, log } = this.#options;
    return hub && new ClusterEvents({
      redis: this.#redis,
      reader: connect(this.#options, log, {
        silentMs: silentMsOf(leaseMs),
        waitsMs: BLOCK_MS,
      }),
      prefix,
      clock,
      log,
      hub,
    });
  }

  #openLobby(): Lobby {
    const { newId, newSecret } = this.#chance;
    return new Lobby({
      ...this.#options,
      openRoom: (name) => this.#doors.of(name),
      findRoom: (name) => this.#doors.of(name),
      reasonOfEnd: () => "networkDisconnect",
      newSessionId: newId,
      newSecret,
      iceServersFor: this.#options.iceServersFor ?? noIceServers,
      limits: this.#options.limits ?? noLimits,
    });
  }
}
