/**
 * WebSockets by `ws` on Node's HTTP server, which Deno has as well.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket as TcpSocket } from "node:net";
import {
  createAdaptorServer,
  type HttpBindings,
  type ServerType,
  upgradeWebSocket,
  type WebSocketLike,
  type WebSocketServerLike,
} from "@hono/node-server";
import type { WSContext } from "hono/ws";
import { WebSocket, WebSocketServer } from "ws";
import { SUBPROTOCOL } from "../../protocol/mod.ts";
import { CLOSE_TIMEOUT_MS, type Socket } from "../../rooms/connection.ts";
import {
  type AdapterOptions,
  type Fetch,
  type Server,
  socketEvents,
  type WebSocketAdapter,
} from "./adapter.ts";
import { limitPeers, limitPipelines } from "./connection_limits.ts";
import { Outgoing } from "./outgoing.ts";
import { answerPings } from "./pings.ts";

const SLOWEST = { headMs: 10_000, requestMs: 30_000 };
/** Bytes, on average, of the frames of a message and of what TCP brings of it. */
const SMALLEST_FRAGMENT = 512;
const SMALLEST_CHUNK = 32;
const LEAST_PIECES = 64;
/** How often slow ones are looked for, in the time that they have. */
const CHECKS = 10;

export function nodeWebSockets(options: AdapterOptions): WebSocketAdapter {
  const { slowest = SLOWEST } = options;
  const upgraded = new WeakSet<IncomingMessage>();
  const webSockets = new WebSocketServer(socketOptions(options.maxFrameBytes));
  webSockets.on("connection", answerPings);

  /** node-server answers a refused upgrade with the head of the response only. */
  const answer = async (fetch: Fetch, request: Request, env: HttpBindings) => {
    if (env.incoming.socket.destroyed) return new Response();
    const response = await fetch(request, env);
    const isRefusal = isUpgrade(env.incoming) && !upgraded.has(env.incoming);
    if (isRefusal) await writeWhole(env.incoming.socket, response.clone());
    return response;
  };

  return {
    async upgrade(c, accept) {
      const { incoming }: HttpBindings = c.env;
      upgraded.add(incoming);
      const adapt = adaptOver(incoming.socket);
      return await upgradeWebSocket(c, socketEvents(accept, adapt, options));
    },

    peerOf(c) {
      const { incoming }: Partial<HttpBindings> = c.env ?? {};
      return incoming?.socket.remoteAddress;
    },

    async listen(fetch, { hostname, port }) {
      const server = createAdaptorServer({
        fetch: (request, env) => answer(fetch, request, env as HttpBindings),
        // Its `options.noServer` may be undefined by its types, and is not.
        websocket: { server: webSockets as WebSocketServerLike },
        serverOptions: {
          headersTimeout: slowest.headMs,
          requestTimeout: slowest.requestMs,
          connectionsCheckingInterval: slowest.headMs / CHECKS,
          // Else a request for another protocol would never be answered.
          shouldUpgradeCallback: isUpgrade,
        },
      });
      // A response that is not read may be kept for so long.
      server.setTimeout(slowest.requestMs);
      limitPipelines(server);
      if (options.admit) limitPeers(server, options.admit);
      await listening(server, hostname, port);
      return running(server, webSockets);
    },
  };
}

const socketOptions = (maxFrameBytes: number) => ({
  noServer: true,
  maxPayload: maxFrameBytes,
  perMessageDeflate: false,
  // Each piece costs more memory than it has bytes.
  maxFragments: pieces(maxFrameBytes, SMALLEST_FRAGMENT),
  maxBufferedChunks: pieces(maxFrameBytes, SMALLEST_CHUNK),
  autoPong: false,
  // For a peer that says it closes, and then does not.
  closeTimeout: CLOSE_TIMEOUT_MS,
  handleProtocols: () => SUBPROTOCOL,
});

const pieces = (bytes: number, smallest: number): number =>
  Math.max(LEAST_PIECES, Math.ceil(bytes / smallest));

function isUpgrade({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}

/** With the socket destroyed, node-server has nothing left to answer. */
async function writeWhole(
  socket: TcpSocket,
  response: Response,
): Promise<void> {
  const body = Buffer.from(await response.arrayBuffer());
  const lines = [
    `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ""}`,
    ...[...response.headers].map(([name, value]) => `${name}: ${value}`),
    "connection: close",
    `content-length: ${body.length}`,
  ];
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`);
  await new Promise<void>((resolve) => {
    socket.once("close", resolve);
    socket.end(Buffer.concat([head, body]), resolve);
  });
  socket.destroy();
}

function listening(
  server: ServerType,
  hostname: string,
  port: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function running(server: ServerType, webSockets: WebSocketServer): Server {
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new TypeError("Cannot tell the port: the server has none");
  }
  return {
    port: address.port,
    async close() {
      const closed = new Promise((resolve) => server.once("close", resolve));
      server.close();
      for (const webSocket of webSockets.clients) webSocket.terminate();
      if ("closeAllConnections" in server) server.closeAllConnections();
      await closed;
    },
  };
}

function adaptOver(tcp: TcpSocket) {
  return ({ raw }: WSContext<WebSocketLike>): Socket => {
    if (!(raw instanceof WebSocket)) {
      throw new TypeError("Cannot adapt: the socket is not one of ws");
    }
    const outgoing = new Outgoing(raw, tcp);
    return {
      send: (text) => outgoing.send(text),
      close(code, reason) {
        outgoing.flush();
        raw.close(code, reason);
      },
      terminate: () => raw.terminate(),
      get bufferedAmount() {
        return outgoing.bufferedAmount;
      },
    };
  };
}
