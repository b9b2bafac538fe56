/**
 * Rooms over many processes: each is run by the one that has its lease in Redis,
 * and can be reached through all of them.
 *
 * @module
 */
import type { AnnouncementHub } from "../../announcements.ts";
import type { PolicyPatch } from "../../../protocol/mod.ts";
import type {
  AdminCommand,
  AdminOutcome,
  Creation,
  RoomsAdmin,
  RoomsState,
  RoomSummary,
} from "../../admin.ts";
import type { Connection, Socket, SocketListener } from "../../connection.ts";
import { refused } from "../../core/admin/command.ts";
import type { Admission, Left, SessionId } from "../../core/input.ts";
import { Entrance } from "../../entrance.ts";
import { noIceServers } from "../../ice_servers.ts";
import { type LimitedAddress, noLimits } from "../../limits/limits.ts";
import { Lobby } from "../../lobby.ts";
import { hashSecret } from "../../secrets.ts";
import type { EmbeddedOptions } from "../embedded.ts";
import { Arrival } from "./arrival.ts";
import { Bus } from "./bus.ts";
import { type Chance, systemChance } from "./chance.ts";
import {
  type Connect,
  connectRedis,
  type RedisConnection,
  type RedisSettings,
  untilReady,
} from "./connect.ts";
import { Directory } from "./directory.ts";
import { ClusterEvents } from "./events.ts";
import { HeldConnections } from "./held.ts";
import { Message, type Question, type Reply } from "./messages.ts";
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
const BUS_BYTES = 16 * 1_048_576;
/** While the bus says that nobody listens there; a reconnect takes less. */
const GONE_MS = 500;

export class RedisHost implements RoomsAdmin {
  readonly #options: RedisHostOptions;
  readonly #node: string;
  readonly #redis: RedisConnection;
  readonly #subscriber: RedisConnection;
  readonly #directory: Directory;
  readonly #events: ClusterEvents | undefined;
  readonly #bus: Bus;
  readonly #held: HeldConnections;
  readonly #served: ServedConnections;
  readonly #questions: Questions;
  readonly #residents: Residents;
  readonly #lobby: Lobby;
  readonly #entrance: Entrance;
  readonly #random: () => number;
  readonly #arrivals = new Set<Promise<void>>();

