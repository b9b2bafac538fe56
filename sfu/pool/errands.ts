/**
 * What a sidecar must hear of in the end, and may be cut off from for now.
 *
 * @module
 */
import type { LinkReply } from "../link.ts";
import type { SfuMethod, SfuParams } from "../methods.ts";
import type { Clock } from "../../clock.ts";
import { isRetryable } from "../rpc/status.ts";

export type Errand = {
  [
    M in
      | "pauseProducer"
      | "resumeProducer"
      | "closeProducer"
      | "closeDataProducer"
      | "closePipeTransport"
  ]: { readonly method: M; readonly params: SfuParams<M> };
}[
  | "pauseProducer"
  | "resumeProducer"
  | "closeProducer"
  | "closeDataProducer"
  | "closePipeTransport"
];

export type Send = (
  errand: Errand,
  reply: (reply: LinkReply<SfuMethod>) => void,
) => void;

/** Milliseconds until what has failed is tried again. */
const RETRY_MS = 1_000;

/** Those that are under way, by what they are about: the last wish holds. */
export class Errands {
  readonly #send: Send;
  readonly #clock: Clock;
  readonly #open = new Map<string, Errand>();
  readonly #waiting = new Map<string, () => void>();
  #isOver = false;

  constructor(send: Send, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  add(about: string, errand: Errand): void {
    if (this.#isOver) return;
    this.#open.set(about, errand);
    this.#run(about, errand);
  }

  /** It is not so any more. */
  drop(about: string): void {
    this.#open.delete(about);
    this.#waiting.get(about)?.();
    this.#waiting.delete(about);
  }

  /** Nothing more is to be told. */
  close(): void {
    this.#isOver = true;
    this.#open.clear();
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
  }

  #run(about: string, errand: Errand): void {
    this.#waiting.get(about)?.();
    this.#waiting.delete(about);
    this.#send(errand, (reply) => {
      if (this.#open.get(about) !== errand) return;
      if (reply.ok || !isRetryable(reply.status)) {
        this.#open.delete(about);
        return;
      }
      const again = () => this.#run(about, errand);
      this.#waiting.set(about, this.#clock.after(RETRY_MS, again));
    });
  }
}
