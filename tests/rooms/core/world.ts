/** A room with its clients and its SFU, on a clock that tests turn. */
import assert from "node:assert/strict";
import {
  type ErrorObject,
  Policy,
  type ResumeResult,
} from "../../../protocol/mod.ts";
import type { AdminOutcome } from "../../../rooms/core/admin/command.ts";
import type { Announcement, Call, Effect } from "../../../rooms/core/effect.ts";
import type {
  AdminCommand,
  Claims,
  IceServers,
  Input,
  ResumeAdmission,
  Secret,
  Verdict,
} from "../../../rooms/core/input.ts";
import type { TransportStates } from "../../../rooms/core/media/media.ts";
import { Room } from "../../../rooms/core/room.ts";
import type { SfuEvent } from "../../../sfu/methods.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import { Client } from "./client.ts";
import { failure, FakeSfu } from "./fake_sfu.ts";
import { claimsOf } from "../fakes/claims.ts";
import { channel, dtlsParameters, rtpCapabilities, track } from "./media.ts";

export type JoinOptions = {
  claims?: Partial<Claims>;
  name?: string;
  metadata?: unknown;
};

export type ResumeOptions =
  & Partial<
    Pick<
      ResumeAdmission,
      | "sessionId"
      | "attempt"
      | "token"
      | "ack"
      | "epoch"
      | "guessWaitMs"
      | "reasonIfUnknown"
    >
  >
  & { secret?: string };

/** Of equal length for all, like the real ones. */
export const hashOf = (secret: string): string =>
  secret.replaceAll("s", "h").padStart(43, "h").slice(-43);

export type Step = { input: Input; now: number; effects: Effect[] };

export class World {
  now = 1_000_000;
  room: Room;
  readonly sfu = new FakeSfu();
  readonly clients: Client[] = [];
  /** Every connection, with the client it is of. */
  readonly #connections = new Map<string, Client>();
  readonly announcements: Announcement[] = [];
  /** Calls that the SFU has not answered, the oldest first. */
  readonly calls: Call[] = [];
  /** Everything that has happened. */
  readonly log: Step[] = [];
  /** Tokens that are to be looked at, the oldest first. */
  readonly tokens: Extract<Effect, { type: "verify" }>[] = [];
  /** Whether the SFU answers calls at once. */
  answering = true;
  ended = false;
  /** What was kept of the room last, once that is wanted; not of every change. */
  kept: Uint8Array<ArrayBuffer> | undefined;
  #persists = 0;
  /** For those who join and resume. */
  iceServers: IceServers = {
    servers: [{ urls: ["stun:192.0.2.1"] }],
    renewAt: null,
  };
  readonly #inputs: Input[] = [];
  readonly #outcomes: AdminOutcome[] = [];
  #handling = false;
  #secrets = 0;
  #lastConnection = 0;

  constructor(policy: Partial<Policy> = {}) {
    const settings = {
      name: "room",
      epoch: 7,
      policy: Policy.parse(policy),
    };
    this.room = new Room(settings, this.now);
  }

  /** A client that has sent its `join`. */
  knock(identity: string, options: JoinOptions = {}): Client {
    const connection = this.#newConnection();
    const client = new Client(
      identity,
      connection,
      `session-${this.clients.length + 1}`,
      (input) => this.input(input),
    );
    this.clients.push(client);
    this.#connections.set(connection, client);
    const { claims, ...params } = options;
    this.input({
      type: "opened",
      connection,
      admission: {
        method: "join",
        id: client.nextId("join"),
        params,
        claims: claimsOf(identity, claims),
        sessionId: client.sessionId,
        secret: this.#newSecret(),
        iceServers: this.iceServers,
      },
    });
    return client;
  }

  /** Whoever let a client in does so again: it has not heard that it is in. */
  letInAgain(client: Client): number {
    const connection = this.#newConnection();
    client.connections.set(connection, null);
    this.#connections.set(connection, client);
    const id = client.nextId("join");
    const { identity, sessionId, secret: plain } = client;
    this.input({
      type: "opened",
      connection,
      admission: {
        method: "join",
        id,
        params: {},
        claims: claimsOf(identity),
        sessionId,
        secret: { plain, hash: hashOf(plain) },
        iceServers: this.iceServers,
      },
    });
    return id;
  }

