import type { RoomAddress } from "../room_address.ts";

/**
 * Where the room is to be had: where the application has said, and, once the
 * service has sent one elsewhere, there.
 */
export class Addresses {
  #home: RoomAddress;
  #elsewhere: RoomAddress | undefined;
  readonly #origins: ReadonlySet<string>;
  #last: RoomAddress;
  /** Sockets since the last one that had the session. */
  #tries = 0;

  /** `origins`: where else the application lets it be. */
  constructor(home: RoomAddress, origins: readonly string[]) {
    this.#home = home;
    this.#last = home;
    this.#origins = new Set([home.leave.origin, ...origins]);
  }

  /** Of the last socket. */
  get last(): RoomAddress {
    return this.#last;
  }

  /** For the next socket; both in turns, as long as none works. */
  next(): RoomAddress {
    const isHome = this.#tries % 2 === 1;
    this.#tries += 1;
    this.#last = isHome ? this.#home : this.#elsewhere ?? this.#home;
    return this.#last;
  }

  /** The last socket has the session: the next one is to go there, too. */
  works(): void {
    this.#tries = 0;
    if (this.#last === this.#home) this.#elsewhere = undefined;
  }

  /** Where the service sends one; what the application does not know is no place. */
  redirect(url: string): void {
    const there = this.#home.at(url);
    if (there === undefined || !this.#isTrusted(there)) return;
    this.#elsewhere = there;
    this.#tries = 0;
  }

  /** Another room of the same service. */
  move(room: string): void {
    this.#home = this.#home.of(room);
    this.#elsewhere = this.#elsewhere?.of(room);
    this.#last = this.#home;
  }

  /** The secret of the session goes there. */
  #isTrusted({ socket, leave }: RoomAddress): boolean {
    const isAsSafe = socket.protocol === "wss:" ||
      this.#home.socket.protocol === "ws:";
    return isAsSafe && this.#origins.has(leave.origin);
  }
}
