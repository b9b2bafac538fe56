/** @module */
import type { Buffer } from "node:buffer";
import { WebSocket } from "ws";
import { closeCodes } from "../../protocol/mod.ts";
import { overflow, pour } from "../../rooms/core/pace.ts";

/** Rooms have a heartbeat of their own; some libraries have one as well. */
const PINGS = { perSecond: 2, burst: 20 };

/**
 * Answers the pings of a peer that asks now and then. Answers that nobody reads
 * would fill memory.
 */
export function answerPings(webSocket: WebSocket): void {
  let quietAt = 0;
  webSocket.on("ping", (data: Buffer) => {
    if (webSocket.readyState !== WebSocket.OPEN) return;
    const now = performance.now();
    quietAt = pour(quietAt, 1, PINGS, now);
    if (overflow(quietAt, PINGS, now) === 0) return webSocket.pong(data);
    webSocket.close(closeCodes.policyViolation, "policyViolation");
  });
}