  constructor(options: RedisHostOptions) {
    this.#options = options;
    const { clock, log, prefix, leaseMs } = options;
    const { connect = connectRedis, chance = systemChance } = options;
    const { newId, newSecret, random } = chance;
    const node = this.#node = newId();
    this.#redis = connect(options, log);
    this.#subscriber = connect(options, log);
    this.#directory = new Directory({
      redis: this.#redis,
      prefix,
      node,
      leaseMs,
    });
    const { cluster: hub } = options;
    this.#events = hub && new ClusterEvents({
      redis: this.#redis,
      reader: connect(options, log, { waits: true }),
      prefix,
      clock,
      log,
      hub,
    });
    this.#bus = new Bus({
      node,
      prefix,
      publisher: this.#redis,
      subscriber: this.#subscriber,
      clock,
      log,
      limits: { maxBytes: BUS_BYTES, silentMs: leaseMs, goneMs: GONE_MS },
      newId,
    }, {
      heard: (peer, message) => this.#heard(peer, message),
      broken: (peer) => {
        this.#held.broken(peer);
        this.#served.broken(peer);
        this.#questions.broken(peer);
      },
    });
    this.#held = new HeldConnections(this.#bus);
    this.#served = new ServedConnections(this.#bus, clock);
    this.#questions = new Questions(this.#bus, clock);
    this.#residents = new Residents({
      ...options,
      node,
      leaseMs,
      directory: this.#directory,
      random,
      onAnnouncement: (announcement) => {
        options.onAnnouncement?.(announcement);
        this.#events?.add(announcement);
      },
      take: (peer, room) => this.#bus.send(peer, { type: "take", room }),
    });
    this.#lobby = new Lobby({
      ...options,
      openRoom: (name) => this.#door(name),
      findRoom: (name) => this.#door(name),
      reasonOfEnd: () => "networkDisconnect",
      newSessionId: newId,
      newSecret,
      iceServersFor: options.iceServersFor ?? noIceServers,
      limits: options.limits ?? noLimits,
    });
    this.#random = random;
    this.#entrance = new Entrance({ ...options, lobby: this.#lobby });
  }

  /**
   * Joins the other processes. To be called before anybody comes in.
   *
   * @throws {Error} when Redis does not answer in time.
   */
  async restore(): Promise<void> {
    try {
      const { clock } = this.#options;
      await untilReady(this.#redis, START_MS, clock);
      await untilReady(this.#subscriber, START_MS, clock);
      await this.#events?.begin();
      await this.#residents.begin();
      this.#redis.on("ready", () => this.#residents.reconnected());
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  get state(): RoomsState {
    return this.#residents.state;
  }

  /** Of the whole cluster; those of processes that do not answer are missing. */
  async list(): Promise<RoomSummary[]> {
    const nodes = [...(await this.#directory.nodes()).keys()];
    const rooms = await Promise.all(nodes.map(async (node) => {
      if (node === this.#node) return await this.#residents.list();
      const reply = await this.#questions.ask(node, { type: "list" });
      if (reply?.type === "list") return reply.rooms;
      this.#options.log.warn("rooms of a process are not known", { node });
      return [];
    }));
    return rooms.flat().sort((a, b) => a.name < b.name ? -1 : 1);
  }

  create(name: string, policy: PolicyPatch): Promise<Creation> {
    return this.#residents.create(name, policy);
  }

  async command(room: string, command: AdminCommand): Promise<AdminOutcome> {
    const here = this.#residents.find(room);
    if (here) return await here.command(command);
    const located = await this.#residents.locate(room, "kept", undefined);
    if (located.type === "here") return await located.actor.command(command);
    if (located.type !== "there") return refused("roomNotFound");
    const question: Question = { type: "command", room, command };
    const reply = await this.#questions.ask(located.node, question);
    return reply?.type === "command" ? reply.outcome : refused("roomEnded");
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
    this.#leave({ type: "left", sessionId, secretHash }, room).catch(
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
    this.#entrance.closeAll("goingAway");
    await this.#served.emptied();
    await this.#entrance.emptied();
    this.#questions.close();
    await Promise.all(this.#arrivals);
    this.#bus.close();
    await this.#events?.close();
    await this.#directory.leave().catch(() => {});
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

  #door(room: string) {
    return {
      join: (connection: Connection, admission: Admission) => {
        const arrival = new Arrival(room, connection, admission, {
          clock: this.#options.clock,
          log: this.#options.log,
          held: this.#held,
          random: this.#random,
          locate: (...wanted) => this.#residents.locate(...wanted),
          enter: (...given) => this.#residents.enter(...given),
        });
        const settled = arrival.settle().finally(() =>
          this.#arrivals.delete(settled)
        );
        this.#arrivals.add(settled);
      },
    };
  }

  async #leave(left: Left, room: string): Promise<void> {
    const here = this.#residents.find(room);
    if (here) return here.post(left);
    const located = await this.#residents.locate(room, "kept", undefined);
    if (located.type === "here") return located.actor.post(left);
    if (located.type !== "there") return;
    this.#bus.send(located.node, { ...left, room });
  }

  #heard(peer: string, body: unknown): void {
    const read = Message.safeParse(body);
    if (!read.success) {
      return this.#options.log.error("bus: a message cannot be read", { peer });
    }
    const message = read.data;
    switch (message.type) {
      case "open":
        return void this.#open(peer, message);
      case "said":
        return this.#served.said(peer, message.connection, message.text);
      case "gone":
        return this.#served.gone(peer, message.connection, message.clean);
      case "taken":
        return this.#held.taken(peer, message.connection);
      case "elsewhere":
        return this.#held.elsewhere(peer, message.connection);
      case "say":
        return this.#held.say(peer, message.connection, message.text);
      case "close":
        return this.#held.close(peer, message.connection, message.code);
      case "guessed":
        return this.#held.guessed(peer, message.connection);
      case "left":
        return this.#residents.find(message.room)?.post({
          type: "left",
          sessionId: message.sessionId,
          secretHash: message.secretHash,
        });
      case "take":
        return void this.#residents.locate(message.room, "kept", undefined)
          .catch(() => {});
      case "ask":
        return void this.#answer(peer, message.id, message.question);
      case "answer":
        return this.#questions.answered(message.id, message.reply);
    }
  }

  /** The holder of a socket thinks that its room is here. */
  async #open(
    peer: string,
    message: Extract<Message, { type: "open" }>,
  ): Promise<void> {
    const { connection: id, room, admission, address, mayPlace } = message;
    const connection = this.#served.open(peer, id, address);
    const wanted = admission.method === "join" ? "any" : "kept";
    const actor = await this.#residents.expected(room) ??
      (mayPlace ? await this.#residents.tryPlace(room, wanted) : undefined);
    if (!this.#served.isOpen(peer, id)) return;
    if (actor === undefined) return this.#served.elsewhere(peer, id);
    this.#served.taken(peer, id);
    this.#residents.enter(actor, connection, admission);
  }

  async #answer(peer: string, id: number, question: Question): Promise<void> {
    const reply = await this.#replyTo(question);
    if (reply) this.#bus.send(peer, { type: "answer", id, reply });
  }

  async #replyTo(question: Question): Promise<Reply | undefined> {
    switch (question.type) {
      case "list":
        return { type: "list", rooms: await this.#residents.list() };
      case "command": {
        const { room, command } = question;
        const outcome = await this.#residents.find(room)?.command(command) ??
          refused("roomNotFound");
        return { type: "command", outcome };
      }
    }
  }
}