  /** The client sends a `resume` on a new connection; returns its id. */
  resume(client: Client, options: ResumeOptions = {}): number {
    const { secret = client.secret, ack = client.seq, ...rest } = options;
    const connection = this.#newConnection();
    client.connections.set(connection, null);
    client.seq = ack;
    this.#connections.set(connection, client);
    for (const [id, { method }] of client.waiting) {
      if (method === "resume") client.waiting.delete(id);
    }
    const id = client.nextId("resume");
    this.input({
      type: "opened",
      connection,
      admission: {
        method: "resume",
        id,
        sessionId: client.sessionId,
        secretHash: hashOf(secret),
        ack,
        epoch: client.epoch,
        next: this.#newSecret(),
        iceServers: this.iceServers,
        reasonIfUnknown: "networkDisconnect",
        ...rest,
      },
    });
    return id;
  }

  /** A resume that must have been granted by now. */
  resumed(client: Client, options: ResumeOptions = {}): ResumeResult {
    return client.result<"resume">(this.resume(client, options));
  }

  /** A resume that must have been refused by now, as another client's would be. */
  notResumed(client: Client, options: ResumeOptions = {}): ErrorObject {
    return client.error(this.resume(client, options));
  }

  /** Somebody else tries to take a session over; returns why that is refused. */
  steal(
    victim: Client,
    secret: string,
    options: ResumeOptions = {},
  ): ErrorObject {
    const thief = new Client("thief", "none", victim.sessionId, () => {});
    const error = this.notResumed(thief, { ...options, secret });
    const [_, connection = ""] = thief.connections.keys();
    this.#connections.delete(connection);
    return error;
  }

  /** The page of a client says that it goes. */
  beacon({ sessionId }: Client, secret: string): void {
    this.input({ type: "left", sessionId, secretHash: hashOf(secret) });
  }

  /** A client that is in the room. */
  join(identity: string, options: JoinOptions = {}): Client {
    const client = this.knock(identity, options);
    client.result<"join">(1);
    return client;
  }

