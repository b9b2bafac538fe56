/**
 * The link: one connection after the other, and what outlives them.
 *
 * @module
 */
import { type Backoff, backoffDelay, type Random } from "../../../backoff.ts";
import type { Clock } from "../../../clock.ts";
import type { CallOptions, LinkReply, LinkState, SfuLink } from "../../link.ts";
import type { SfuEvent, SfuMethod, SfuParams } from "../../methods.ts";
import { type Frame, PROTOCOL, type Welcome } from "../envelope.ts";
import { Calls } from "./calls.ts";
import { Connection, type Dial } from "./connection.ts";
import { Events } from "./events.ts";
import { reportBug } from "./report_bug.ts";

export type LinkOptions = {
  readonly dial: Dial;
  /** Unguessable. */
  readonly owner: string;
  /** Absent where the wire itself shows it. */
  readonly secret?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: Backoff;
  readonly deadlineMs: number;
  readonly maxFrameBytes: number;
  readonly maxQueued: number;
  readonly pingIntervalMs: number;
  readonly timeoutMs: number;
  readonly log: (message: string) => void;
};

type StateListener = (state: "up" | "down", fresh: boolean) => void;

type State =
  | { readonly name: "connecting"; readonly connection: Connection }
  | {
    readonly name: "up";
    readonly connection: Connection;
    readonly since: number;
  }
  | { readonly name: "down"; readonly stop: () => void }
  | { readonly name: "closed" };

export class Link implements SfuLink {
  readonly #options: LinkOptions;
  readonly #calls: Calls;
  readonly #events: Events;
  readonly #listeners = new Set<StateListener>();
  #state: State;
  /** Since the link was up for a while. */
  #attempts = 0;
  /** Why it is down, as the log knows it. */
  #told = "";

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#calls = new Calls(options);
    this.#events = new Events({
      clock: options.clock,
      send: (frame) => this.#send(frame),
      log: options.log,
    });
    this.#state = { name: "connecting", connection: this.#connect() };
  }

  get state(): LinkState {
    return this.#state.name;
  }

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: (reply: LinkReply<M>) => void,
  ): void {
    this.#calls.add(method, params, options, reply);
  }

  subscribe(routerId: string, listener: (event: SfuEvent) => void): () => void {
    return this.#events.subscribe(routerId, listener);
  }

  onState(listener: StateListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    const state = this.#state;
    if (state.name === "closed") return;
    this.#state = { name: "closed" };
    if (state.name === "down") state.stop();
    else state.connection.close();
    this.#events.pause();
    this.#calls.close();
  }

  #send(frame: string): void {
    if (this.#state.name === "up") this.#state.connection.send(frame);
  }

  #connect(): Connection {
    const { owner, secret, maxFrameBytes } = this.#options;
    const hello = {
      protocol: PROTOCOL,
      owner,
      ...(secret === undefined ? {} : { secret }),
      lastSeq: this.#events.lastSeq,
      maxFrameBytes,
    };
    const connection = new Connection({ ...this.#options, hello }, {
      up: (welcome) => this.#up(connection, welcome),
      frame: (frame) => this.#take(connection, frame),
      drained: () => this.#calls.pump(),
      lost: (reason) => this.#lost(reason),
    });
    return connection;
  }

  #up(connection: Connection, welcome: Welcome): void {
    const { incarnation, resumed, window, maxFrameBytes } = welcome;
    const { clock, log } = this.#options;
    log(
      `The link is up: sidecar ${incarnation}, ${resumed ? "resumed" : "new"}`,
    );
    if (!resumed) this.#events.reset();
    this.#state = { name: "up", connection, since: clock.now() };
    this.#tell("up", !resumed);
    // A listener may have closed the link.
    if (this.#state.name !== "up") return;
    this.#calls.up({
      window,
      maxFrameBytes,
      get writable() {
        return connection.writable;
      },
      send: (frame) => connection.send(frame),
    });
  }

  #take(connection: Connection, frame: Frame): void {
    switch (frame.type) {
      case "result":
        return this.#calls.answer(frame.id, { ok: true, result: frame.result });
      case "error":
        return this.#fail(frame);
      case "notification":
        if (frame.method === "event") this.#event(connection, frame.params);
    }
  }

  #fail({ id, error }: Extract<Frame, { type: "error" }>): void {
    if (id === null) return;
    const { message, data: { status } } = error;
    this.#calls.answer(id, { ok: false, status, message });
  }

  #event(connection: Connection, params: unknown): void {
    const problem = this.#events.take(params);
    if (problem === undefined) return;
    connection.close();
    this.#lost(problem);
  }

  #lost(reason: string): void {
    const before = this.#state;
    if (before.name === "closed") return;
    const { clock, random, backoff, log } = this.#options;
    if (before.name === "up" && clock.now() - before.since >= backoff.capMs) {
      this.#attempts = 0;
    }
    const delay = this.#attempts === 0 && before.name === "up"
      ? 0
      : backoffDelay(backoff, this.#attempts, random);
    this.#attempts++;
    if (before.name === "up" || reason !== this.#told) {
      log(`The link is down: ${reason}`);
    }
    this.#told = reason;
    this.#events.pause();
    this.#state = { name: "down", stop: this.#retryAfter(delay) };
    if (before.name === "down") return;
    this.#tell("down", false);
    this.#calls.down(reason);
  }

  #retryAfter(delay: number): () => void {
    let stop = this.#options.clock.after(delay, () => {
      const connection = this.#connect();
      stop = () => connection.close();
    });
    return () => stop();
  }

  #tell(state: "up" | "down", fresh: boolean): void {
    for (const listener of this.#listeners) {
      try {
        listener(state, fresh);
      } catch (error) {
        reportBug(error);
      }
    }
  }
}
