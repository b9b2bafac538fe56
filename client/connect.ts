import "./no_eval.ts";
import { TokenSource } from "./access/token_source.ts";
import type { ConnectOptions, Token } from "./api/options.ts";
import type * as api from "./api/room.ts";
import { asHoldfastError } from "./errors.ts";
import { browserPorts, type Ports } from "./ports.ts";
import { RoomAddress } from "./room_address.ts";
import { Signaling } from "./signaling/signaling.ts";
import { Stay } from "./stay.ts";

const TIMEOUT_MS = 15_000;
const GIVE_UP_AFTER_MS = 60_000;

/**
 * Joins a room. Where the service is busy and says when to try again, that is
 * done, as long as `timeoutMs` allows.
 *
 * Who is there and what they publish stands in `room.participants` when this
 * resolves. Events begin in the next task: register listeners before anything
 * else is awaited, and none is missed.
 *
 * @param url Of the room, such as `https://example.org/rooms/tea`; a relative
 * one starts from the page.
 * @param token Made by your backend for this room; or a function that gets one.
 * @throws {HoldfastError} when the room cannot be had, such as 53105 (full),
 * 20104 (the token has expired), 53000 (the service cannot be reached), 53002
 * (it took longer than `timeoutMs`), 53100 (the URL names no room) or -32602
 * (`metadata` is no JSON); the reason of `signal` when that aborts.
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
  const address = RoomAddress.parse(url, ports.baseUrl);
  const tokens = new TokenSource(ports, token, options.refreshToken);
  let stay: Stay | undefined;
  const signaling = new Signaling(ports, {
    address,
    origins: options.origins,
    token: () => tokens.next(),
    join: () => stay?.profile ?? { name: displayName, metadata },
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    giveUpAfterMs: options.giveUpAfterMs ?? GIVE_UP_AFTER_MS,
    rejoin: options.rejoin ?? false,
    retryPolicy: options.retryPolicy,
  });
  void signaling.ended.then(ports.close);
  const abort = () => signaling.abandon();
  signal?.addEventListener("abort", abort);
  try {
    const { room } = await signaling.start((result) =>
      stay = new Stay({ ports, signaling, tokens, address, options, result })
    );
    return room;
  } finally {
    signal?.removeEventListener("abort", abort);
    signal?.throwIfAborted();
  }
}

function checkJson(metadata: unknown): void {
  try {
    JSON.stringify(metadata);
  } catch (error) {
    throw asHoldfastError(error, "invalidParams");
  }
}
