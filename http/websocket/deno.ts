/**
 * WebSockets by Deno itself, for platforms where there is nothing else. It has
 * no limit of its own on the size of messages, and cannot drop a socket whose
 * peer does not read, nor understand a list of subprotocols without spaces:
 * where `ws` runs, that is the better door.
 *
 * @module
 */
import { upgradeWebSocket } from "hono/deno";
import type { WSContext } from "hono/ws";
import { closeCodes, SUBPROTOCOL } from "../../protocol/mod.ts";
import type { Socket } from "../../rooms/connection.ts";
import {
  type AdapterOptions,
  socketEvents,
  type WebSocketAdapter,
} from "./adapter.ts";

export function denoWebSockets(options: AdapterOptions): WebSocketAdapter {
  return {
    async upgrade(c, accept) {
      const events = socketEvents(accept, adapt, options);
      // Rooms have a heartbeat of their own.
      const upgrade = { protocol: SUBPROTOCOL, idleTimeout: 0 };
      return await upgradeWebSocket(c, events, upgrade);
    },

    peerOf(c) {
      const { remoteAddr }: Partial<Deno.ServeHandlerInfo> = c.env ?? {};
      return remoteAddr && "hostname" in remoteAddr
        ? remoteAddr.hostname
        : undefined;
    },

    // deno-lint-ignore require-await -- a thrown error becomes a rejection
    async listen(fetch, { hostname, port }) {
      const server = Deno.serve(
        { hostname, port, onListen() {} },
        (request, info) => fetch(request, info),
      );
      return { port: server.addr.port, close: () => server.shutdown() };
    },
  };
}

function adapt({ raw }: WSContext<WebSocket>): Socket {
  if (raw === undefined) throw new TypeError("Cannot adapt: no socket");
  return {
    send: (text) => raw.send(text),
    close: (code, reason) => raw.close(code, reason),
    terminate: () => raw.close(closeCodes.tryAgainLater),
    get bufferedAmount() {
      return raw.bufferedAmount;
    },
  };
}
