/**
 * The client's end of the signaling, without sockets and clocks: what happens
 * goes in with the time, what is to be done comes out.
 *
 * @module
 */
import {
  describe,
  encodeError,
  encodeResult,
  type ErrorObject,
  errorObject,
  type JoinParams,
  type Method,
  methods,
  type Notification,
  parseFrame,
  type Request,
  type Response,
} from "../../protocol/mod.ts";
import {
  endedByClose,
  endedFor,
  type Ending,
  lost,
  misunderstood,
  refusedByClose,
} from "./ending.ts";
import type { ConnectionEffect, ConnectionEvent, SocketId } from "./io.ts";
import { parseLeniently } from "./lenient.ts";
import { readNotification } from "./messages.ts";
import { Requests } from "./requests.ts";
import {
  deadlineOf,
  type Joined,
  seqOf,
  socketOf,
  type State,
} from "./state.ts";

/** Milliseconds that `leave` waits for its answer. */
export const LEAVE_TIMEOUT_MS = 2_000;

/** Browsers let a page close with 1000 and with 3000 to 4999 only. */
export const clientCloseCodes = {
  left: 1000,
  /** Neither is a leave: the session may be wanted back. */
  lost: 4100,
  misunderstood: 4101,
} as const;

const LEFT = errorObject("cancelled", "the room was left");

