/**
 * The holder's side of the relay: sockets here whose rooms are elsewhere.
 *
 * @module
 */
import type { Clock } from "../../../clock.ts";
import { type CloseName, encodeNotification } from "../../../protocol/mod.ts";
import type { Connection } from "../../connection.ts";
import type { Admission, ConnectionId } from "../../core/input.ts";
import type { Bus } from "./bus.ts";
import { type Node, roomUrl } from "./nodes.ts";

/** UTF-16 units of one connection on their way to the owner of its room. */
const MAX_WAITING_UNITS = 524_288;
/** Milliseconds over which those who are sent away come back. */
const SPREAD_MS = 500;
/** Milliseconds for which they are waited for. */
const LEAVE_MS = 1_500;

export type Request = {
  readonly room: string;
  readonly admission: Admission;
  readonly mayPlace: boolean;
};

/** `lost`: there was no answer, and there will be none. */
export type Offered = "taken" | "elsewhere" | "lost";

type Held = {
  readonly peer: string;
  readonly room: string;
  readonly connection: Connection;
  /** Until the owner has answered. */
  answer: ((offered: Offered) => void) | undefined;
};

export class HeldConnections {
  readonly #bus: Bus;
  readonly #held = new Map<ConnectionId, Held>();
  #onEmpty = () => {};

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * Asks the owner to take a connection. Once it has, what the connection says
   * goes there. Else it is the caller's again.
   */
  offer(
    peer: string,
    connection: Connection,
    request: Request,
  ): Promise<Offered> {
    const { id, address } = connection;
    const { promise, resolve } = Promise.withResolvers<Offered>();
    const { room } = request;
    this.#held.set(id, { peer, room, connection, answer: resolve });
    this.#bus.send(peer, {
      type: "open",
      connection: id,
      ...request,
      ...(address !== undefined && { address }),
    });
    return promise;
  }

  /** It closed while it was offered. */
  withdraw(id: ConnectionId, clean: boolean): void {
    const held = this.#held.get(id);
    if (!held) return;
    this.#forget(id);
    this.#bus.send(held.peer, { type: "gone", connection: id, clean });
    held.answer?.("lost");
  }

  taken(peer: string, id: ConnectionId): void {
    const held = this.#find(peer, id);
    if (!held) return;
    const { connection } = held;
    connection.listen({
      received: (text) => this.#said(held, text),
      closed: (clean) => this.withdraw(id, clean),
    });
    held.answer?.("taken");
    held.answer = undefined;
  }

  elsewhere(peer: string, id: ConnectionId): void {
    const held = this.#find(peer, id);
    if (!held) return;
    this.#forget(id);
    held.answer?.("elsewhere");
  }

  say(peer: string, id: ConnectionId, text: string): void {
    this.#find(peer, id)?.connection.send(text);
  }

  close(peer: string, id: ConnectionId, code: CloseName): void {
    this.#find(peer, id)?.connection.close(code);
  }

  guessed(peer: string, id: ConnectionId): void {
    this.#find(peer, id)?.connection.hasGuessed();
  }

  /** Clients whose owner is gone come back at once, to wherever their room is. */
  broken(peer: string): void {
    for (const [id, held] of [...this.#held]) {
      if (held.peer !== peer) continue;
      this.#forget(id);
      if (held.answer) held.answer("lost");
      else held.connection.close("goingAway");
    }
  }

  /**
   * Tells each to come back by way of another process, before it is missed where
   * its room is (HO6). Resolves when all have, or take too long.
   */
  async sendAway(
    nodes: ReadonlyMap<string, Node>,
    clock: Clock,
  ): Promise<void> {
    const taken = [...this.#held.values()].filter(({ answer }) => !answer);
    if (taken.length === 0) return;
    taken.forEach(({ peer, room, connection }, index) => {
      const url = roomUrl(nodes.get(peer)?.publicUrl, room);
      const resumeInMs = Math.round(SPREAD_MS * index / taken.length);
      const params = { resumeInMs, ...(url && { url }) };
      connection.send(encodeNotification("goingAway", params));
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    const cancel = clock.after(LEAVE_MS, resolve);
    await promise;
    cancel();
  }

  #forget(id: ConnectionId): void {
    this.#held.delete(id);
    if (this.#held.size === 0) this.#onEmpty();
  }

  #said({ peer, connection }: Held, text: string): void {
    const { id } = connection;
    if (this.#bus.waitingOf(peer, id) > MAX_WAITING_UNITS) {
      return connection.close("tryAgainLater");
    }
    this.#bus.send(peer, { type: "said", connection: id, text }, id);
  }

  #find(peer: string, id: ConnectionId): Held | undefined {
    const held = this.#held.get(id);
    return held?.peer === peer ? held : undefined;
  }
}
