/**
 * Tells other programs what happens in the rooms: each announcement by a signed
 * POST, at least once, and for each room in its order. What has not arrived is
 * on disk. A receiver that is slow or away costs the rooms nothing.
 *
 * @module
 */
import type { Random } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Announced, AnnouncementHub } from "../rooms/announcements.ts";
import { Backlog } from "./backlog.ts";
import { DeadLetters } from "./dead_letters.ts";
import { bodyOf, type DeadLetter, type Delivery } from "./delivery.ts";
import { Journal } from "./journal.ts";
import type { Fetch } from "./post.ts";
import { Receiver, type ReceiverOptions } from "./receiver.ts";
import type { WebhookSecret } from "./signature.ts";
import type { Stored, WebhookStore } from "./store.ts";

export type WebhooksOptions = {
  /** Addresses, each of which is told everything. */
  readonly urls: readonly string[];
  readonly secrets: readonly WebhookSecret[];
  readonly hub: Pick<AnnouncementHub, "subscribe">;
  readonly store: WebhookStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: Fetch;
  readonly random: Random;
  /** Milliseconds of one attempt. */
  readonly timeoutMs: number;
  /** Milliseconds after which a delivery becomes a dead letter. */
  readonly giveUpAfterMs: number;
  /** Deliveries that may wait; more are dropped. */
  readonly maxQueued: number;
};

/** Since the start. */
export type WebhookCounts = {
  readonly delivered: number;
  readonly failedAttempts: number;
  readonly deadLettered: number;
  /** They never got into the queue: it was full. */
  readonly dropped: number;
};

export interface Webhooks {
  readonly counts: WebhookCounts;
  /** Deliveries that have not arrived yet. */
  readonly queued: number;
  /** The oldest first. */
  listDeadLetters(): readonly DeadLetter[];
  /** Sends a dead letter again, after all that waits; false: there is none. */
  redeliver(number: number): boolean;
  /** Waits for what is under way, but not for long; the rest waits on disk. */
  close(): Promise<void>;
}

const BACKOFF = { baseMs: 500, capMs: 60_000 };
const MAX_SENDING = 16;
const MAX_DEAD = 1_000;
/** Milliseconds for the last announcements when the service stops. */
const FAREWELL_MS = 1_000;

/** Takes up what the store has kept, and follows the hub from now on. */
export async function startWebhooks(
  options: WebhooksOptions,
): Promise<Webhooks> {
  return new Running(options, await options.store.load());
}

