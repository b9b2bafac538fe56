/**
 * The seam between the app and a runtime's WebSockets.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Context } from "hono";
import type { WSContext, WSEvents } from "hono/ws";
import { closeCodes } from "../../protocol/mod.ts";
import type { Socket, SocketListener } from "../../rooms/connection.ts";

/** Takes an open socket, and gives what listens to it. */
export type Accept = (socket: Socket) => SocketListener;

export type Fetch = (
  request: Request,
  env: object,
) => Response | Promise<Response>;

export type Server = {
  /** The one that was given, or a free one for 0. */
  readonly port: number;
  /** Takes no more requests, and drops what is open. */
  close(): Promise<void>;
};

export interface WebSocketAdapter {
  /** Answers a request to upgrade; its headers have been looked at. */
  upgrade(c: Context, accept: Accept): Promise<Response>;
  /** The address of the other end of the connection, as far as it is known. */
  peerOf(c: Context): string | undefined;
  /** @throws {Error} with `code` EADDRINUSE and the like. */
  listen(
    fetch: Fetch,
    address: { readonly hostname: string; readonly port: number },
  ): Promise<Server>;
}

export type AdapterOptions = {
  /** Bytes of one message, in however many frames it comes. */
  readonly maxFrameBytes: number;
  /** Milliseconds for the head of a request, and for all of it. */
  readonly slowest?: { readonly headMs: number; readonly requestMs: number };
  /** Takes a place for a TCP connection; undefined: the peer has no more. */
  readonly admit?: (peer: string) => (() => void) | undefined;
};

/** Turns Hono's events into what the rooms listen to. */
export function socketEvents<T>(
  accept: Accept,
  adapt: (ws: WSContext<T>) => Socket,
  { maxFrameBytes }: AdapterOptions,
): WSEvents<T> {
  let listener: SocketListener | undefined;
  return {
    onOpen(_event, ws) {
      listener = accept(adapt(ws));
    },
    onMessage({ data }) {
      if (typeof data !== "string") listener?.violated("protocolError");
      else if (isLarger(data, maxFrameBytes)) {
        listener?.violated("frameTooLarge");
      } else listener?.received(data);
    },
    onClose({ code }) {
      // Only who says that it leaves has left: browsers close pages with 1001.
      listener?.closed(code === closeCodes.left);
      listener = undefined;
    },
    // What remains of a broken socket would go on filling memory.
    onError(_event, ws) {
      adapt(ws).terminate();
    },
  };
}

/** No character takes more than 3 bytes for each of its UTF-16 units. */
function isLarger(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return false;
  return text.length > maxBytes || Buffer.byteLength(text) > maxBytes;
}
