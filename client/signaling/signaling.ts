import type {
  JoinParams,
  JoinResult,
  Method,
  Params,
  Result,
} from "../../protocol/mod.ts";
import type { RetryPolicy } from "../api/recovery.ts";
import { asHoldfastError, HoldfastError, shapeOf } from "../errors.ts";
import type { Ports } from "../ports.ts";
import { backoff, carefully } from "../retry.ts";
import type { RoomAddress } from "../room_address.ts";
import { Shell } from "../shell.ts";
import { Addresses } from "./addresses.ts";
import { Connection } from "./connection.ts";
import { healthAfter, type SignalingHealth } from "./health.ts";
import type { ConnectionEffect, ConnectionEvent, NetworkHint } from "./io.ts";
import { type News, type SignalingListener, tell } from "./listener.ts";
import type { Outcome } from "./requests.ts";
import { Sockets } from "./sockets.ts";

/** Asks the service. Rejects with a `HoldfastError`. */
export type Ask = <M extends Method>(
  method: M,
  params: Params<M>,
) => Promise<Result<M>>;

export type SignalingOptions = {
  readonly address: RoomAddress;
  /** Where else the room may be. */
  readonly origins?: readonly string[] | undefined;
  readonly token: () => Promise<string>;
  readonly join: () => Omit<JoinParams, "token">;
  /** Milliseconds from `start` to joined. */
  readonly timeoutMs: number;
  /** Milliseconds of an outage after which there are no further attempts. */
  readonly giveUpAfterMs: number;
  /** Whether to join anew where the session is over and nobody wished it. */
  readonly rejoin: boolean;
  /** Instead of the usual backoff. */
  readonly retryPolicy: RetryPolicy | undefined;
};

/** Runs a `Connection` on sockets and timers. */
export class Signaling {
  readonly #ports: Ports;
  readonly #token: SignalingOptions["token"];
  readonly #connection: Connection;
  readonly #shell: Shell<ConnectionEvent, ConnectionEffect>;
  readonly #sockets: Sockets;
  readonly #end = Promise.withResolvers<void>();
  readonly #calls = new Map<number, (outcome: Outcome) => void>();
  readonly #addresses: Addresses;
  #health: SignalingHealth = "healthy";
  #lastCall = 0;
  #joined: ((result: JoinResult) => SignalingListener) | undefined;
  #refused: ((error: HoldfastError) => void) | undefined;
  #listener: SignalingListener | undefined;

  constructor(ports: Ports, options: SignalingOptions) {
    this.#ports = ports;
    this.#token = options.token;
    this.#addresses = new Addresses(options.address, options.origins ?? []);
    const retry = carefully(options.retryPolicy, backoff(ports.random));
    this.#connection = new Connection({ ...options, retry });
    this.#shell = new Shell(
      ports,
      this.#connection,
      (effect) => this.#do(effect),
    );
    this.#sockets = new Sockets(
      ports.WebSocket,
      (event) => this.#shell.handle(event),
    );
  }

  /** As the listener was told last. */
  get health(): SignalingHealth {
    return this.#health;
  }

  /** When the service was heard last. */
  get heardAt(): number {
    return this.#connection.heardAt;
  }

  /** Resolves when nothing of it is left. */
  get ended(): Promise<void> {
    return this.#end.promise;
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
    this.#shell.handle({ type: "start" });
    return await joined.promise;
  }

  readonly ask: Ask = async (method, params) => {
    const call = ++this.#lastCall;
    const answer = Promise.withResolvers<Outcome>();
    this.#calls.set(call, answer.resolve);
    try {
      this.#shell.handle({ type: "request", call, method, params });
    } catch (error) {
      this.#calls.delete(call);
      throw asHoldfastError(error, "invalidParams");
    }
    const outcome = await answer.promise;
    if (!outcome.ok) throw new HoldfastError(outcome.error);
    // The connection has checked it against the schema of this very method.
    return outcome.result as Result<typeof method>;
  };

  /** The service has taken this token. */
  refreshed(token: string): void {
    this.#shell.handle({ type: "refreshed", token });
  }

  /** The network may be gone, or back. */
  networkHint(hint: NetworkHint): void {
    this.#shell.handle({ type: "hint", hint });
  }

  /** Tells the service, within limits, and ends. Never rejects. */
  leave(): Promise<void> {
    this.#shell.handle({ type: "leave" });
    return this.ended;
  }

  /** Ends here and now. */
  abandon(): void {
    this.#shell.handle({ type: "abandon" });
  }

  #do(effect: ConnectionEffect): void {
    switch (effect.type) {
      case "authorize":
        return void this.#authorize();
      case "open":
        return this.#sockets.open(
          effect.socket,
          this.#addresses.next().socket,
        );
      case "move":
        return this.#addresses.move(effect.room);
      case "redirect":
        return this.#addresses.redirect(effect.url);
      case "send":
        return this.#sockets.send(effect.socket, effect.text);
      case "close":
        return this.#sockets.close(effect.socket, effect.code);
      case "joined":
        this.#addresses.works();
        this.#listener = this.#joined?.(effect.result);
        return;
      case "replied":
        this.#calls.get(effect.call)?.(effect.outcome);
        this.#calls.delete(effect.call);
        return;
      case "farewell": {
        const { sessionId, secret } = effect;
        const body = JSON.stringify({ sessionId, secret });
        return this.#ports.sendBeacon(this.#addresses.last.leave, body);
      }
      case "refused":
        this.#refused?.(new HoldfastError(effect.error));
        return this.#end.resolve();
      default:
        return this.#tell(effect);
    }
  }

  #tell(news: News): void {
    if (news.type === "resumed" || news.type === "rejoined") {
      this.#addresses.works();
    }
    this.#health = healthAfter[news.type] ?? this.#health;
    if (this.#listener) tell(this.#listener, news, this.#ports.now());
    if (news.type === "ended") this.#end.resolve();
  }

  async #authorize(): Promise<void> {
    let token;
    try {
      token = await this.#token();
    } catch (cause) {
      const error = shapeOf(asHoldfastError(cause, "tokenInvalid"));
      return this.#shell.handle({ type: "unauthorized", error });
    }
    this.#shell.handle({ type: "authorized", token });
  }
}
