/**
 * What an owner has been told and has not acknowledged.
 *
 * @module
 */
export type EventLogLimits = {
  readonly events: number;
  /** Characters of JSON. */
  readonly size: number;
};

/** Frames under ascending numbers, from 1. */
export class EventLog {
  readonly #limits: EventLogLimits;
  #frames: string[] = [];
  /** Of the newest frame that is not kept any more. */
  #acked = 0;
  #size = 0;

  constructor(limits: EventLogLimits) {
    this.#limits = limits;
  }

  /** Of the newest frame. */
  get lastSeq(): number {
    return this.#acked + this.#frames.length;
  }

  get length(): number {
    return this.#frames.length;
  }

  /** The frame, or undefined when there is no room for it: then it is lost. */
  append(encode: (seq: number) => string): string | undefined {
    if (this.#frames.length >= this.#limits.events) return undefined;
    const frame = encode(this.lastSeq + 1);
    if (this.#size + frame.length > this.#limits.size) return undefined;
    this.#frames.push(frame);
    this.#size += frame.length;
    return frame;
  }

  /** Forgets what has been seen. False: no such event was sent. */
  ack(seq: number): boolean {
    if (seq > this.lastSeq) return false;
    const seen = this.#frames.splice(0, Math.max(0, seq - this.#acked));
    for (const frame of seen) this.#size -= frame.length;
    this.#acked += seen.length;
    return true;
  }

  /** All that came after `seq`; undefined when that cannot be told any more. */
  after(seq: number): readonly string[] | undefined {
    if (seq < this.#acked || seq > this.lastSeq) return undefined;
    return this.#frames.slice(seq - this.#acked);
  }
}
