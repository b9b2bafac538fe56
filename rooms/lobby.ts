/**
 * Where connections wait until they have said who they are. Nothing of a room
 * is touched for one that has not shown a token that holds, or wants to go on
 * with a session.
 *
 * @module
 */
import type { Connection } from "./connection.ts";
import { Visitor, type VisitorOptions } from "./visitor.ts";

export type LobbyOptions = VisitorOptions & {
  /** Connections that wait at the same time. */
  readonly maxWaiting: number;
};

export class Lobby {
  readonly #options: LobbyOptions;
  readonly #visitors = new Set<Visitor>();
  #state: "open" | "closed" = "open";

  constructor(options: LobbyOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#visitors.size;
  }

  /** Takes a connection that has just been opened and wants to join `room`. */
  enter(room: string, connection: Connection): void {
    if (this.#state === "closed") return connection.close("goingAway");
    const { maxWaiting, limits } = this.#options;
    const isFull = this.#visitors.size >= maxWaiting;
    if (isFull || !limits.startWaiting(connection.address)) {
      return connection.close("tryAgainLater");
    }
    const visitor = new Visitor(room, connection, this.#options, () => {
      if (!this.#visitors.delete(visitor)) return;
      limits.stopWaiting(connection.address);
    });
    this.#visitors.add(visitor);
  }

  /** Sends everybody away, and lets nobody in. */
  close(): void {
    this.#state = "closed";
    for (const visitor of [...this.#visitors]) visitor.sendAway("goingAway");
  }
}
