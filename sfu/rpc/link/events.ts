/**
 * The event stream, as the link hears it.
 *
 * @module
 */
import type { z } from "zod";
import type { Clock } from "../../../clock.ts";
import { events, type SfuEvent, type SfuEventName } from "../../methods.ts";
import { check } from "../check.ts";
import { encodeNotification } from "../encode.ts";
import { EventParams, problemOf } from "../envelope.ts";
import { reportBug } from "./report_bug.ts";

export type EventsOptions = {
  readonly clock: Clock;
  readonly send: (frame: string) => void;
  readonly log: (message: string) => void;
};

export type Listener = (event: SfuEvent) => void;

/** Events that are acknowledged together at the latest. */
const ACK_EVERY = 64;
/** Milliseconds until an event is acknowledged at the latest. */
const ACK_DELAY_MS = 100;

/** Delivers each numbered event once, in order, to those who hear its router. */
export class Events {
  readonly #options: EventsOptions;
  readonly #listeners = new Map<string, Set<Listener>>();
  #lastSeq = 0;
  #unacked = 0;
  #cancelAck: (() => void) | undefined;

  constructor(options: EventsOptions) {
    this.#options = options;
  }

  /** Of the last event seen. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  subscribe(routerId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(routerId) ?? new Set();
    this.#listeners.set(routerId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(routerId) === listeners) {
        this.#listeners.delete(routerId);
      }
    };
  }

  /** The connection is gone; the next hello acknowledges what was seen. */
  pause(): void {
    this.#unacked = 0;
    this.#cancelAck?.();
    this.#cancelAck = undefined;
  }

  /** The sidecar counts from the start again. */
  reset(): void {
    this.#lastSeq = 0;
  }

  /** What is wrong with it, when the stream cannot go on after it. */
  take(params: unknown): string | undefined {
    const read = check(EventParams, params);
    if (!read.success) return problemOf(read.error);
    const { seq } = read.data;
    if (seq !== undefined) {
      if (seq <= this.#lastSeq) return undefined;
      if (seq !== this.#lastSeq + 1) {
        return `event ${this.#lastSeq + 1} is missing`;
      }
      this.#lastSeq = seq;
      this.#scheduleAck();
    }
    this.#deliver(read.data);
    return undefined;
  }

  #deliver({ event, params }: EventParams): void {
    // A newer sidecar may know more events.
    if (!isSfuEventName(event)) return;
    const checked = readEvent(event, params);
    if (checked === undefined) {
      return this.#options.log(`An event ${event} does not fit and is dropped`);
    }
    const listeners = this.#listeners.get(checked.params.routerId);
    if (listeners === undefined) return;
    for (const listener of listeners) {
      try {
        listener(checked);
      } catch (error) {
        reportBug(error);
      }
    }
  }

  #scheduleAck(): void {
    this.#unacked++;
    if (this.#unacked >= ACK_EVERY) return this.#ack();
    this.#cancelAck ??= this.#options.clock.after(
      ACK_DELAY_MS,
      () => this.#ack(),
    );
  }

  #ack(): void {
    this.pause();
    const seq = this.#lastSeq;
    this.#options.send(encodeNotification("ack", { seq }));
  }
}

function isSfuEventName(name: string): name is SfuEventName {
  return Object.hasOwn(events, name);
}

function readEvent(event: SfuEventName, params: unknown): SfuEvent | undefined {
  const schema: z.ZodType = events[event];
  const read = check(schema, params);
  // The table pairs names with parameters; TypeScript cannot follow it there.
  return read.success ? { event, params: read.data } as SfuEvent : undefined;
}
