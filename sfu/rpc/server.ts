/**
 * The sidecar's end of the RPC: takes links on sockets and over HTTP, and turns
 * their calls into calls of handlers.
 *
 * @module
 */
import { type Handlers, type Owner, RpcError } from "./handlers.ts";

/** Port 0 takes a free one; `http` serves `POST /rpc` instead of a stream. */
export type Endpoint =
  | {
    readonly host: string;
    readonly port: number;
    readonly protocol?: "tcp" | "http";
  }
  /** A Unix socket. */
  | { readonly path: string };

export type ServeOptions = {
  readonly endpoints: readonly Endpoint[];
  /** In PEM; endpoints with a host then speak TLS and nothing else. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What a link must know: 16 characters at least. */
  readonly secret: string;
  readonly handlers: Handlers;
  /** Milliseconds that an owner is kept after its connection is gone [30,000]. */
  readonly leaseMs?: number;
  /** Bytes of one frame, either way [1 MiB]. */
  readonly maxFrameBytes?: number;
  /** Calls of one owner that may be in flight [256]. */
  readonly window?: number;
  /** The owner has been forgotten: nothing that is sent to it arrives any more. */
  readonly onOwnerExpired?: (owner: Owner) => void;
  /** Hears what goes wrong; never a secret. */
  readonly log?: (message: string) => void;
};

export type RpcServer = {
  /** As `connectSfu` takes them, in the order of the endpoints. */
  readonly addresses: readonly string[];
  /** Ends every connection; no owner expires by it. */
  close(): Promise<void>;
};

/**
 * Resolves when every endpoint listens.
 *
 * @throws {TypeError} when an option is out of range.
 */
export function serve(_options: ServeOptions): Promise<RpcServer> {
  return Promise.reject(new RpcError("UNIMPLEMENTED", "Cannot serve yet"));
}
