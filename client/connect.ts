import { RoomName } from "../protocol/mod.ts";
import type { ConnectOptions, Token } from "./api/options.ts";
import type * as api from "./api/room.ts";
import { asHoldfastError, errorOf } from "./errors.ts";
import { browserPorts, type Ports } from "./ports.ts";
import { Room } from "./room.ts";
import { Signaling } from "./signaling/signaling.ts";

const TIMEOUT_MS = 15_000;

/**
 * Joins a room.
 *
 * @param url Of the room, such as `https://example.org/rooms/tea`; a relative
 * one starts from the page.
 * @throws {HoldfastError} when the room cannot be had, such as 53105 (full),
 * 20104 (the token has expired), 53000 (the service cannot be reached) or 53002
 * (it took longer than `timeoutMs`); the reason of `signal` when that aborts.
 */
export function connect(
  url: string | URL,
  token: Token,
  options: ConnectOptions = {},
): Promise<api.Room> {
  return connectWith(browserPorts(), url, token, options);
}

/** As `connect`, on other ground than a browser's. */
export async function connectWith(
  ports: Ports,
  url: string | URL,
  token: Token,
  options: ConnectOptions = {},
): Promise<api.Room> {
  const { signal, name: displayName, metadata } = options;
  signal?.throwIfAborted();
  checkJson(metadata);
  const { name, socketUrl } = roomOf(url, ports.baseUrl);
  const signaling = new Signaling(ports, {
    url: socketUrl,
    token: async () => typeof token === "string" ? token : await token(),
    join: { name: displayName, metadata },
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
  });
  const abort = () => signaling.abandon();
  signal?.addEventListener("abort", abort);
  try {
    return await signaling.start((result) =>
      new Room({ ports, signaling, name, options, result })
    );
  } finally {
    signal?.removeEventListener("abort", abort);
    signal?.throwIfAborted();
  }
}

/** Where a room's WebSocket is. */
function roomOf(
  url: string | URL,
  baseUrl: string | undefined,
): { name: string; socketUrl: URL } {
  const socketUrl = parseUrl(url, baseUrl);
  const path = socketUrl.pathname.replace(/\/+$/, "");
  const name = RoomName.safeParse(path.slice(path.lastIndexOf("/") + 1));
  if (!name.success) throw errorOf("roomNameInvalid", socketUrl.pathname);
  socketUrl.protocol = socketUrl.protocol.replace(/^http/, "ws");
  socketUrl.pathname = `${path}/ws`;
  socketUrl.hash = "";
  return { name: name.data, socketUrl };
}

function parseUrl(url: string | URL, baseUrl: string | undefined): URL {
  try {
    return new URL(url, baseUrl);
  } catch (error) {
    throw asHoldfastError(error, "roomNameInvalid");
  }
}

function checkJson(metadata: unknown): void {
  try {
    JSON.stringify(metadata);
  } catch (error) {
    throw asHoldfastError(error, "invalidParams");
  }
}
