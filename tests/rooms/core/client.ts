/**
 * One session as its client sees it, over one connection or several. Everything
 * it gets is checked against the protocol, and must come in order, once, and
 * while the connection is open.
 */
import assert from "node:assert/strict";
import {
  type CloseName,
  ErrorObject,
  type EventName,
  type EventParams,
  events,
  type HintName,
  type HintParams,
  hints,
  type JoinResult,
  type Method,
  methods,
  type Params,
  parseFrame,
  type ParticipantInfo,
  type Request,
  type Result,
  type ResumeResult,
  serverMethods,
} from "../../../protocol/mod.ts";
import type { Input } from "../../../rooms/core/input.ts";

export type Told = { event: EventName; params: unknown };
export type Hinted = { hint: HintName; params: unknown };

type Answer = { result: unknown } | { error: ErrorObject };

/** The first request of a connection. */
const JOIN_ID = 1;

export class Client {
  readonly sessionId: string;
  readonly identity: string;
  /** How each connection stands; `null`: open. The last one is the client's. */
  readonly connections = new Map<string, CloseName | "gone" | null>();
  /** What a resume must show, as the last answer gave it. */
  secret = "";
  /** Who was there when the events began. */
  participants: ParticipantInfo[] = [];
  /** What was told and not taken yet, in order. */
  events: Told[] = [];
  hints: Hinted[] = [];
  /** Errors that belong to no request. */
  complaints: ErrorObject[] = [];
  /** Pings that were not answered yet. */
  pings: number[] = [];
  /** What the last ping said of the round trip. */
  roundTripMs: number | undefined;
  /** Whether pings are answered at once. */
  alive = true;
  /** Whether what is sent to it is lost on the way. */
  deaf = false;
  /** Whether it sends again by itself what was not answered before a resume. */
  resends = false;
  /** Of the room, as the last answer gave it. */
  epoch = 0;
  /** Of the last event. */
  seq = 0;
  /** Requests that were not answered yet, as they were sent. */
  readonly waiting = new Map<number, { method: Method; text: string }>();
  readonly #answers = new Map<number, Answer>();
  readonly #input: (input: Input) => void;
  #lastId = 0;

  constructor(
    identity: string,
    connection: string,
    sessionId: string,
    input: (input: Input) => void,
  ) {
    this.identity = identity;
    this.connections.set(connection, null);
    this.sessionId = sessionId;
    this.#input = input;
  }

  get connection(): string {
    return [...this.connections.keys()].at(-1) ?? "";
  }

  /** How the present connection ended; `null`: it is open. */
  get closed(): CloseName | "gone" | null {
    return this.connections.get(this.connection) ?? null;
  }

