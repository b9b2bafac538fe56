/**
 * Where sockets come into this process, whichever runs the rooms they want.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { CloseName } from "../protocol/mod.ts";
import { Connection, type Socket, type SocketListener } from "./connection.ts";
import { type LimitedAddress, type Limits, noLimits } from "./limits/limits.ts";
import type { Lobby } from "./lobby.ts";

export type EntranceOptions = {
  readonly lobby: Lobby;
  readonly clock: Clock;
  readonly maxBacklogBytes: number;
  readonly limits?: Limits;
};

export class Entrance {
  readonly #options: EntranceOptions;
  readonly #connections = new Set<Connection>();
  #count = 0;
  #onEmpty = () => {};

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#connections.size;
  }

  /**
   * Takes a socket that wants to join `room`, and gives what listens to it.
   * `address`: of the client, where that is limited.
   */
  accept(
    room: string,
    socket: Socket,
    address?: LimitedAddress,
  ): SocketListener {
    const id = `c${++this.#count}`;
    const { lobby, clock, maxBacklogBytes, limits = noLimits } = this.#options;
    const isAllowed = limits.connect(address);
    const connection = new Connection(id, socket, {
      clock,
      maxBacklogBytes,
      address,
      limits,
      onClosed: () => {
        if (isAllowed) limits.disconnect(address);
        this.#forget(connection);
      },
    });
    this.#connections.add(connection);
    if (isAllowed) lobby.enter(room, connection);
    else connection.close("tryAgainLater");
    return connection;
  }

  /** Those that are closing already stay as they are. */
  closeAll(code: CloseName): void {
    for (const connection of [...this.#connections]) connection.close(code);
  }

  /** Resolves when every socket is closed; to be called once. */
  async emptied(): Promise<void> {
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => this.#onEmpty = resolve);
  }

  #forget(connection: Connection): void {
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty();
  }
}
