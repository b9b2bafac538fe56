/**
 * One connection as a client sees it. Everything it gets is checked against the
 * protocol, and must come in order, once, and while the connection is open.
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
  type Method,
  methods,
  type Params,
  parseFrame,
  type Request,
  type Result,
} from "../../../protocol/mod.ts";
import type { Input } from "../../../rooms/input.ts";

export type Told = { event: EventName; params: unknown };
export type Hinted = { hint: HintName; params: unknown };

type Answer = { result: unknown } | { error: ErrorObject };

/** The first request of a connection. */
const JOIN_ID = 1;

export class Client {
  readonly connection: string;
  readonly sessionId: string;
  readonly identity: string;
  /** `null`: open. */
  closed: CloseName | "gone" | null = null;
  /** What was told and not taken yet, in order. */
  events: Told[] = [];
  hints: Hinted[] = [];
  /** Errors that belong to no request. */
  complaints: ErrorObject[] = [];
  /** Pings that were not answered yet. */
  pings: number[] = [];
  /** Whether pings are answered at once. */
  alive = true;
  /** Of the last event. */
  seq = 0;
  /** Requests that were not answered yet. */
  readonly waiting = new Map<number, Method>();
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
    this.connection = connection;
    this.sessionId = sessionId;
    this.#input = input;
  }

  nextId(method: Method): number {
    this.#lastId += 1;
    this.waiting.set(this.#lastId, method);
    return this.#lastId;
  }

  sendText(text: string): void {
    this.#input({ type: "received", connection: this.connection, text });
  }

  sendFrame(frame: unknown): void {
    this.sendText(JSON.stringify(frame));
  }

  /** Sends a request; returns its id. */
  send<M extends Method>(method: M, params: Params<M>): number {
    const id = this.nextId(method);
    this.sendFrame({ jsonrpc: "2.0", id, method, params });
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
    this.closed = "gone";
    const { connection } = this;
    this.#input({ type: "closed", connection, clean });
  }

  /** Called by the world with what the room sends. */
  receive(text: string): void {
    assert.equal(this.closed, null, `sent to a closed connection: ${text}`);
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
    assert.deepEqual(params, {});
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
    const method = this.waiting.get(response.id);
    assert.ok(method, `nothing waits for the answer ${response.id}`);
    this.waiting.delete(response.id);
    if ("result" in response) methods[method].result.parse(response.result);
    this.#answers.set(response.id, response);
  }

  #answer(id: number): Answer {
    const answer = this.#answers.get(id);
    assert.ok(answer, `the request ${id} is not answered yet`);
    return answer;
  }
}