  nextId(method: Method): number {
    this.#lastId += 1;
    this.waiting.set(this.#lastId, { method, text: "" });
    return this.#lastId;
  }

  /** Sends again what the last connection did not answer. */
  resend(): void {
    for (const { text } of [...this.waiting.values()]) this.sendText(text);
  }

  sendText(text: string): void {
    this.#input({ type: "received", connection: this.connection, text });
  }

  sendFrame(frame: unknown): void {
    this.sendText(JSON.stringify(frame));
  }

  /** Sends a request; returns its id. */
  send<M extends Method>(method: M, params: Params<M>): number {
    return this.ask(method, params);
  }

  /** Sends a request with whatever parameters; returns its id. */
  ask(method: Method, params: object): number {
    const id = this.nextId(method);
    const text = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    this.waiting.set(id, { method, text });
    this.sendText(text);
    return id;
  }

  /** Sends a request that must have been granted by now. */
  request<M extends Method>(method: M, params: Params<M>): Result<M> {
    return this.result<M>(this.send(method, params));
  }

  /** Sends a request that must have been refused by now. */
  refused<M extends Method>(method: M, params: Params<M>): ErrorObject {
    return this.error(this.send(method, params));
  }

  result<M extends Method>(id: number): Result<M> {
    const answer = this.#answer(id);
    if ("error" in answer) assert.fail(`refused: ${answer.error.message}`);
    return answer.result as Result<M>;
  }

  error(id: number): ErrorObject {
    const answer = this.#answer(id);
    assert.ok("error" in answer, `granted: ${JSON.stringify(answer)}`);
    return answer.error;
  }

  isGranted(id: number): boolean {
    return "result" in this.#answer(id);
  }

  hasAnswer(id: number): boolean {
    return this.#answers.has(id);
  }

  /** Takes the next event, which must be of this name. */
  next<E extends EventName>(event: E): EventParams<E> & { seq: number } {
    const told = this.events.shift();
    assert.equal(told?.event, event);
    return told?.params as EventParams<E> & { seq: number };
  }

  /** Takes the next hint, which must be of this name. */
  nextHint<H extends HintName>(hint: H): HintParams<H> {
    const hinted = this.hints.shift();
    assert.equal(hinted?.hint, hint);
    return hinted?.params as HintParams<H>;
  }

  /** Takes the names of all events so far. */
  takeEvents(): EventName[] {
    return this.events.splice(0).map(({ event }) => event);
  }

  pong(ping: number, ack = this.seq): void {
    this.sendFrame({ jsonrpc: "2.0", id: ping, result: { ack } });
  }

  /** The client closes the socket, or the network loses it. */
  close({ clean = true } = {}): void {
    const { connection } = this;
    this.connections.set(connection, "gone");
    this.#input({ type: "closed", connection, clean });
  }

  /** The network loses the socket. */
  drop(): void {
    this.close({ clean: false });
  }

  /** Called by the world when the room closes a connection. */
  closedBy(connection: string, code: CloseName): void {
    assert.equal(this.connections.get(connection), null, "closed twice");
    this.connections.set(connection, code);
  }

  /** Called by the world with what the room sends. */
  receive(connection: string, text: string): void {
    const closed = this.connections.get(connection);
    assert.equal(closed, null, `sent to a closed connection: ${text}`);
    if (this.deaf) return;
    const frame = parseFrame(text);
    const isEarly = frame.type !== "response" && this.waiting.has(JOIN_ID);
    assert.ok(!isEarly, `sent before the join was answered: ${text}`);
    switch (frame.type) {
      case "request":
        return this.#ping(frame.request);
      case "notification":
        return this.#notification(frame.notification);
      case "response":
        return this.#response(frame.response);
      case "invalid":
        assert.fail(`the room sent ${text}`);
    }
  }

  #ping({ id, method, params }: Request): void {
    assert.equal(method, "ping");
    const ping = serverMethods.ping.params.strict().parse(params);
    this.roundTripMs = ping.roundTripMs;
    if (this.alive) this.pong(id);
    else this.pings.push(id);
  }

  #notification({ method, params }: { method: string; params?: unknown }) {
    if (Object.hasOwn(hints, method)) {
      const hint = method as HintName;
      hints[hint].strict().parse(params);
      this.hints.push({ hint, params });
      return;
    }
    assert.ok(Object.hasOwn(events, method), `no event is called ${method}`);
    const event = method as EventName;
    const { seq, ...rest } = params as { seq: number };
    events[event].strict().parse(rest);
    assert.equal(seq, this.seq + 1, "a gap in the events");
    this.seq = seq;
    this.events.push({ event, params });
  }

  #response(response: { id: number | null } & Answer): void {
    if (response.id === null) {
      assert.ok("error" in response);
      this.complaints.push(ErrorObject.parse(response.error));
      return;
    }
    const method = this.waiting.get(response.id)?.method;
    assert.ok(method, `nothing waits for the answer ${response.id}`);
    this.waiting.delete(response.id);
    this.#answers.set(response.id, response);
    if (!("result" in response)) return;
    const result = methods[method].result.parse(response.result);
    if (method === "join") this.#joined(result as JoinResult);
    if (method === "resume") this.#resumed(result as ResumeResult);
  }

  #joined({ epoch, secret, seq, participants }: JoinResult): void {
    Object.assign(this, { epoch, secret, seq, participants });
  }

  #resumed({ epoch, secret, seq, snapshot }: ResumeResult): void {
    this.secret = secret;
    const isTakenUp = epoch > this.epoch;
    this.epoch = epoch;
    if (snapshot === undefined) assert.equal(seq, this.seq);
    else {
      // Else it takes new events for old ones.
      assert.ok(!isTakenUp || seq >= this.seq, "numbers go back");
      this.seq = seq;
      this.participants = snapshot.participants;
      this.events = [];
    }
    if (this.resends) this.resend();
  }

  #answer(id: number): Answer {
    const answer = this.#answers.get(id);
    assert.ok(answer, `the request ${id} is not answered yet`);
    return answer;
  }
}
