/**
 * Answers that say what is not kept yet, and all that is said after them: a
 * client must not rely on what a crash could take back (HO2).
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { ConnectionId } from "./core/input.ts";
import type { Saver } from "./saver.ts";

/** A store that is slow, or away, must not keep anybody out. */
const LIMIT_MS = 200;
/** Where it has to, until the client is to try again. */
const ENTRY_LIMIT_MS = 1_500;

/** `entry`: to a join or a resume, with a secret in it. */
export type Answer = "entry" | "other";

export type WithheldOptions = {
  readonly clock: Clock;
  readonly log: Log;
  /** Missing: nothing is kept, and nothing waits. */
  readonly saver: Saver | undefined;
  readonly send: (connection: ConnectionId, text: string) => void;
  /**
   * Of an entry that is not kept in time, and is not told then: another process
   * may go on with the room, and know nothing of it. Missing: it is told.
   */
  readonly refuse?: ((connection: ConnectionId) => void) | undefined;
};

type Waiting = { readonly answer: Answer; readonly texts: string[] };

export class Withheld {
  readonly #options: WithheldOptions;
  readonly #waiting = new Map<ConnectionId, Waiting>();

  constructor(options: WithheldOptions) {
    this.#options = options;
  }

  /** Sends, in order; `whenKept`: not before what is true now is kept. */
  send(connection: ConnectionId, text: string, whenKept?: Answer): void {
    const { saver, send } = this.#options;
    const waiting = this.#waiting.get(connection);
    if (waiting) waiting.texts.push(text);
    else if (whenKept && saver) this.#hold(connection, text, whenKept, saver);
    else send(connection, text);
  }

  /** Sends what waits, kept or not, unless it must be kept. */
  release(connection: ConnectionId): void {
    const waiting = this.#waiting.get(connection);
    if (waiting && this.#canBeTold(waiting)) this.#send(connection, waiting);
    this.#waiting.delete(connection);
  }

  forget(connection: ConnectionId): void {
    this.#waiting.delete(connection);
  }

  forgetAll(): void {
    this.#waiting.clear();
  }

  #canBeTold({ answer }: Waiting): boolean {
    return answer === "other" || this.#options.refuse === undefined;
  }

  #send(connection: ConnectionId, { texts }: Waiting): void {
    this.#waiting.delete(connection);
    for (const text of texts) this.#options.send(connection, text);
  }

  #hold(
    connection: ConnectionId,
    text: string,
    answer: Answer,
    saver: Saver,
  ): void {
    const { clock, log, refuse } = this.#options;
    const waiting: Waiting = { answer, texts: [text] };
    this.#waiting.set(connection, waiting);
    const isCurrent = () => this.#waiting.get(connection) === waiting;
    const canBeTold = this.#canBeTold(waiting);
    const cancel = clock.after(canBeTold ? LIMIT_MS : ENTRY_LIMIT_MS, () => {
      if (!isCurrent()) return;
      if (canBeTold) {
        log.warn("answered before it was kept", { connection });
        return this.#send(connection, waiting);
      }
      log.warn("not let in, since that could not be kept", { connection });
      this.forget(connection);
      refuse?.(connection);
    });
    saver.save(() => {
      cancel();
      if (isCurrent()) this.#send(connection, waiting);
    });
  }
}
