/**
 * A bare `ws` server, under Deno as ours is: it takes every connection, and does
 * what its arguments say.
 *
 * - `--broadcast`: sends each message to all others.
 * - `--ping=<ms>`: pings all at this interval, as the README of `ws` has it.
 * - `--evict=<ms>`: a timer for each connection, set anew by each pong, tells
 *   all others with the same path when it is over: a number, the milliseconds
 *   since 1970 at which that was due.
 *
 * Says `http://localhost:<port>` once it listens.
 *
 * @module
 */
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { type RawData, WebSocket, WebSocketServer } from "ws";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    broadcast: { type: "boolean", default: false },
    ping: { type: "string" },
    evict: { type: "string" },
  },
});

const server = createServer();
const webSockets = new WebSocketServer({ server, perMessageDeflate: false });
const rooms = new Map<string, Set<WebSocket>>();

webSockets.on("connection", (socket, { url = "" }) => {
  socket.on("error", () => socket.terminate());
  if (values.broadcast) socket.on("message", (data) => broadcast(socket, data));
  if (values.evict) evictSilent(socket, url, Number(values.evict));
});

function broadcast(from: WebSocket, data: RawData): void {
  for (const client of webSockets.clients) {
    if (client !== from && client.readyState === WebSocket.OPEN) {
      client.send(data, { binary: false });
    }
  }
}

const now = () => performance.timeOrigin + performance.now();

function evictSilent(socket: WebSocket, room: string, afterMs: number): void {
  const others = rooms.get(room) ?? new Set();
  rooms.set(room, others.add(socket));
  let due = now() + afterMs;
  let timer = setTimeout(evict, afterMs);
  function evict() {
    socket.terminate();
    others.delete(socket);
    for (const other of others) other.send(String(due));
  }
  socket.on("pong", () => {
    due = now() + afterMs;
    clearTimeout(timer);
    timer = setTimeout(evict, afterMs);
  });
  socket.on("close", () => {
    clearTimeout(timer);
    others.delete(socket);
  });
}

if (values.ping !== undefined) {
  setInterval(() => {
    for (const client of webSockets.clients) client.ping();
  }, Number(values.ping));
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address !== "object" || address === null) return;
  console.log(`http://localhost:${address.port}`);
});
