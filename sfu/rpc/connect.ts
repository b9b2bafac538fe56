/**
 * Opens a link to a sidecar, from Deno.
 *
 * @module
 */
import type { Backoff, Random } from "../../backoff.ts";
import { type Clock, systemClock } from "../../clock.ts";
import type { SfuLink } from "../link.ts";
import type { Dial } from "./link/connection.ts";
import { dialFor } from "./link/dial.ts";
import { Link } from "./link/link.ts";

export type ConnectOptions = {
  /** `tcp://host:port`, `tls://host:port`, `unix:///path`, `http(s)://host:port`. */
  readonly url: string;
  readonly secret: string;
  /** Certificate authorities in PEM, beside those of the system. */
  readonly ca?: string;
  /** Milliseconds, of calls that name none [10,000]. */
  readonly deadlineMs?: number;
  /** Bytes of one frame, either way [1 MiB]. */
  readonly maxFrameBytes?: number;
  /** Calls that may wait for the window, or for the link to come up [1,024]. */
  readonly maxQueued?: number;
  /** Milliseconds between pings [1,000; over HTTP 5,000]. */
  readonly pingIntervalMs?: number;
  /** Milliseconds of silence that a connection survives, and that a new one may take [4,000]. */
  readonly timeoutMs?: number;
  /** Milliseconds between attempts to connect: any time up to base * 2^n and the cap [100, 5,000; on this machine 50, 500]. */
  readonly backoff?: Backoff;
  /** Hears of each attempt that found nobody listening at the address. */
  readonly onRefused?: () => void;
  /** Hears what happens to the link; never a secret. */
  readonly log?: (message: string) => void;
  readonly clock?: Clock;
  readonly random?: Random;
};

const ELSEWHERE: Backoff = { baseMs: 100, capMs: 5_000 };
/** Who asks a program of this machine in vain costs nobody anything. */
const HERE: Backoff = { baseMs: 50, capMs: 500 };

/**
 * Returns at once; the link comes up by itself, and after each loss again.
 *
 * @throws {TypeError} when the URL is none of those, or carries credentials.
 */
export function connectSfu(options: ConnectOptions): SfuLink {
  const { secret, maxFrameBytes = 1_048_576, ca } = options;
  const url = new URL(options.url);
  if (url.username !== "" || url.password !== "" || url.search !== "") {
    throw new TypeError("Cannot connect: the URL must not carry credentials");
  }
  const isHttp = url.protocol.startsWith("http");
  const dial = dialFor({
    url,
    secret,
    maxFrameBytes,
    ...(ca === undefined ? {} : { ca }),
  });
  const isHere = url.protocol === "unix:";
  return new Link({
    dial: telling(dial, options.onRefused),
    owner: crypto.randomUUID(),
    ...(isHttp ? {} : { secret }),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    backoff: options.backoff ?? (isHere ? HERE : ELSEWHERE),
    deadlineMs: options.deadlineMs ?? 10_000,
    maxFrameBytes,
    maxQueued: options.maxQueued ?? 1_024,
    pingIntervalMs: options.pingIntervalMs ?? (isHttp ? 5_000 : 1_000),
    timeoutMs: options.timeoutMs ?? 4_000,
    log: options.log ?? (() => {}),
  });
}

/** Nobody listens where the address is refused, or its socket is not there. */
const isRefused = (error: unknown): boolean =>
  error instanceof Deno.errors.ConnectionRefused ||
  error instanceof Deno.errors.NotFound;

const telling =
  (dial: Dial, onRefused = () => {}): Dial => async (events, signal) => {
    try {
      return await dial(events, signal);
    } catch (error) {
      if (isRefused(error)) onRefused();
      throw error;
    }
  };
