import type { Clock } from "../../../clock.ts";
import type { Dial } from "../../../sfu/rpc/link/connection.ts";
import type { Wire, WireEvents } from "../../../sfu/rpc/wire.ts";

const LATENCY_MS = 5;

type Accept = (open: (events: WireEvents) => Wire) => void;

/** Joins both ends in memory, takes its time, and loses what it is told to. */
export class Network {
  isUp = true;
  readonly #clock: Clock;
  readonly #accept: Accept;
  #open: Pipe[] = [];

  constructor(clock: Clock, accept: Accept) {
    this.#clock = clock;
    this.#accept = accept;
  }

  readonly dial: Dial = (events) => {
    if (!this.isUp) return Promise.reject(new Error("unreachable"));
    const near = new Pipe(this.#clock);
    const far = new Pipe(this.#clock);
    this.#accept(far.join(near));
    near.join(far)(events);
    this.#open.push(near, far);
    return Promise.resolve(near);
  };

  /** All connections end, and what is under way is lost. */
  cut(): void {
    for (const pipe of this.#open.splice(0)) pipe.end();
  }

  /** The link does not see it: what is sent goes nowhere. */
  freeze(): void {
    for (const pipe of this.#open) pipe.isFrozen = true;
  }
}

class Pipe implements Wire {
  readonly writable = true;
  isFrozen = false;
  readonly #clock: Clock;
  #events: WireEvents | undefined;
  #peer: Pipe | undefined;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  join(peer: Pipe): (events: WireEvents) => Wire {
    this.#peer = peer;
    return (events) => {
      this.#events = events;
      return this;
    };
  }

  limit(): void {}

  send(frame: string): void {
    if (this.#isClosed || this.isFrozen) return;
    this.#clock.after(LATENCY_MS, () => this.#peer?.take(frame));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.isFrozen) return;
    this.#clock.after(LATENCY_MS, () => this.#peer?.end());
  }

  end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events?.closed("the network");
  }

  take(frame: string): void {
    if (!this.#isClosed) this.#events?.frame(frame);
  }
}
