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
const REFUSE_MS = 1_500;

export type WithheldOptions = {
  readonly clock: Clock;
  readonly log: Log;
  /** Missing: nothing is kept, and nothing waits. */
  readonly saver: Saver | undefined;
  readonly send: (connection: ConnectionId, text: string) => void;
  /**
   * Sends away whose answer is not kept in time, and is not told then: another
   * process may go on with the room, and know nothing of it. Missing: it is told.
   */
  readonly refuse?: ((connection: ConnectionId) => void) | undefined;
};

export class Withheld {
  readonly #options: WithheldOptions;
  readonly #texts = new Map<ConnectionId, string[]>();
  /** For operators. */
  readonly #outcomes = new Set<() => void>();

  constructor(options: WithheldOptions) {
    this.#options = options;
  }

  /** Sends, in order; `whenKept`: not before what is true now is kept. */
  send(connection: ConnectionId, text: string, whenKept = false): void {
    const { saver, send } = this.#options;
    const texts = this.#texts.get(connection);
    if (texts) texts.push(text);
    else if (whenKept && saver) this.#hold(connection, text, saver);
    else send(connection, text);
  }

  /** Not before what is true now is kept, and not where it is forgotten. */
  tell(outcome: () => void): void {
    const { saver, log } = this.#options;
    if (saver === undefined) return outcome();
    this.#outcomes.add(outcome);
    const tell = () => {
      if (this.#outcomes.delete(outcome)) outcome();
    };
    this.#whenKept(saver, tell, () => {
      log.warn("answered before it was kept");
      tell();
    });
  }

  /** Sends what waits, kept or not, unless it must be kept. */
  release(connection: ConnectionId): void {
    if (this.#options.refuse) this.forget(connection);
    else this.#send(connection);
  }

  forget(connection: ConnectionId): void {
    this.#texts.delete(connection);
  }

  forgetAll(): void {
    this.#texts.clear();
    this.#outcomes.clear();
  }

  #send(connection: ConnectionId): void {
    const texts = this.#texts.get(connection);
    this.#texts.delete(connection);
    for (const text of texts ?? []) this.#options.send(connection, text);
  }

  #hold(connection: ConnectionId, text: string, saver: Saver): void {
    const texts = [text];
    this.#texts.set(connection, texts);
    const isWaiting = () => this.#texts.get(connection) === texts;
    this.#whenKept(saver, () => {
      if (isWaiting()) this.#send(connection);
    }, () => {
      if (isWaiting()) this.#late(connection);
    });
  }

  #whenKept(saver: Saver, run: () => void, late: () => void): void {
    const { clock, refuse } = this.#options;
    const cancel = clock.after(refuse ? REFUSE_MS : LIMIT_MS, () => {
      withdraw();
      late();
    });
    const withdraw = saver.save(() => {
      cancel();
      run();
    });
  }

  #late(connection: ConnectionId): void {
    const { log, refuse } = this.#options;
    if (refuse === undefined) {
      log.warn("answered before it was kept", { connection });
      return this.#send(connection);
    }
    log.warn("not let in: it could not be kept", { connection });
    this.forget(connection);
    refuse(connection);
  }
}