class Running implements Webhooks {
  readonly #options: WebhooksOptions;
  readonly #journal: Journal;
  readonly #receivers = new Map<string, Receiver>();
  readonly #backlog: Backlog;
  readonly #dead: DeadLetters;
  readonly #failing = new Set<string>();
  readonly #counts = {
    delivered: 0,
    failedAttempts: 0,
    deadLettered: 0,
  };
  readonly #unsubscribe: () => void;
  #lastNumber = 0;

  constructor(options: WebhooksOptions, stored: Stored) {
    this.#options = options;
    const { store, clock, log } = options;
    this.#backlog = new Backlog(options);
    this.#journal = new Journal({
      store,
      clock,
      onTrouble: (error) => log.error("webhooks not stored", { error }),
    });
    this.#dead = new DeadLetters(MAX_DEAD, (letter) => {
      this.#journal.add({ type: "gone", number: letter.number });
    });
    for (const url of new Set(options.urls)) {
      this.#receivers.set(url, this.#receiver(url));
    }
    this.#restore(stored);
    this.#unsubscribe = options.hub.subscribe((announced) =>
      this.#take(announced)
    );
  }

  get counts(): WebhookCounts {
    return { ...this.#counts, dropped: this.#backlog.dropped };
  }

  get queued(): number {
    return this.#backlog.count;
  }

  listDeadLetters(): readonly DeadLetter[] {
    return this.#dead.list();
  }

  redeliver(number: number): boolean {
    const letter = this.#dead.get(number);
    if (letter === undefined || !this.#receivers.has(letter.receiver)) {
      return false;
    }
    const { attempts: _, diedAt: __, reason: ___, ...delivery } = letter;
    const isTaken = this.#enqueue({
      ...delivery,
      number: ++this.#lastNumber,
      at: this.#options.clock.now(),
    });
    if (isTaken) this.#dead.remove(number);
    return isTaken;
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#backlog.emptied(FAREWELL_MS);
    const receivers = [...this.#receivers.values()];
    await Promise.all(receivers.map((receiver) => receiver.close()));
    await this.#journal.flush();
    this.#journal.close();
    this.#options.store.close();
  }

  #restore({ queued, dead }: Stored): void {
    // What is new is numbered higher, and waits behind it.
    const numbers = [...queued, ...dead].map(({ number }) => number);
    this.#lastNumber = numbers.reduce((a, b) => Math.max(a, b), 0);
    for (const letter of dead) this.#dead.add(letter);
    for (const delivery of queued) {
      const receiver = this.#receivers.get(delivery.receiver);
      if (receiver === undefined) {
        this.#bury(delivery, 0, "the receiver is not configured any more");
        continue;
      }
      this.#backlog.restore(delivery);
      receiver.add(delivery);
    }
    if (queued.length > 0) {
      this.#options.log.info("webhooks restored", { count: queued.length });
    }
  }

  #receiver(url: string): Receiver {
    const options: ReceiverOptions = {
      ...this.#options,
      backoff: BACKOFF,
      maxSending: MAX_SENDING,
    };
    return new Receiver(url, options, {
      delivered: (delivery) => this.#delivered(delivery),
      failed: (...failure) => this.#failed(...failure),
    });
  }

  #take(announced: Announced): void {
    const { room, epoch, seq, at, announcement: { type } } = announced;
    const messageId = `msg_${crypto.randomUUID()}`;
    const body = bodyOf(announced);
    for (const receiver of this.#receivers.keys()) {
      const number = ++this.#lastNumber;
      const numbers = { number, room, epoch, seq, at };
      this.#enqueue({ ...numbers, receiver, type, messageId, body });
    }
  }

  /** What is told already stays in order by dropping the newest. */
  #enqueue(delivery: Delivery): boolean {
    if (!this.#backlog.add(delivery)) return false;
    this.#journal.add({ type: "queued", delivery });
    this.#receivers.get(delivery.receiver)?.add(delivery);
    return true;
  }

  #delivered(delivery: Delivery): void {
    this.#counts.delivered += 1;
    this.#journal.add({ type: "gone", number: delivery.number });
    this.#backlog.remove(delivery);
    if (!this.#failing.delete(delivery.receiver)) return;
    this.#options.log.info("webhook receiver works again", {
      receiver: originOf(delivery),
    });
  }

  #failed(
    delivery: Delivery,
    attempts: number,
    reason: string,
    gaveUp: boolean,
  ): void {
    this.#counts.failedAttempts += 1;
    if (!this.#failing.has(delivery.receiver)) {
      this.#failing.add(delivery.receiver);
      const receiver = originOf(delivery);
      this.#options.log.warn("webhook receiver fails", { receiver, reason });
    }
    if (gaveUp) this.#bury(delivery, attempts, reason);
  }

  #bury(delivery: Delivery, attempts: number, reason: string): void {
    const { clock, log } = this.#options;
    const { room, epoch, seq, type } = delivery;
    this.#counts.deadLettered += 1;
    const receiver = originOf(delivery);
    log.warn("webhook given up", { receiver, room, epoch, seq, type, reason });
    const diedAt = Math.round(clock.now());
    const letter = { ...delivery, attempts, diedAt, reason };
    this.#journal.add({ type: "dead", letter });
    this.#dead.add(letter);
    this.#backlog.remove(delivery);
  }
}

/** The rest of an address may be a secret of the receiver. */
const originOf = ({ receiver }: Delivery) => new URL(receiver).origin;
