/**
 * The open connections of a server.
 *
 * @module
 */
import type { Wire, WireEvents } from "../wire.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { Gate } from "./gate.ts";

export type ConnectionsOptions = Omit<
  ConnectionOptions,
  "gate" | "address" | "closed"
>;

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Set<Connection>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Without a gate the secret has been checked before. */
  add(
    open: (events: WireEvents) => Wire,
    peer: { readonly address: string; readonly gate?: Gate },
    closed: () => void = () => {},
  ): void {
    const connection = new Connection(open, {
      ...this.#options,
      ...peer,
      closed: () => {
        this.#open.delete(connection);
        closed();
      },
    });
    this.#open.add(connection);
  }

  close(): void {
    for (const connection of this.#open) connection.close();
  }
}
