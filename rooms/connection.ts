/**
 * One WebSocket as the rooms see it, with the one path on which it closes.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import { closeCodes, type CloseName } from "../protocol/mod.ts";
import type { ConnectionId } from "./core/input.ts";
import type { LimitedAddress, Limits } from "./limits/limits.ts";

/** Milliseconds that a peer has to answer a close. */
export const CLOSE_TIMEOUT_MS = 2_000;

/** What a WebSocket adapter gives: an open socket. */
export interface Socket {
  send(text: string): void;
  /** Begins the closing handshake. */
  close(code: number, reason: string): void;
  /** Drops the socket without asking the peer. */
  terminate(): void;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedAmount: number;
}

/** What a WebSocket adapter tells, in the order in which it happened. */
export interface SocketListener {
  received(text: string): void;
  /** The peer sent what no adapter passes on; the listener closes the socket. */
  violated(code: Extract<CloseName, "protocolError" | "frameTooLarge">): void;
  /** Comes once. `clean`: the peer closed it in so many words. */
  closed(clean: boolean): void;
}

/** Whoever has the connection now: the lobby, then a room. */
export interface ConnectionListener {
  received(text: string): void;
  /** Comes once, and nothing after it. */
  closed(clean: boolean): void;
}

export type ConnectionOptions = {
  readonly clock: Clock;
  /**
   * Bytes that a peer may leave unread before it is cut off; besides one message
   * that it got with nothing unread before it.
   */
  readonly maxBacklogBytes: number;
  /** Of the client, if it is one that is limited. */
  readonly address?: LimitedAddress;
  readonly limits?: Limits;
  /** Runs once, after the listener has heard. */
  readonly onClosed?: () => void;
};

type State =
  | { readonly name: "open" }
  | { readonly name: "closing"; readonly cancelTimer: () => void }
  | { readonly name: "closed" };

const nobody: ConnectionListener = { received() {}, closed() {} };

export class Connection implements SocketListener {
  readonly id: ConnectionId;
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  #state: State = { name: "open" };
  #listener = nobody;
  /** Of the last message that found nothing unread before it. */
  #firstBytes = 0;

  constructor(id: ConnectionId, socket: Socket, options: ConnectionOptions) {
    this.id = id;
    this.#socket = socket;
    this.#options = options;
  }

  get address(): LimitedAddress {
    return this.#options.address;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  /** Hands the connection over. */
  listen(listener: ConnectionListener): void {
    this.#listener = listener;
  }

  /** Does nothing once the connection is closing. */
  send(text: string): void {
    if (this.#state.name !== "open") return;
    const before = this.bufferedAmount;
    this.#socket.send(text);
    const unread = this.bufferedAmount;
    // Whoever comes into a large room has had no time yet to read what it holds.
    if (before === 0) this.#firstBytes = unread;
    // A close frame would only wait behind what the peer does not read.
    if (unread > this.#firstBytes + this.#options.maxBacklogBytes) this.#cut();
  }

  /** Politely at first, and by force when the peer does not answer. */
  close(name: CloseName): void {
    if (this.#state.name !== "open") return;
    const cancelTimer = this.#options.clock.after(
      CLOSE_TIMEOUT_MS,
      () => this.#cut(),
    );
    this.#state = { name: "closing", cancelTimer };
    this.#socket.close(closeCodes[name], name);
  }

  /** It has shown a secret that is none of the session's. */
  hasGuessed(): void {
    this.#options.limits?.wrongSecret(this.address);
  }

  received(text: string): void {
    if (this.#state.name === "open") this.#listener.received(text);
  }

  violated(code: CloseName): void {
    this.close(code);
  }

  closed(clean: boolean): void {
    if (this.#state.name === "closed") return;
    if (this.#state.name === "closing") this.#state.cancelTimer();
    this.#state = { name: "closed" };
    this.#listener.closed(clean);
    this.#options.onClosed?.();
  }

  #cut(): void {
    this.#socket.terminate();
    this.closed(false);
  }
}
