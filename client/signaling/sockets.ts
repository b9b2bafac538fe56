import { SUBPROTOCOL } from "../../protocol/mod.ts";
import type { Ports, Socket } from "../ports.ts";
import type { ConnectionEvent, SocketId } from "./io.ts";

/** As browsers say it. */
const NEVER_OPENED = 1006;

type SocketEvent = Extract<ConnectionEvent, { socket: SocketId }>;

/** The WebSockets of one connection. */
export class Sockets {
  readonly #WebSocket: Ports["WebSocket"];
  readonly #hear: (event: SocketEvent) => void;
  readonly #sockets = new Map<SocketId, Socket>();

  constructor(
    WebSocket: Ports["WebSocket"],
    hear: (event: SocketEvent) => void,
  ) {
    this.#WebSocket = WebSocket;
    this.#hear = hear;
  }

  open(id: SocketId, url: URL): void {
    const socket = this.#tryToOpen(url);
    if (socket === undefined) {
      return this.#hear({ type: "closed", socket: id, code: NEVER_OPENED });
    }
    this.#sockets.set(id, socket);
    socket.addEventListener("open", () => {
      this.#hear({ type: "opened", socket: id });
    });
    socket.addEventListener("message", ({ data }) => {
      // Binary is not of this protocol: refused like any text that is no JSON.
      const text = typeof data === "string" ? data : "";
      this.#hear({ type: "received", socket: id, text });
    });
    socket.addEventListener("close", ({ code }) => {
      this.#sockets.delete(id);
      this.#hear({ type: "closed", socket: id, code });
    });
  }

  /** Into the void, where the socket is gone. */
  send(id: SocketId, text: string): void {
    this.#sockets.get(id)?.send(text);
  }

  /** Nobody cares what is left of it. */
  close(id: SocketId, code: number): void {
    this.#sockets.get(id)?.close(code);
    this.#sockets.delete(id);
  }

  /** Undefined where the browser forbids it, such as ws: in a page of https:. */
  #tryToOpen(url: URL): Socket | undefined {
    try {
      return new this.#WebSocket(url, SUBPROTOCOL);
    } catch {
      return undefined;
    }
  }
}
