import { RoomName } from "../protocol/mod.ts";
import { asHoldfastError, errorOf } from "./errors.ts";

/** Where a room is to be had. */
export class RoomAddress {
  readonly name: string;
  /** Of the WebSocket. */
  readonly socket: URL;
  /** Where a page says that it goes. */
  readonly leave: URL;

  /**
   * @param room Such as `https://example.org/rooms/tea`.
   * @throws {HoldfastError} 53100 when it ends with no name of a room.
   */
  constructor(room: URL) {
    const path = room.pathname.replace(/\/+$/, "");
    const name = RoomName.safeParse(path.slice(path.lastIndexOf("/") + 1));
    if (!name.success) throw errorOf("roomNameInvalid", room.pathname);
    this.name = name.data;
    this.socket = new URL(room);
    this.socket.protocol = room.protocol.replace(/^http/, "ws");
    this.socket.pathname = `${path}/ws`;
    this.socket.hash = "";
    this.leave = new URL(this.socket);
    this.leave.protocol = this.socket.protocol.replace(/^ws/, "http");
    this.leave.pathname = `${path}/leave`;
  }

  /** @throws {HoldfastError} 53100 when it is the address of no room. */
  static parse(url: string | URL, baseUrl: string | undefined): RoomAddress {
    let room;
    try {
      room = new URL(url, baseUrl);
    } catch (error) {
      throw asHoldfastError(error, "roomNameInvalid");
    }
    return new RoomAddress(room);
  }

  /** The same room elsewhere; undefined: the URL is none of it. */
  at(url: string): RoomAddress | undefined {
    try {
      const there = RoomAddress.parse(url, undefined);
      return there.name === this.name ? there : undefined;
    } catch {
      return undefined;
    }
  }

  /** Another room of the same service. */
  of(name: string): RoomAddress {
    const room = new URL(this.socket);
    room.pathname = room.pathname.replace(/[^/]+\/ws$/, name);
    return new RoomAddress(room);
  }
}
