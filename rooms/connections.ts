/**
 * The connections of one room. Answers that say what is not kept yet wait, and
 * so does all that is said after them: a client must not rely on what a crash
 * could take back (HO2).
 *
 * @module
 */
import type { Log } from "../log.ts";
import type { CloseName } from "../protocol/mod.ts";
import type { Connection, ConnectionListener } from "./connection.ts";
import type { ConnectionId } from "./core/input.ts";
import type { Saver } from "./saver.ts";

export type ConnectionsOptions = {
  readonly log: Log;
  /** Missing: nothing is kept, and nothing waits. */
  readonly saver: Saver | undefined;
  /** Milliseconds that an answer waits at most. */
  readonly limitMs: number;
  /**
   * Sends away whose answer is not kept in time, and is not told then: another
   * process may go on with the room, and know nothing of it.
   */
  readonly refusesUnkept: boolean;
};

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #connections = new Map<ConnectionId, Connection>();
  /** What is not sent yet. */
  readonly #texts = new Map<ConnectionId, string[]>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#connections.size;
  }

  add(connection: Connection, listener: ConnectionListener): void {
    const { id } = connection;
    this.#connections.set(id, connection);
    connection.listen({
      received: (text) => listener.received(text),
      closed: (clean) => {
        this.#connections.delete(id);
        this.#texts.delete(id);
        listener.closed(clean);
      },
    });
  }

  /** Sends, in order; `whenKept`: not before what is true now is kept. */
  send(id: ConnectionId, text: string, whenKept = false): void {
    const { saver } = this.#options;
    const texts = this.#texts.get(id);
    if (texts) texts.push(text);
    else if (whenKept && saver) this.#hold(id, text, saver);
    else this.#connections.get(id)?.send(text);
  }

  close(id: ConnectionId, code: CloseName): void {
    this.#release(id);
    this.#connections.get(id)?.close(code);
  }

  /** It has shown a secret that is none of the session's. */
  hasGuessed(id: ConnectionId): void {
    this.#connections.get(id)?.hasGuessed();
  }

  /** Sends what waits, kept or not, unless it must be kept. */
  releaseAll(): void {
    for (const id of this.#connections.keys()) this.#release(id);
  }

  /**
   * What waits is not sent. Those that the core closed already are closing, and
   * stay as they are.
   */
  closeAll(code: CloseName): void {
    this.#texts.clear();
    for (const connection of this.#connections.values()) connection.close(code);
    this.#connections.clear();
  }

  #release(id: ConnectionId): void {
    if (this.#options.refusesUnkept) this.#texts.delete(id);
    else this.#sendHeld(id);
  }

  #sendHeld(id: ConnectionId): void {
    const texts = this.#texts.get(id);
    this.#texts.delete(id);
    for (const text of texts ?? []) this.#connections.get(id)?.send(text);
  }

  #hold(id: ConnectionId, text: string, saver: Saver): void {
    const texts = [text];
    this.#texts.set(id, texts);
    const isWaiting = () => this.#texts.get(id) === texts;
    saver.saveWithin(this.#options.limitMs, () => {
      if (isWaiting()) this.#sendHeld(id);
    }, () => {
      if (isWaiting()) this.#comesLate(id);
    });
  }

  #comesLate(id: ConnectionId): void {
    const { log, refusesUnkept } = this.#options;
    if (!refusesUnkept) {
      log.warn("answered before it was kept", { connection: id });
      return this.#sendHeld(id);
    }
    log.warn("not let in: it could not be kept", { connection: id });
    this.#texts.delete(id);
    this.#connections.get(id)?.close("tryAgainLater");
  }
}
