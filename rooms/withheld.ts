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

export type WithheldOptions = {
  readonly clock: Clock;
  readonly log: Log;
  /** Missing: nothing is kept, and nothing waits. */
  readonly saver: Saver | undefined;
  readonly send: (connection: ConnectionId, text: string) => void;
};

export class Withheld {
  readonly #options: WithheldOptions;
  readonly #texts = new Map<ConnectionId, string[]>();

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

  /** Sends what waits, kept or not. */
  release(connection: ConnectionId): void {
    const texts = this.#texts.get(connection);
    this.#texts.delete(connection);
    for (const text of texts ?? []) this.#options.send(connection, text);
  }

  forget(connection: ConnectionId): void {
    this.#texts.delete(connection);
  }

  forgetAll(): void {
    this.#texts.clear();
  }

  #hold(connection: ConnectionId, text: string, saver: Saver): void {
    const { clock, log } = this.#options;
    const texts = [text];
    this.#texts.set(connection, texts);
    const release = () => {
      if (this.#texts.get(connection) === texts) this.release(connection);
    };
    const cancel = clock.after(LIMIT_MS, () => {
      log.warn("answered before it was kept", { connection });
      release();
    });
    saver.save(() => {
      cancel();
      release();
    });
  }
}
