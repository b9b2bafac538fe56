/**
 * WebSockets: how many, what goes over them, who is dropped, and how first
 * messages are answered, whoever answers them.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Counter, type Registry } from "prom-client";
import type { Accept, WebSocketAdapter } from "../../http/websocket/adapter.ts";
import type { Socket, SocketListener } from "../../rooms/connection.ts";
import { errorNames } from "../error_names.ts";
import { readCounter, readGauge } from "./read.ts";

/** Counted where every frame passes, so with nothing but additions. */
type Traffic = {
  open: number;
  opened: number;
  receivedFrames: number;
  receivedBytes: number;
  sentFrames: number;
  sentBytes: number;
};

type First = "join" | "resume";
const causes = ["backlog", "closeTimeout"] as const;

const FIRST = /"method"\s*:\s*"(join|resume)"/;
const ERROR = /"error"\s*:\s*\{\s*"code"\s*:\s*(-?\d+)/;

/** An adapter that does what this one does, and counts. */
export function meteredWebSockets(
  adapter: WebSocketAdapter,
  registry: Registry,
): WebSocketAdapter {
  const traffic: Traffic = {
    open: 0,
    opened: 0,
    receivedFrames: 0,
    receivedBytes: 0,
    sentFrames: 0,
    sentBytes: 0,
  };
  showTraffic(traffic, registry);
  const registers = [registry];
  const dropped = new Counter({
    name: "holdfast_websocket_dropped_total",
    help:
      "WebSockets that were cut off: they left too much unread, or did not answer a close",
    labelNames: ["cause"],
    registers,
  });
  for (const cause of causes) dropped.inc({ cause }, 0);
  const labels = { labelNames: ["outcome"] as const, registers };
  const answered = {
    join: new Counter({
      name: "holdfast_joins_total",
      help: "Requests to join, by ok or the error",
      ...labels,
    }),
    resume: new Counter({
      name: "holdfast_resumes_total",
      help: "Requests to resume, by ok or the error",
      ...labels,
    }),
  };
  for (const outcome of ["ok", ...errorNames.values()]) {
    answered.join.inc({ outcome }, 0);
    answered.resume.inc({ outcome }, 0);
  }
  const metered = (accept: Accept): Accept => (socket) =>
    meter(accept, socket, traffic, {
      dropped: (cause) => dropped.inc({ cause }),
      answered: (first, outcome) => answered[first].inc({ outcome }),
    });
  return {
    upgrade: (c, accept) => adapter.upgrade(c, metered(accept)),
    peerOf: (c) => adapter.peerOf(c),
    listen: (fetch, address) => adapter.listen(fetch, address),
  };
}

type Hooks = {
  readonly dropped: (cause: (typeof causes)[number]) => void;
  readonly answered: (first: First, outcome: string) => void;
};

function meter(
  accept: Accept,
  socket: Socket,
  traffic: Traffic,
  hooks: Hooks,
): SocketListener {
  let first: "silent" | First | "answered" = "silent";
  let closing = false;
  const listener = accept({
    send(text) {
      traffic.sentFrames += 1;
      traffic.sentBytes += Buffer.byteLength(text);
      if (first === "join" || first === "resume") {
        hooks.answered(first, outcomeOf(text));
        first = "answered";
      }
      socket.send(text);
    },
    close(code, reason) {
      closing = true;
      socket.close(code, reason);
    },
    terminate() {
      hooks.dropped(closing ? "closeTimeout" : "backlog");
      socket.terminate();
    },
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
  });
  traffic.open += 1;
  traffic.opened += 1;
  return {
    received(text) {
      traffic.receivedFrames += 1;
      traffic.receivedBytes += Buffer.byteLength(text);
      if (first === "silent") first = firstOf(text) ?? "answered";
      listener.received(text);
    },
    violated: (code) => listener.violated(code),
    closed(clean) {
      traffic.open -= 1;
      listener.closed(clean);
    },
  };
}

function firstOf(text: string): First | undefined {
  const method = FIRST.exec(text)?.[1];
  return method === "join" || method === "resume" ? method : undefined;
}

/** A first message is answered before anything else is said. */
function outcomeOf(text: string): string {
  const code = ERROR.exec(text)?.[1];
  if (code === undefined) return "ok";
  return errorNames.get(Number(code)) ?? "other";
}

function showTraffic(traffic: Traffic, registry: Registry): void {
  readGauge({
    registry,
    name: "holdfast_websocket_connections",
    help: "WebSockets that are open",
    read: () => traffic.open,
  });
  const counter = (name: string, help: string, count: keyof Traffic) =>
    readCounter({
      registry,
      name: `holdfast_websocket_${name}_total`,
      help,
      read: () => traffic[count],
    });
  counter("opened", "WebSockets that were opened", "opened");
  counter("received_frames", "Text frames of clients", "receivedFrames");
  counter("received_bytes", "Bytes of text of clients", "receivedBytes");
  counter("sent_frames", "Text frames to clients", "sentFrames");
  counter("sent_bytes", "Bytes of text to clients", "sentBytes");
}
