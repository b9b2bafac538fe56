import { errors } from "../../protocol/errors.ts";
import { errorOf, HoldfastError } from "../errors.ts";
import type { Ports } from "../ports.ts";

/** By then it is no short absence, and somebody should know. */
const MAX_TRIES = 5;
/** Part of a wait by which it may be longer, so that not all come at once. */
const SPREAD = 0.5;

/**
 * Asks again, when the service has wished it, what its media server was away
 * for: where the room has a new owner, that has not found it yet.
 */
export class Patience {
  readonly #ports: Pick<Ports, "after" | "random">;
  /** Ends of those who wait. */
  readonly #waiting = new Set<() => void>();

  constructor(ports: Pick<Ports, "after" | "random">) {
    this.#ports = ports;
  }

  async ask<T>(request: () => Promise<T>): Promise<T> {
    for (let tries = 1;; tries++) {
      try {
        return await request();
      } catch (error) {
        const wait = waitAfter(error);
        if (wait === undefined || tries === MAX_TRIES) throw error;
        await this.#pause(wait * (1 + SPREAD * this.#ports.random()));
      }
    }
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const end of this.#waiting) end();
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const callOff = this.#ports.after(ms, resolve);
    const end = () => {
      callOff();
      reject(errorOf("cancelled"));
    };
    this.#waiting.add(end);
    try {
      await promise;
    } finally {
      this.#waiting.delete(end);
    }
  }
}

/** Milliseconds; undefined where it is something else, or not for the moment. */
function waitAfter(error: unknown): number | undefined {
  if (!(error instanceof HoldfastError)) return undefined;
  const isAway = error.code === errors.mediaServerUnavailable.code;
  return isAway ? error.retryAfterMs : undefined;
}