  /** Handles an input and whatever it brings about. */
  input(input: Input): void {
    this.#inputs.push(input);
    if (this.#handling) return;
    this.#handling = true;
    try {
      while (this.#step());
    } finally {
      this.#handling = false;
    }
  }

  /** Lets time pass, with a tick whenever the room wants one. */
  advance(ms: number): void {
    const end = this.now + ms;
    while (this.room.deadline <= end) {
      this.now = Math.max(this.now, this.room.deadline);
      this.tick();
      assert.ok(this.room.deadline > this.now, "the deadline is in the past");
    }
    this.now = end;
  }

  tick(): void {
    this.input({ type: "tick" });
  }

  admin(command: AdminCommand): void {
    this.order(command);
  }

  /** What the room answers to an operator. */
  order(command: AdminCommand): AdminOutcome {
    const request = this.#outcomes.length;
    this.input({ type: "admin", request, command });
    const outcome = this.#outcomes[request];
    assert.ok(outcome, `${command.type} is not answered`);
    return outcome;
  }

  /** The SFU answers its oldest call, with an error if one is given. */
  answerCall(status?: RpcStatus): void {
    const call = this.calls.shift();
    assert.ok(call, "the SFU was not called");
    this.#answer(call, status);
  }

  answerCalls(): void {
    while (this.calls.length > 0) this.answerCall();
  }

  /** Says what the oldest of the tokens says that clients have sent. */
  verify(verdict: Verdict): void {
    const effect = this.tokens.shift();
    assert.ok(effect, "no token is to be looked at");
    const { sessionId, requestId } = effect;
    this.input({ type: "verified", sessionId, requestId, verdict });
  }

  sfuEvent(event: SfuEvent): void {
    this.input({ type: "sfuEvent", event });
  }

  /** The SFU closes something by itself. */
  collapse(id: string): void {
    for (const event of this.sfu.collapse(id)) this.sfuEvent(event);
  }

  /** The worker of the room's router dies. */
  loseRouter(): void {
    const [routerId = ""] = this.sfu.routers;
    this.sfuEvent(this.sfu.loseRouter(routerId));
  }

  /** The link goes down, and what is under way on it fails. */
  sfuDown(): void {
    this.input({ type: "sfuDown" });
    for (const call of this.calls.splice(0)) this.#answer(call, "UNAVAILABLE");
  }

  sfuUp(): void {
    this.input({ type: "sfuUp" });
  }

  openTransport(client: Client, direction: "send" | "recv"): string {
    return client.request(
      "createWebRtcTransport",
      direction === "send" ? { direction } : { direction, rtpCapabilities },
    ).transportId;
  }

  /** Publishes on a new transport, or on the given one. */
  publish(
    client: Client,
    options: Parameters<typeof track>[1] = {},
  ): { transportId: string; producerId: string } {
    const transportId = options.transportId ??
      this.openTransport(client, "send");
    const { producerId } = client.request(
      "produce",
      track(transportId, options),
    );
    return { transportId, producerId };
  }

  publishData(client: Client): string {
    const transportId = this.openTransport(client, "send");
    return client.request("produceData", channel(transportId)).dataProducerId;
  }

  subscribe(
    client: Client,
    producerId: string,
    transportId: string = this.openTransport(client, "recv"),
  ): { transportId: string; consumerId: string } {
    const params = { transportId, producerId };
    const { consumerId } = client.request("consume", params);
    return { transportId, consumerId };
  }

  /** Lets a transport connect, and the SFU say so. */
  connectTransport(client: Client, transportId: string): void {
    client.request("connectWebRtcTransport", { transportId, dtlsParameters });
    this.transportState(transportId, "completed", "connected");
  }

  transportState(
    transportId: string,
    ice: TransportStates["ice"],
    dtls: TransportStates["dtls"],
  ): void {
    const [routerId = ""] = this.sfu.routers;
    const params = { routerId, transportId, ice, dtls };
    this.sfuEvent({ event: "transportState", params });
  }

  #newConnection(): string {
    this.#lastConnection += 1;
    return `connection-${this.#lastConnection}`;
  }

  #newSecret(): Secret {
    this.#secrets += 1;
    const plain = `${this.#secrets}`.padStart(43, "s");
    return { plain, hash: hashOf(plain) };
  }

  #step(): boolean {
    const input = this.#inputs.shift();
    if (input === undefined) return false;
    const { now } = this;
    const effects = this.room.handle(input, now);
    this.log.push({ input, now, effects });
    for (const effect of effects) this.#run(effect);
    return true;
  }

  #run(effect: Effect): void {
    assert.equal(this.ended, false, "an effect after the end");
    switch (effect.type) {
      case "send":
        if (effect.whenKept && this.kept) this.kept = this.room.snapshot();
        return this.#client(effect.connection)
          .receive(effect.connection, effect.text);
      case "close":
        return this.#client(effect.connection)
          .closedBy(effect.connection, effect.code);
      case "call":
        this.calls.push(effect);
        if (this.answering) this.answerCalls();
        return;
      case "renewIceServers": {
        const { sessionId } = effect;
        const { iceServers } = this;
        return this.input({ type: "iceServers", sessionId, iceServers });
      }
      case "verify":
        this.tokens.push(effect);
        return;
      case "adminAnswer":
        assert.equal(effect.request, this.#outcomes.length, "answered twice");
        this.#outcomes.push(effect.outcome);
        return;
      case "persist":
        this.#persists += 1;
        if (this.kept && this.#persists % 3 === 0) {
          this.kept = this.room.snapshot();
        }
        return;
      case "announce":
        this.announcements.push(effect.announcement);
        return;
      case "end":
        this.ended = true;
    }
  }

  #client(connection: string): Client {
    const client = this.#connections.get(connection);
    assert.ok(client, `there is no connection ${connection}`);
    return client;
  }

  #answer({ call, ...rest }: Call, status?: RpcStatus): void {
    const { reply, events } = status === undefined
      ? this.sfu.perform({ call, ...rest } as Call)
      : { reply: failure(status), events: [] };
    this.input({ type: "sfuReplied", call, reply });
    for (const event of events) this.sfuEvent(event);
  }
}
