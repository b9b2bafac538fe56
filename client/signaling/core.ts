import {
  type ErrorObject,
  errorObject,
  type JoinParams,
} from "../../protocol/mod.ts";
import type { RetryContext } from "../api/recovery.ts";
import { closeCodeOf, type Ending, LEFT } from "./ending.ts";
import type { ConnectionEffect, ConnectionEvent, SocketId } from "./io.ts";
import { type Reply, Requests } from "./requests.ts";
import { socketsOf, type State } from "./state.ts";

export type ConnectionOptions = {
  /** Asked for each join: what it says may change from one to the next. */
  readonly join: () => Omit<JoinParams, "token">;
  /** Milliseconds from `start` to joined. */
  readonly timeoutMs: number;
  /** Milliseconds of an outage. */
  readonly giveUpAfterMs: number;
  /** Whether to join anew where the session is over and nobody wished it. */
  readonly rejoin: boolean;
  readonly retry: (context: RetryContext<ErrorObject>) => number | null;
};

/** What the states of a connection share. */
export class Core {
  state: State = { type: "idle" };
  readonly options: ConnectionOptions;
  readonly requests = new Requests();
  #effects: ConnectionEffect[] = [];
  #lastSocket: SocketId = 0;

  constructor(options: ConnectionOptions) {
    this.options = options;
  }

  do(effect: ConnectionEffect): void {
    this.#effects.push(effect);
  }

  takeEffects(): ConnectionEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  open(): SocketId {
    const socket = ++this.#lastSocket;
    this.do({ type: "open", socket });
    return socket;
  }

  send(socket: SocketId, text: string): void {
    this.do({ type: "send", socket, text });
  }

  close(socket: SocketId, code: number): void {
    this.do({ type: "close", socket, code });
  }

  /** Sends it, or keeps it until there is a connection. */
  request(
    { call, method, params }: Extract<ConnectionEvent, { type: "request" }>,
    now: number,
  ): void {
    const { state } = this;
    const refused = this.#refusalOfRequest();
    if (refused !== undefined) {
      return this.reply([{ call, outcome: { ok: false, error: refused } }]);
    }
    this.requests.add(call, method, params, now);
    if ("socket" in state) this.sendRequests(state.socket);
  }

  /** As many of those that wait as the service takes. */
  sendRequests(socket: SocketId): void {
    for (const text of this.requests.next()) this.send(socket, text);
  }

  /** For the next resume. */
  refreshed(token: string): void {
    const { state } = this;
    if (!("session" in state)) return;
    this.state = { ...state, session: { ...state.session, token } };
  }

  reply(replies: Iterable<Reply>): void {
    for (const reply of replies) this.do({ type: "replied", ...reply });
  }

  except(error: ErrorObject): void {
    this.do({ type: "exception", error });
  }

  /** The room was not to be had. */
  refuse(error: ErrorObject, code: number): void {
    this.#finish(error, code);
    this.do({ type: "refused", error });
  }

  /** The room is over. */
  end(ending: Ending): void {
    this.#finish(ending.error ?? LEFT, closeCodeOf(ending));
    this.do({ type: "ended", ending });
  }

  #refusalOfRequest(): ErrorObject | undefined {
    switch (this.state.type) {
      case "joined":
      case "suspecting":
      case "parting":
      case "lost":
        return this.requests.isFull
          ? errorObject("busy", "too many requests at once")
          : undefined;
      case "ended":
        return this.state.error;
      default:
        return LEFT;
    }
  }

  #finish(error: ErrorObject, code: number): void {
    const sockets = socketsOf(this.state);
    this.state = { type: "ended", error };
    this.reply(this.requests.fail(error));
    for (const socket of sockets) this.close(socket, code);
  }
}
