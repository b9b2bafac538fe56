/**
 * Follows what happens in the rooms, over whatever befalls the connection.
 *
 * @module
 */
import { backoffDelay } from "../backoff.ts";
import {
  type AdminAccess,
  AdminError,
  adminUrl,
  problemOf,
  type RoomEvent,
} from "./client.ts";
import { readEvents } from "./server_sent_events.ts";

export type Followed =
  | { readonly type: "event"; readonly event: RoomEvent }
  /** Some events are not kept any more, and cannot be told. */
  | { readonly type: "gap" }
  /** Connected, also again. */
  | { readonly type: "connected" }
  /** Tried again after so long. */
  | { readonly type: "disconnected"; readonly retryMs: number };

export type FollowOptions = AdminAccess & {
  /** Of this room only. */
  readonly room?: string | undefined;
  /** From the event after this one on. */
  readonly after?: string | undefined;
  readonly signal: AbortSignal;
  /** From 0 to 1, for the pauses between tries. */
  readonly random?: () => number;
};

/** Three heartbeats. */
const SILENCE_MS = 45_000;
const BACKOFF = { baseMs: 500, capMs: 15_000 };

/**
 * Ends when it is told to.
 *
 * @throws {AdminError} when the service will not have us.
 */
export async function* follow(
  options: FollowOptions,
): AsyncGenerator<Followed, void, undefined> {
  const { signal, random = Math.random } = options;
  let { after } = options;
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const followed of connect({ ...options, after })) {
        failures = 0;
        after = followed.id;
        if (followed.told) yield followed.told;
      }
    } catch (error) {
      if (error instanceof AdminError && error.problem.status < 500) {
        throw error;
      }
    }
    if (signal.aborted) return;
    const retryMs = Math.round(backoffDelay(BACKOFF, failures, random));
    failures += 1;
    yield { type: "disconnected", retryMs };
    await pause(retryMs, signal);
  }
}

type Told = { readonly id: string | undefined; readonly told: Followed | null };

async function* connect(options: FollowOptions): AsyncGenerator<Told> {
  const silence = new Silence(options.signal);
  try {
    const body = await open(options, silence.signal);
    let id = options.after;
    yield { id, told: { type: "connected" } };
    for await (const { event, data, ...got } of readEvents(body)) {
      silence.broken();
      id = got.id === "" ? id : got.id;
      yield { id, told: data === "" ? null : tellOf(event, data) };
    }
  } finally {
    silence.end();
  }
}

function tellOf(event: string, data: string): Followed {
  if (event === "gap") return { type: "gap" };
  return { type: "event", event: JSON.parse(data) };
}

async function open(
  { url, token, room, after, fetch = globalThis.fetch }: FollowOptions,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const address = new URL(`${adminUrl(url)}/events`);
  if (room !== undefined) address.searchParams.set("room", room);
  const response = await fetch(address, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(after !== undefined && { "last-event-id": after }),
    },
    signal,
  });
  if (response.ok && response.body) return response.body;
  const text = await response.text();
  throw new AdminError(problemOf(parsed(text), response));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Gives a connection up of which nothing is heard. */
class Silence {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
    this.broken();
  }

  broken(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), SILENCE_MS);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}
