import assert from "node:assert/strict";
import {
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
  type ErrorName,
  type ErrorObject,
  errorObject,
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
  type Result,
  serverMethods,
  SUBPROTOCOL,
} from "../../../protocol/mod.ts";
import { defaultAnswers } from "./answers.ts";
import { FakeSocket, type FarEnd } from "./socket.ts";

/** Answers a request; throw a `Refusal` to refuse it. */
export type Answer<M extends Method> = (
  params: Params<M>,
) => Result<M> | Promise<Result<M>>;

export type Answers = { [M in Method]: Answer<M> };

export class Refusal extends Error {
  readonly shape: ErrorObject;

  constructor(error: ErrorName, data: Partial<ErrorObject["data"]> = {}) {
    super(error);
    const shape = errorObject(error);
    this.shape = { ...shape, data: { ...shape.data, ...data } };
  }
}

export type Asked = { readonly method: string; readonly params: unknown };

/**
 * One client's view of a service: it speaks the protocol, holds the client to
 * it, and answers as it is told.
 */
export class FakeService {
  readonly sockets: FakeSocket[] = [];
  readonly asked: Asked[] = [];
  readonly acks: number[] = [];
  /** What the client said against the protocol. */
  readonly violations: string[] = [];
  readonly answers: Answers = defaultAnswers();
  closedWith: number | undefined;
  seq = 0;
  #lastPing = 0;
  #network: "up" | "cut" | "gone" = "up";
  /** Every event of the session, to be told again after a resume. */
  readonly #log: { readonly seq: number; readonly text: string }[] = [];

  /** To be used as the `WebSocket` of a client. */
  get WebSocket(): new (url: URL, protocol: string) => FakeSocket {
    const accept = (socket: FakeSocket) => this.#accept(socket);
    return class extends FakeSocket {
      constructor(url: URL, protocol: string) {
        super(url, protocol);
        accept(this);
      }
    };
  }

  /** The socket in use. */
  get socket(): FakeSocket {
    return this.sockets.at(-1) ?? assert.fail("nobody has connected");
  }

  /** No socket can be opened from now on. */
  vanish(): void {
    this.#network = "gone";
  }

  /** Nothing goes through: sockets are half-open, new ones hang. */
  cut(): void {
    this.#network = "cut";
    for (const socket of this.sockets) socket.cut();
  }

  /** New sockets open; the old ones speak again, if they are there yet. */
  restore(): void {
    this.#network = "up";
    for (const socket of this.sockets) socket.heal();
  }

  /** Without reports, which may come at any time. */
  methodsAsked(): string[] {
    return this.asked.map(({ method }) => method)
      .filter((method) => method !== "reportMediaState");
  }

  /** The parameters of each request of a method. */
  of<M extends Method>(method: M): Params<M>[] {
    return this.asked.filter((asked) => asked.method === method)
      .map(({ params }) => params as Params<M>);
  }

  event<E extends EventName>(name: E, params: EventParams<E>): void {
    events[name].parse(params);
    const seq = ++this.seq;
    const text = encodeNotification(name, { seq, ...params });
    this.#log.push({ seq, text });
    this.say(text);
  }

  hint<H extends HintName>(name: H, params: HintParams<H>): void {
    hints[name].parse(params);
    this.say(encodeNotification(name, params));
  }

  ping(roundTripMs?: number): void {
    this.say(encodeRequest(++this.#lastPing, "ping", { roundTripMs }));
  }

  /** Any frame at all. */
  say(text: string): void {
    this.socket.deliver(text);
  }

  #received(socket: FakeSocket, text: string): void {
    const frame = parseFrame(text);
    switch (frame.type) {
      case "request":
        return void this.#answer(socket, frame.request);
      case "response": {
        if ("error" in frame.response) {
          this.violations.push(`error answer ${frame.response.error.message}`);
          return;
        }
        const pong = serverMethods.ping.result.safeParse(frame.response.result);
        if (pong.success) this.acks.push(pong.data.ack);
        else this.violations.push(`bad pong ${text}`);
        return;
      }
      default:
        this.violations.push(`${frame.type}: ${text}`);
    }
  }

  #accept(socket: FakeSocket): void {
    this.sockets.push(socket);
    if (socket.protocol !== SUBPROTOCOL) this.violations.push(socket.protocol);
    const farEnd: FarEnd = {
      received: (text) => this.#received(socket, text),
      closed: (code) => this.closedWith = code,
    };
    if (this.#network === "up") socket.accept(farEnd);
    else if (this.#network === "gone") socket.drop(1006);
  }

  async #answer(
    socket: FakeSocket,
    { id, method, params }: { id: number; method: string; params?: unknown },
  ): Promise<void> {
    if (!isMethod(method)) {
      this.violations.push(`unknown method ${method}`);
      return socket.deliver(encodeError(id, errorObject("methodNotFound")));
    }
    const parsed = methods[method].params.safeParse(params);
    if (!parsed.success) {
      this.violations.push(`${method}: ${parsed.error.message}`);
      return socket.deliver(encodeError(id, errorObject("invalidParams")));
    }
    this.asked.push({ method, params: parsed.data });
    try {
      const result = await this.#result(method, parsed.data as Params<Method>);
      socket.deliver(encodeResult(id, result));
      if (method === "resume") this.#replay(socket, result as Result<"resume">);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      socket.deliver(encodeError(id, error.shape));
    }
    if (method === "leave") socket.drop(1000);
  }

  #replay(socket: FakeSocket, { seq }: Result<"resume">): void {
    const missed = this.#log.filter((event) => event.seq > seq);
    for (const { text } of missed) socket.deliver(text);
  }

  async #result<M extends Method>(
    method: M,
    params: Params<M>,
  ): Promise<unknown> {
    const answer: Answer<M> = this.answers[method];
    return methods[method].result.parse(await answer(params));
  }
}

const isMethod = (name: string): name is Method => Object.hasOwn(methods, name);

/** An answer that never comes. */
export const silence = (): Promise<never> => new Promise(() => {});

/** An answer that comes when it is told to. */
export function held<T>(): {
  answer: () => Promise<T>;
  give: (value: T) => void;
  refuse: (error: ErrorName) => void;
} {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return {
    answer: () => promise,
    give: resolve,
    refuse: (error) => reject(new Refusal(error)),
  };
}
