import type { Dial } from "../../../../sfu/rpc/link/connection.ts";
import { Link } from "../../../../sfu/rpc/link/link.ts";
import type { WireEvents } from "../../../../sfu/rpc/wire.ts";
import { ManualClock } from "../_clock.ts";
import { FakeWire } from "../_wire.ts";

export const TIMEOUT_MS = 4_000;
export const PING_MS = 1_000;
export const BACKOFF = { baseMs: 100, capMs: 5_000 };

type Attempt = {
  readonly at: number;
  readonly events: WireEvents;
  readonly signal: AbortSignal;
  readonly dialled: PromiseWithResolvers<FakeWire>;
};

/** A link whose sidecar is the test, on time that stands still. */
export class Rig {
  readonly clock = new ManualClock();
  readonly attempts: Attempt[] = [];
  readonly states: string[] = [];
  readonly log: string[] = [];
  readonly link: Link;
  random = 0.5;

  constructor() {
    const dial: Dial = (events, signal) => {
      const dialled = Promise.withResolvers<FakeWire>();
      this.attempts.push({ at: this.clock.now(), events, signal, dialled });
      return dialled.promise;
    };
    this.link = new Link({
      dial,
      owner: "owner-0000000000000001",
      secret: "the secret",
      clock: this.clock,
      random: () => this.random,
      backoff: BACKOFF,
      deadlineMs: 10_000,
      maxFrameBytes: 65_536,
      maxQueued: 16,
      pingIntervalMs: PING_MS,
      timeoutMs: TIMEOUT_MS,
      log: (message) => this.log.push(message),
    });
    this.link.onState((state, fresh) => {
      this.states.push(fresh ? `${state} fresh` : state);
    });
  }

  /** The last attempt finds somebody, who has not spoken. */
  async answer(): Promise<FakeWire> {
    const attempt = this.#last();
    const wire = new FakeWire();
    wire.open(attempt.events);
    attempt.dialled.resolve(wire);
    await attempt.dialled.promise;
    return wire;
  }

  /** The last attempt finds nobody. */
  async refuse(): Promise<void> {
    const { dialled } = this.#last();
    dialled.reject(new Error("connection refused"));
    await dialled.promise.catch(() => {});
  }

  /** The last attempt finds a sidecar, which lets it in; its hello is taken. */
  async welcome(terms: Record<string, unknown> = {}): Promise<FakeWire> {
    const wire = await this.answer();
    wire.take();
    wire.receive(welcome(terms));
    return wire;
  }

  /** Milliseconds until the next attempt. */
  untilDialled(): number {
    const start = this.clock.now();
    const before = this.attempts.length;
    this.clock.advance(0);
    while (this.attempts.length === before) this.clock.advance(10);
    return this.clock.now() - start;
  }

  #last(): Attempt {
    const attempt = this.attempts.at(-1);
    if (attempt === undefined) throw new Error("Nothing was dialled");
    return attempt;
  }
}

export function welcome(terms: Record<string, unknown> = {}) {
  return {
    jsonrpc: "2.0",
    id: 0,
    result: {
      incarnation: "sidecar",
      resumed: false,
      maxFrameBytes: 65_536,
      window: 8,
      leaseMs: 30_000,
      ...terms,
    },
  };
}
