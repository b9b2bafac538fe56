/**
 * The owner's side of the relay: rooms here whose sockets are elsewhere.
 *
 * @module
 */
import { closeCodes, type CloseName } from "../../../protocol/mod.ts";
import type { Clock } from "../../../clock.ts";
import { Connection, type Socket } from "../../connection.ts";
import { type Limits, noLimits } from "../../limits/limits.ts";
import type { Bus } from "./bus.ts";

/** Bytes that a peer's connection may leave unread: the holder looks at that. */
const NO_LIMIT = Infinity;

const names = new Map<number, CloseName>(
  Object.entries(closeCodes).map(([name, code]) => [code, name as CloseName]),
);

export class ServedConnections {
  readonly #bus: Pick<Bus, "send">;
  readonly #clock: Clock;
  readonly #served = new Map<string, Connection>();
  #onEmpty = () => {};

  constructor(bus: Pick<Bus, "send">, clock: Clock) {
    this.#bus = bus;
    this.#clock = clock;
  }

  /** A connection whose socket another process has. */
  open(peer: string, id: string, address: string | undefined): Connection {
    const key = keyOf(peer, id);
    const limits: Limits = {
      ...noLimits,
      wrongSecret: () => this.#tell(peer, { type: "guessed", connection: id }),
    };
    const connection = new Connection(key, this.#socket(peer, id), {
      clock: this.#clock,
      maxBacklogBytes: NO_LIMIT,
      limits,
      ...(address !== undefined && { address }),
      onClosed: () => this.#forget(connection),
    });
    this.#served.set(key, connection);
    return connection;
  }

  /** Whether it is still that one: a peer that was lost may offer it anew. */
  isOpen(connection: Connection): boolean {
    return this.#served.get(connection.id) === connection;
  }

  taken(peer: string, id: string): void {
    this.#tell(peer, { type: "taken", connection: id });
  }

  elsewhere(peer: string, id: string): void {
    this.#served.delete(keyOf(peer, id));
    this.#lookWhetherEmpty();
    this.#tell(peer, { type: "elsewhere", connection: id });
  }

  said(peer: string, id: string, text: string): void {
    this.#served.get(keyOf(peer, id))?.received(text);
  }

  gone(peer: string, id: string, clean: boolean): void {
    this.#served.get(keyOf(peer, id))?.closed(clean);
  }

  /** Resolves when there are none, within the time to answer a close. */
  async emptied(): Promise<void> {
    if (this.#served.size === 0) return;
    for (const connection of [...this.#served.values()]) {
      connection.close("goingAway");
    }
    await new Promise<void>((resolve) => this.#onEmpty = resolve);
  }

  /** Their sockets cannot be reached any more. */
  broken(peer: string): void {
    for (const [key, connection] of [...this.#served]) {
      if (key.startsWith(keyOf(peer, ""))) connection.closed(false);
    }
  }

  #forget(connection: Connection): void {
    if (this.isOpen(connection)) this.#served.delete(connection.id);
    this.#lookWhetherEmpty();
  }

  #lookWhetherEmpty(): void {
    if (this.#served.size === 0) this.#onEmpty();
  }

  #socket(peer: string, id: string): Socket {
    const tell = (message: object) => this.#tell(peer, message, id);
    return {
      bufferedAmount: 0,
      send: (text) => tell({ type: "say", connection: id, text }),
      close: (code) => {
        const name = names.get(code) ?? "internalError";
        tell({ type: "close", connection: id, code: name });
      },
      // The holder does so by itself where nobody answers a close.
      terminate() {},
    };
  }

  #tell(peer: string, message: object, key = ""): void {
    this.#bus.send(peer, message, key);
  }
}

const keyOf = (peer: string, id: string): string => `${peer}/${id}`;
