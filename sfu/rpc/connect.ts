/**
 * Opens a link to a sidecar.
 *
 * @module
 */
import type { SfuLink } from "../link.ts";
import { RpcError } from "./handlers.ts";

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
  /** Milliseconds of silence after which the sidecar is pinged [2,000]. */
  readonly pingAfterMs?: number;
  /** Milliseconds that the sidecar may take to answer a ping, or a new connection [4,000]. */
  readonly timeoutMs?: number;
  /** Milliseconds between attempts to connect: at most base * 2^n, up to the cap [100, 5,000]. */
  readonly backoff?: { readonly baseMs: number; readonly capMs: number };
  /** Hears what goes wrong; never a secret. */
  readonly log?: (message: string) => void;
};

/**
 * Returns at once; the link comes up by itself, and after each loss again.
 *
 * @throws {TypeError} when the URL is none of those.
 */
export function connectSfu(_options: ConnectOptions): SfuLink {
  throw new RpcError("UNIMPLEMENTED", "Cannot connect yet");
}
