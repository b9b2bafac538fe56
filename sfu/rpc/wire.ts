/**
 * Frames in both directions, over whatever carries them.
 *
 * @module
 */
import type { RpcError } from "./rpc_error.ts";

export interface Wire {
  /** False while the peer takes less than it is sent. */
  readonly writable: boolean;
  /** What is sent in one turn of the event loop leaves together, at its end. */
  send(frame: string): void;
  /** Bytes of the longest frame that is taken from now on. */
  limit(maxFrameBytes: number): void;
  /** Ends it once what was sent has left, or the peer has had its time for that. */
  close(): void;
}

/** What a wire tells of; nothing more once it is closed from this side. */
export interface WireEvents {
  frame(line: string): void;
  /** What comes cannot be read on. */
  unreadable(problem: RpcError): void;
  /** `writable` is true again. */
  drained(): void;
  /** It is gone; told once. */
  closed(reason: string): void;
}
