/** One direction of a stream: late, never out of order, at times not at all. */
import type { Random } from "./random.ts";
import type { Process, Timeline } from "./timeline.ts";

export type Parcel =
  | { readonly type: "open" }
  | { readonly type: "opened" }
  | { readonly type: "refused" }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "close"; readonly code: number }
  /** The other end is gone without a word of its own. */
  | { readonly type: "reset" };

export type LaneOptions<T> = {
  readonly timeline: Timeline;
  readonly random: Random;
  /** Of the end at which parcels arrive; missing: it is always awake. */
  readonly process?: Process;
  /** Milliseconds; may differ from call to call. */
  readonly latency: () => number;
  readonly arrive: (parcel: T) => void;
  /** Characters. */
  readonly sizeOf?: (parcel: T) => number;
};

/** The longest that a sender waits before it tries a lost packet again. */
const MAX_RETRANSMISSION_MS = 14_000;

export const sizeOf = (parcel: Parcel): number =>
  parcel.type === "text" ? parcel.text.length : 0;

export class Lane<T> {
  /** Characters that have not arrived. */
  backlog = 0;
  readonly #options: LaneOptions<T>;
  /** Nothing sent before arrives later than this. */
  #lastArrival = 0;
  #heldUntil = 0;
  #diesAt = Infinity;

  constructor(options: LaneOptions<T>) {
    this.#options = options;
  }

  send(parcel: T): void {
    const { timeline, process, latency, arrive } = this.#options;
    const { now } = timeline;
    const size = this.#options.sizeOf?.(parcel) ?? 0;
    this.backlog += size;
    if (now >= this.#diesAt) return;
    const leaves = Math.max(now, this.#heldUntil);
    this.#lastArrival = Math.max(this.#lastArrival, leaves + latency());
    const arrival = this.#lastArrival;
    timeline.at(arrival, () => {
      // What was on its way when the lane died has arrived nowhere.
      if (arrival >= this.#diesAt) return;
      this.backlog -= size;
      arrive(parcel);
    }, process);
  }

  /**
   * Nothing passes until then, and for some time after: as long as it takes the
   * sender to try again, which waits the longer the longer the outage was.
   */
  hold(until: number): void {
    const { timeline, random } = this.#options;
    const outage = Math.max(0, until - timeline.now);
    const delay = random.int(0, Math.min(outage, MAX_RETRANSMISSION_MS));
    this.#heldUntil = Math.max(this.#heldUntil, until + delay);
  }

  /** Nothing passes any more, and nobody is told. */
  die(): void {
    this.#diesAt = Math.min(this.#diesAt, this.#options.timeline.now);
  }
}
