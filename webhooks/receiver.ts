/**
 * One address that webhooks go to. Rooms do not wait for each other; within a
 * room a delivery waits until the one before it has arrived or is given up.
 *
 * @module
 */
import { type Backoff, backoffDelay, type Random } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Delivery } from "./delivery.ts";
import { Lane } from "./lane.ts";
import { type Fetch, type Outcome, post } from "./post.ts";
import { signatureHeaders, type WebhookSecret } from "./signature.ts";

export type ReceiverOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: Fetch;
  readonly secrets: readonly WebhookSecret[];
  /** Milliseconds of one attempt. */
  readonly timeoutMs: number;
  /** Milliseconds since what a delivery tells, after which it is given up. */
  readonly giveUpAfterMs: number;
  readonly backoff: Backoff;
  /** Attempts at the same time. */
  readonly maxSending: number;
};

export interface ReceiverEvents {
  delivered(delivery: Delivery): void;
  /** `gaveUp`: it is not tried again. */
  failed(
    delivery: Delivery,
    attempts: number,
    reason: string,
    gaveUp: boolean,
  ): void;
}

export class Receiver {
  readonly url: string;
  readonly #options: ReceiverOptions;
  readonly #events: ReceiverEvents;
  readonly #lanes = new Map<string, Lane>();
  readonly #ready: Lane[] = [];
  readonly #attempts = new Map<AbortController, Promise<void>>();
  #state: "open" | "closed" = "open";

  constructor(url: string, options: ReceiverOptions, events: ReceiverEvents) {
    this.url = url;
    this.#options = options;
    this.#events = events;
  }

  add(delivery: Delivery): void {
    const lane = this.#laneOf(delivery.room);
    lane.queue.push(delivery);
    if (lane.state.name === "idle") this.#makeReady(lane);
  }

  /** Cuts off what is under way; nobody hears of it. */
  async close(): Promise<void> {
    this.#state = "closed";
    for (const lane of this.#lanes.values()) lane.stop();
    this.#lanes.clear();
    this.#ready.length = 0;
    for (const controller of this.#attempts.keys()) controller.abort();
    await Promise.all(this.#attempts.values());
  }

  #laneOf(room: string): Lane {
    const known = this.#lanes.get(room);
    if (known !== undefined) return known;
    const lane = new Lane(room);
    this.#lanes.set(room, lane);
    return lane;
  }

  #makeReady(lane: Lane): void {
    lane.state = { name: "ready" };
    this.#ready.push(lane);
    this.#pump();
  }

  #pump(): void {
    while (this.#attempts.size < this.#options.maxSending) {
      const lane = this.#ready.shift();
      const delivery = lane?.queue[0];
      if (lane === undefined || delivery === undefined) return;
      lane.state = { name: "sending" };
      const controller = new AbortController();
      this.#attempts.set(
        controller,
        this.#try(lane, delivery, controller),
      );
    }
  }

  async #try(
    lane: Lane,
    delivery: Delivery,
    controller: AbortController,
  ): Promise<void> {
    const { clock, timeoutMs, fetch, secrets } = this.#options;
    const { messageId, body } = delivery;
    const cancel = clock.after(timeoutMs, () => controller.abort());
    const outcome = await post({
      url: this.url,
      headers: signatureHeaders(messageId, clock.now(), body, secrets),
      body,
      signal: controller.signal,
    }, fetch);
    cancel();
    this.#attempts.delete(controller);
    if (this.#state === "closed") return;
    this.#settle(lane, delivery, outcome);
    this.#pump();
  }

  #settle(lane: Lane, delivery: Delivery, outcome: Outcome): void {
    lane.attempts += 1;
    if (outcome.ok) {
      this.#events.delivered(delivery);
      return this.#goOn(lane);
    }
    const { reason, retryAfterMs = 0 } = outcome;
    const { clock, giveUpAfterMs } = this.#options;
    const gaveUp = clock.now() - delivery.at >= giveUpAfterMs;
    this.#events.failed(delivery, lane.attempts, reason, gaveUp);
    if (gaveUp) this.#goOn(lane);
    else this.#rest(lane, retryAfterMs);
  }

  #goOn(lane: Lane): void {
    lane.advance();
    lane.stop();
    if (lane.queue.length > 0) this.#makeReady(lane);
    else this.#lanes.delete(lane.room);
  }

  #rest(lane: Lane, atLeastMs: number): void {
    const { backoff, random, clock } = this.#options;
    const delay = backoffDelay(backoff, lane.attempts, random);
    const wait = Math.max(delay, Math.min(atLeastMs, backoff.capMs));
    const cancel = clock.after(wait, () => this.#makeReady(lane));
    lane.state = { name: "resting", cancel };
  }
}