export type ConnectionOptions = {
  readonly join: Omit<JoinParams, "token">;
  /** Milliseconds from `start` to joined. */
  readonly timeoutMs: number;
};

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #requests = new Requests();
  #state: State = { type: "idle" };
  #lastSocket: SocketId = 0;
  #effects: ConnectionEffect[] = [];

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** When the next `tick` is due; `Infinity` when nothing waits. */
  get deadline(): number {
    return Math.min(deadlineOf(this.#state), this.#requests.deadline);
  }

  /** @throws {TypeError} when the parameters of a request are no JSON. */
  handle(event: ConnectionEvent, now: number): ConnectionEffect[] {
    switch (event.type) {
      case "start":
        this.#start(now);
        break;
      case "authorized":
        this.#authorized(event.token);
        break;
      case "unauthorized":
        if (this.#state.type === "authorizing") this.#refuse(event.error);
        break;
      case "opened":
        this.#opened(event.socket);
        break;
      case "received":
        this.#received(event.socket, event.text, now);
        break;
      case "closed":
        this.#closed(event.socket, event.code);
        break;
      case "request":
        this.#request(event.call, event.method, event.params, now);
        break;
      case "leave":
        this.#leave(now);
        break;
      case "abandon":
        this.#abandon();
        break;
      case "tick":
        this.#tick(now);
        break;
    }
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #start(now: number): void {
    if (this.#state.type !== "idle") return;
    const deadline = now + this.#options.timeoutMs;
    this.#state = { type: "authorizing", deadline };
    this.#effects.push({ type: "authorize" });
  }

  #authorized(token: string): void {
    if (this.#state.type !== "authorizing") return;
    const socket = ++this.#lastSocket;
    const { deadline } = this.#state;
    this.#state = { type: "opening", socket, token, deadline };
    this.#effects.push({ type: "open", socket });
  }

  #opened(socket: SocketId): void {
    const state = this.#state;
    if (state.type !== "opening" || state.socket !== socket) return;
    const { token, deadline } = state;
    const join: JoinParams = { token, ...this.#options.join };
    const { id, text } = this.#requests.encode("join", join);
    this.#state = { type: "joining", socket, id, deadline };
    this.#effects.push({ type: "send", socket, text });
  }

  #request(call: number, method: Method, params: unknown, now: number): void {
    const refuse = (error: ErrorObject) =>
      this.#effects.push({
        type: "replied",
        call,
        outcome: { ok: false, error },
      });
    const state = this.#state;
    if (state.type === "ended") return void refuse(state.error);
    if (state.type !== "joined") return void refuse(errorObject("cancelled"));
    if (this.#requests.isFull) {
      return void refuse(errorObject("busy", "too many requests at once"));
    }
    const text = this.#requests.add(call, method, params, now);
    this.#effects.push({ type: "send", socket: state.socket, text });
  }

  #received(socket: SocketId, text: string, now: number): void {
    if (socketOf(this.#state) !== socket) return;
    if (this.#state.type === "joined") {
      this.#state = { ...this.#state, heardAt: now };
    }
    const frame = parseFrame(text);
    switch (frame.type) {
      case "request":
        return this.#asked(socket, frame.request);
      case "response":
        return this.#answered(frame.response, now);
      case "notification":
        return this.#notified(frame.notification);
      case "invalid":
        // Something was said that is lost now, and it may have been an event.
        return this.#fail(frame.detail ?? frame.error);
    }
  }

  /** Pings are answered right here: timers of hidden pages are slowed down. */
  #asked(socket: SocketId, { id, method }: Request): void {
    const text = method === "ping"
      ? encodeResult(id, { ack: seqOf(this.#state) })
      : encodeError(id, errorObject("methodNotFound"));
    this.#effects.push({ type: "send", socket, text });
  }

  #answered(response: Response, now: number): void {
    const state = this.#state;
    if (state.type === "joining" && response.id === state.id) {
      return this.#joinAnswered(state.socket, response, now);
    }
    if (state.type === "leaving" && response.id === state.id) {
      return this.#end(endedFor("left"));
    }
    if (response.id === null) {
      if ("error" in response) this.#except(response.error);
      return;
    }
    const reply = this.#requests.settle(response);
    if (reply) this.#effects.push({ type: "replied", ...reply });
  }

  #joinAnswered(socket: SocketId, response: Response, now: number): void {
    if ("error" in response) return this.#refuse(response.error);
    const parsed = parseLeniently(methods.join.result, response.result);
    if (!parsed.success) return this.#fail(`join: ${describe(parsed.error)}`);
    const result = parsed.data;
    this.#state = {
      type: "joined",
      socket,
      heardAt: now,
      timeoutMs: result.policy.timeoutMs,
      seq: result.seq,
    };
    this.#effects.push({ type: "joined", result });
  }

  #notified(notification: Notification): void {
    const state = this.#state;
    if (state.type !== "joined") return;
    const incoming = readNotification(notification);
    switch (incoming.type) {
      case "event":
        if (!this.#count(state, incoming.seq)) return;
        this.#effects.push({ type: "event", event: incoming.event });
        if (incoming.event.name === "sessionEnded") {
          this.#end(endedFor(incoming.event.params.reason));
        }
        return;
      case "unknownEvent":
        this.#count(state, incoming.seq);
        return;
      case "hint":
        this.#effects.push({ type: "hint", hint: incoming.hint });
        return;
      case "unknownHint":
        return;
      case "brokenEvent":
        return this.#fail(incoming.detail);
      case "brokenHint":
        return this.#except(
          errorObject("invalidServerMessage", incoming.detail),
        );
    }
  }

  /** Whether the event is the next one. */
  #count(state: Joined, seq: number): boolean {
    if (seq <= state.seq) return false;
    if (seq > state.seq + 1) {
      this.#end(lost(`event ${state.seq + 1} is missing`));
      return false;
    }
    this.#state = { ...state, seq };
    return true;
  }

  #closed(socket: SocketId, code: number): void {
    const state = this.#state;
    if (socketOf(state) !== socket) return;
    switch (state.type) {
      case "opening":
      case "joining":
        return this.#refuse(refusedByClose(code));
      case "joined":
        return this.#end(endedByClose(code));
      case "leaving":
        return this.#end(endedFor("left"));
    }
  }

  #leave(now: number): void {
    const state = this.#state;
    if (state.type !== "joined") return this.#abandon();
    const { socket, seq } = state;
    const { id, text } = this.#requests.encode("leave", {});
    const deadline = now + LEAVE_TIMEOUT_MS;
    this.#state = { type: "leaving", socket, id, seq, deadline };
    this.#effects.push({ type: "send", socket, text });
    this.#failRequests(LEFT);
  }

  #abandon(): void {
    const state = this.#state;
    switch (state.type) {
      case "ended":
        return;
      case "joined": {
        const { text } = this.#requests.encode("leave", {});
        this.#effects.push({ type: "send", socket: state.socket, text });
        return this.#end(endedFor("left"));
      }
      case "leaving":
        return this.#end(endedFor("left"));
      default:
        return this.#refuse(LEFT);
    }
  }

  #tick(now: number): void {
    for (const reply of this.#requests.expire(now)) {
      this.#effects.push({ type: "replied", ...reply });
    }
    const state = this.#state;
    if (deadlineOf(state) > now) return;
    switch (state.type) {
      case "authorizing":
      case "opening":
      case "joining":
        return this.#refuse(errorObject("signalingTimeout"));
      case "joined":
        return this.#end(lost(`nothing heard for ${state.timeoutMs} ms`));
      case "leaving":
        return this.#end(endedFor("left"));
    }
  }

  #except(error: ErrorObject): void {
    this.#effects.push({ type: "exception", error });
  }

  /** The service says what this client does not understand. */
  #fail(detail: string): void {
    const ending = misunderstood(detail);
    if (this.#state.type === "joined") return this.#end(ending);
    if (this.#state.type === "leaving") return this.#end(endedFor("left"));
    this.#refuse(ending.error);
  }

  /** The room was not to be had. */
  #refuse(error: ErrorObject): void {
    this.#close(clientCloseCodes.left, error);
    this.#effects.push({ type: "refused", error });
  }

  /** The room is over. */
  #end(ending: Ending): void {
    this.#close(closeCodeOf(ending), ending.error ?? LEFT);
    this.#effects.push({ type: "ended", ending });
  }

  #close(code: number, error: ErrorObject): void {
    const socket = socketOf(this.#state);
    this.#state = { type: "ended", error };
    this.#failRequests(error);
    if (socket !== undefined) {
      this.#effects.push({ type: "close", socket, code });
    }
  }

  #failRequests(error: ErrorObject): void {
    for (const reply of this.#requests.fail(error)) {
      this.#effects.push({ type: "replied", ...reply });
    }
  }
}

function closeCodeOf({ reason }: Ending): number {
  if (reason === "networkDisconnect") return clientCloseCodes.lost;
  if (reason === "protocolError") return clientCloseCodes.misunderstood;
  return clientCloseCodes.left;
}
