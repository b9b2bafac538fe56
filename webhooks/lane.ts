/**
 * The deliveries of one room to one receiver, which go one after the other.
 *
 * @module
 */
import type { Delivery } from "./delivery.ts";

type State =
  | { readonly name: "idle" }
  /** Waits for its turn at the receiver. */
  | { readonly name: "ready" }
  | { readonly name: "sending" }
  /** Until it is tried again. */
  | { readonly name: "resting"; readonly cancel: () => void };

export class Lane {
  readonly room: string;
  /** The first of them is the one that is sent. */
  readonly queue: Delivery[] = [];
  state: State = { name: "idle" };
  /** Of the first. */
  attempts = 0;

  constructor(room: string) {
    this.room = room;
  }

  /** Takes the first away: it has arrived, or is given up. */
  advance(): void {
    this.queue.shift();
    this.attempts = 0;
  }

  stop(): void {
    if (this.state.name === "resting") this.state.cancel();
    this.state = { name: "idle" };
  }
}
