/**
 * The link's end of one connection: dialling, greeting, keepalive, end.
 *
 * @module
 */
import type { Clock } from "../../../clock.ts";
import { encodeRequest } from "../encode.ts";
import {
  CONTROL_ID,
  type Frame,
  type HelloParams,
  parseFrame,
  problemOf,
  Welcome,
} from "../envelope.ts";
import type { RpcError } from "../rpc_error.ts";
import type { Wire, WireEvents } from "../wire.ts";

/** Opens a wire; rejects when nobody answers. */
export type Dial = (events: WireEvents, signal: AbortSignal) => Promise<Wire>;

export type ConnectionOptions = {
  readonly dial: Dial;
  readonly hello: HelloParams;
  readonly clock: Clock;
  /** Milliseconds until it must be up, and of silence that it survives. */
  readonly timeoutMs: number;
  readonly pingIntervalMs: number;
};

export interface ConnectionEvents {
  up(welcome: Welcome): void;
  /** A reply or a notification. */
  frame(frame: Frame): void;
  drained(): void;
  /** Told once, also when it never came up; nothing follows. */
  lost(reason: string): void;
}

type State =
  | { readonly name: "dialling"; readonly abort: AbortController }
  | { readonly name: "greeting"; readonly wire: Wire }
  | { readonly name: "up"; readonly wire: Wire }
  | { readonly name: "closed" };

const PING = encodeRequest(CONTROL_ID, "ping", "{}");

export class Connection implements WireEvents {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  #state: State;
  #cancelTimer: () => void;
  #heard = true;
  #silentMs = 0;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    const abort = new AbortController();
    this.#state = { name: "dialling", abort };
    this.#cancelTimer = options.clock.after(options.timeoutMs, () => {
      this.#lose("it did not come up in time");
    });
    options.dial(this, abort.signal).then(
      (wire) => this.#greet(wire),
      (error) => this.#lose(error instanceof Error ? error.message : "dial"),
    );
  }

  get writable(): boolean {
    return this.#state.name === "up" && this.#state.wire.writable;
  }

  send(frame: string): void {
    if (this.#state.name === "up") this.#state.wire.send(frame);
  }

  /** Tells nobody. */
  close(): void {
    const state = this.#state;
    if (state.name === "closed") return;
    this.#state = { name: "closed" };
    this.#cancelTimer();
    if (state.name === "dialling") state.abort.abort();
    else state.wire.close();
  }

  frame(line: string): void {
    this.#heard = true;
    const frame = parseFrame(line);
    if (frame.type === "error" && frame.id === null) {
      const { message, data } = frame.error;
      return this.#lose(`${data.status}: ${message}`);
    }
    if (this.#state.name === "greeting") return this.#readWelcome(frame);
    if (this.#state.name === "up") this.#take(frame);
  }

  unreadable(problem: RpcError): void {
    this.#lose(problem.message);
  }

  drained(): void {
    if (this.#state.name === "up") this.#events.drained();
  }

  closed(reason: string): void {
    this.#lose(reason);
  }

  #greet(wire: Wire): void {
    if (this.#state.name === "closed") return wire.close();
    this.#state = { name: "greeting", wire };
    const hello = JSON.stringify(this.#options.hello);
    wire.send(encodeRequest(CONTROL_ID, "hello", hello));
  }

  #readWelcome(frame: Frame): void {
    const state = this.#state;
    if (state.name !== "greeting") return;
    if (frame.type === "error") {
      const { message, data } = frame.error;
      return this.#lose(`${data.status}: ${message}`);
    }
    if (frame.type !== "result" || frame.id !== CONTROL_ID) {
      return this.#lose("the hello was not answered");
    }
    const welcome = Welcome.safeParse(frame.result);
    if (!welcome.success) return this.#lose(problemOf(welcome.error));
    this.#state = { name: "up", wire: state.wire };
    this.#cancelTimer();
    this.#keepAlive(state.wire);
    this.#events.up(welcome.data);
  }

  #take(frame: Frame): void {
    if (frame.type === "invalid") return this.#lose(frame.problem);
    if (frame.type === "request") return this.#lose("the sidecar calls");
    const isPong = frame.type === "result" && frame.id === CONTROL_ID;
    if (!isPong) this.#events.frame(frame);
  }

  /** Pings whatever else is said: the sidecar must hear something, too. */
  #keepAlive(wire: Wire): void {
    const { clock, pingIntervalMs, timeoutMs } = this.#options;
    this.#cancelTimer = clock.after(pingIntervalMs, () => {
      this.#silentMs = this.#heard ? 0 : this.#silentMs + pingIntervalMs;
      if (this.#silentMs >= timeoutMs) {
        return this.#lose(`it was silent for ${this.#silentMs} ms`);
      }
      this.#heard = false;
      wire.send(PING);
      this.#keepAlive(wire);
    });
  }

  #lose(reason: string): void {
    if (this.#state.name === "closed") return;
    this.close();
    this.#events.lost(reason);
  }
}
