/** @module */
import type { Buffer } from "node:buffer";
import { WebSocket } from "ws";
import { closeCodes } from "../../protocol/mod.ts";

/** Rooms have a heartbeat of their own; some libraries have one as well. */
const MAX_PINGS = 20;
const WINDOW_MS = 10_000;

/**
 * Answers the pings of a peer that asks now and then. Answers that nobody reads
 * would fill memory.
 */
export function answerPings(webSocket: WebSocket): void {
  let since = -WINDOW_MS;
  let count = 0;
  webSocket.on("ping", (data: Buffer) => {
    if (webSocket.readyState !== WebSocket.OPEN) return;
    const now = performance.now();
    if (now >= since + WINDOW_MS) [since, count] = [now, 0];
    if (++count <= MAX_PINGS) return webSocket.pong(data);
    webSocket.close(closeCodes.policyViolation, "policyViolation");
  });
}
