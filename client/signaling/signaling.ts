import {
  type EndReason,
  type JoinParams,
  type JoinResult,
  type Method,
  type Params,
  type Result,
  SUBPROTOCOL,
} from "../../protocol/mod.ts";
import { asHoldfastError, HoldfastError, shapeOf } from "../errors.ts";
import type { Ports, Socket } from "../ports.ts";
import { Connection } from "./connection.ts";
import type { ConnectionEffect, ConnectionEvent, SocketId } from "./io.ts";
import type { RoomEvent, RoomHint } from "./messages.ts";
import type { Outcome } from "./requests.ts";

/** Asks the service. Rejects with a `HoldfastError`. */
export type Ask = <M extends Method>(
  method: M,
  params: Params<M>,
) => Promise<Result<M>>;

/** Hears of a room, in the order in which things happened there. */
export interface SignalingListener {
  event(event: RoomEvent): void;
  hint(hint: RoomHint): void;
  exception(error: HoldfastError): void;
  /** Nothing comes after it. */
  ended(error: HoldfastError | undefined, reason: EndReason): void;
}

export type SignalingOptions = {
  /** Of the WebSocket. */
  readonly url: URL;
  readonly token: () => Promise<string>;
  readonly join: Omit<JoinParams, "token">;
  /** Milliseconds from `start` to joined. */
  readonly timeoutMs: number;
};

/** As browsers say it. */
const NEVER_OPENED = 1006;

/** Runs a `Connection` on sockets and timers. */
export class Signaling {
  readonly #ports: Ports;
  readonly #options: SignalingOptions;
  readonly #connection: Connection;
  readonly #end = Promise.withResolvers<void>();
  readonly #calls = new Map<number, (outcome: Outcome) => void>();
  readonly #sockets = new Map<SocketId, Socket>();
  /** Effects wait here while others are done: listeners may ask for more. */
  readonly #effects: ConnectionEffect[] = [];
  #isBusy = false;
  #lastCall = 0;
  #timer: { readonly at: number; readonly callOff: () => void } | undefined;
  #joined: ((result: JoinResult) => SignalingListener) | undefined;
  #refused: ((error: HoldfastError) => void) | undefined;
  #listener: SignalingListener | undefined;

  constructor(ports: Ports, options: SignalingOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#connection = new Connection(options);
  }

  /**
   * Joins the room. `enter` is called with the answer before anything that
   * follows it is looked at, so that the listener misses nothing.
   *
   * @throws {HoldfastError} when the room is not to be had.
   */
  async start<Listener extends SignalingListener>(
    enter: (result: JoinResult) => Listener,
  ): Promise<Listener> {
    const joined = Promise.withResolvers<Listener>();
    this.#joined = (result) => {
      const listener = enter(result);
      joined.resolve(listener);
      return listener;
    };
    this.#refused = joined.reject;
    this.#handle({ type: "start" });
    return await joined.promise;
  }

  readonly ask: Ask = async (method, params) => {
    const call = ++this.#lastCall;
    const answer = Promise.withResolvers<Outcome>();
    this.#calls.set(call, answer.resolve);
    try {
      this.#handle({ type: "request", call, method, params });
    } catch (error) {
      this.#calls.delete(call);
      throw asHoldfastError(error, "invalidParams");
    }
    const outcome = await answer.promise;
    if (!outcome.ok) throw new HoldfastError(outcome.error);
    // The connection has checked it against the schema of this very method.
    return outcome.result as Result<typeof method>;
  };

  /** Tells the service, within limits, and ends. Never rejects. */
  leave(): Promise<void> {
    this.#handle({ type: "leave" });
    return this.ended;
  }

  /** Resolves when nothing of it is left. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  /** Ends here and now. */
  abandon(): void {
    this.#handle({ type: "abandon" });
  }

  #handle(event: ConnectionEvent): void {
    this.#effects.push(...this.#connection.handle(event, this.#ports.now()));
    if (!this.#isBusy) {
      this.#isBusy = true;
      try {
        for (let effect; (effect = this.#effects.shift());) this.#do(effect);
      } finally {
        this.#isBusy = false;
      }
    }
    this.#setTimer();
  }

  #do(effect: ConnectionEffect): void {
    switch (effect.type) {
      case "authorize":
        return void this.#authorize();
      case "open":
        return this.#open(effect.socket);
      case "send":
        return this.#sockets.get(effect.socket)?.send(effect.text);
      case "close":
        this.#sockets.get(effect.socket)?.close(effect.code);
        this.#sockets.delete(effect.socket);
        return;
      case "joined":
        this.#listener = this.#joined?.(effect.result);
        return;
      case "event":
        return this.#listener?.event(effect.event);
      case "hint":
        return this.#listener?.hint(effect.hint);
      case "replied":
        this.#calls.get(effect.call)?.(effect.outcome);
        this.#calls.delete(effect.call);
        return;
      case "exception":
        return this.#listener?.exception(new HoldfastError(effect.error));
      case "refused":
        this.#refused?.(new HoldfastError(effect.error));
        return this.#end.resolve();
      case "ended": {
        const { error, reason } = effect.ending;
        this.#listener?.ended(error && new HoldfastError(error), reason);
        return this.#end.resolve();
      }
    }
  }

  async #authorize(): Promise<void> {
    let token;
    try {
      token = await this.#options.token();
    } catch (cause) {
      const error = shapeOf(asHoldfastError(cause, "tokenInvalid"));
      return this.#handle({ type: "unauthorized", error });
    }
    this.#handle({ type: "authorized", token });
  }

  #open(id: SocketId): void {
    const socket = this.#openSocket();
    if (socket === undefined) {
      return this.#handle({ type: "closed", socket: id, code: NEVER_OPENED });
    }
    this.#sockets.set(id, socket);
    socket.addEventListener("open", () => {
      this.#handle({ type: "opened", socket: id });
    });
    socket.addEventListener("message", ({ data }) => {
      // Binary is not of this protocol: refused like any text that is no JSON.
      const text = typeof data === "string" ? data : "";
      this.#handle({ type: "received", socket: id, text });
    });
    socket.addEventListener("close", ({ code }) => {
      this.#sockets.delete(id);
      this.#handle({ type: "closed", socket: id, code });
    });
  }

  /** Undefined where the browser forbids it, such as ws: in a page of https:. */
  #openSocket(): Socket | undefined {
    try {
      return new this.#ports.WebSocket(this.#options.url, SUBPROTOCOL);
    } catch {
      return undefined;
    }
  }

  /** A timer that rings early is left to ring: a tick too many does no harm. */
  #setTimer(): void {
    const { deadline } = this.#connection;
    if (this.#timer !== undefined) {
      if (this.#timer.at <= deadline && deadline !== Infinity) return;
      this.#timer.callOff();
      this.#timer = undefined;
    }
    if (deadline === Infinity) return;
    const wait = Math.max(0, deadline - this.#ports.now());
    const callOff = this.#ports.after(wait, () => {
      this.#timer = undefined;
      this.#handle({ type: "tick" });
    });
    this.#timer = { at: deadline, callOff };
  }
}
