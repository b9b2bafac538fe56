/**
 * What a server puts up with on its TCP connections.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ServerType } from "@hono/node-server";
import type { AdapterOptions } from "./adapter.ts";

/** Requests of one HTTP connection. Browsers and proxies have one at a time. */
const MAX_UNANSWERED = 4;

/**
 * Nobody but an attacker asks for much on one connection before having read the
 * answers, which would fill memory.
 */
export function limitPipelines(server: ServerType): void {
  const unanswered = new WeakMap<Socket, number>();
  const countOf = (socket: Socket) => unanswered.get(socket) ?? 0;
  server.prependListener(
    "request",
    ({ socket }: IncomingMessage, response: ServerResponse) => {
      unanswered.set(socket, countOf(socket) + 1);
      response.once("close", () => unanswered.set(socket, countOf(socket) - 1));
      if (countOf(socket) > MAX_UNANSWERED) socket.destroy();
    },
  );
}

/** Also those that never send a request, or only half of one. */
export function limitPeers(
  server: ServerType,
  admit: NonNullable<AdapterOptions["admit"]>,
): void {
  server.on("connection", (socket: Socket) => {
    const release = admit(socket.remoteAddress ?? "");
    if (release) socket.once("close", release);
    else socket.destroy();
  });
}
