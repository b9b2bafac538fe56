import type { Log } from "../log.ts";
import { type AdminOutcome, refused } from "./core/admin/command.ts";
import type { Saver } from "./saver.ts";

export type OperatorRequestsOptions = {
  readonly log: Log;
  /** Missing: nothing is kept, and no answer waits. */
  readonly saver: Saver | undefined;
  /** Milliseconds that an answer waits at most. */
  readonly limitMs: number;
};

/** What operators ask of one room, until they are answered. */
export class OperatorRequests {
  readonly #options: OperatorRequestsOptions;
  readonly #waiting = new Map<number, (outcome: AdminOutcome) => void>();
  #last = 0;

  constructor(options: OperatorRequestsOptions) {
    this.#options = options;
  }

  /** Gives its number to `ask`, which may answer at once. */
  ask(ask: (request: number) => void): Promise<AdminOutcome> {
    const request = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<AdminOutcome>();
    this.#waiting.set(request, resolve);
    ask(request);
    return promise;
  }

  /** What was done is told when it is kept, or not in time. */
  answer(request: number, outcome: AdminOutcome): void {
    const { log, saver, limitMs } = this.#options;
    const tell = () => this.#tell(request, outcome);
    if (outcome.type !== "done" || saver === undefined) return tell();
    saver.saveWithin(limitMs, tell, () => {
      log.warn("answered before it was kept");
      tell();
    });
  }

  /** Nobody waits for what will not be done, or is not kept. */
  refuseAll(): void {
    for (const request of this.#waiting.keys()) {
      this.#tell(request, refused("roomEnded"));
    }
  }

  #tell(request: number, outcome: AdminOutcome): void {
    this.#waiting.get(request)?.(outcome);
    this.#waiting.delete(request);
  }
}
