/**
 * Webhooks: what has arrived, and what has not.
 *
 * @module
 */
import type { Registry } from "prom-client";
import type { Webhooks } from "../../webhooks/webhooks.ts";
import { readCounter, readGauge } from "./read.ts";

type Count = keyof Webhooks["counts"];

/** Without webhooks, they count nothing. */
export function webhookMetrics(
  registry: Registry,
  webhooks: Pick<Webhooks, "counts" | "queued" | "listDeadLetters"> | undefined,
): void {
  const counter = (name: string, help: string, count: Count) =>
    readCounter({
      registry,
      name: `holdfast_webhook_${name}_total`,
      help,
      read: () => webhooks?.counts[count] ?? 0,
    });
  counter("delivered", "Deliveries that have arrived", "delivered");
  counter("failed_attempts", "Attempts that failed", "failedAttempts");
  counter("dead_lettered", "Deliveries that were given up", "deadLettered");
  counter("dropped", "Announcements that found the queue full", "dropped");
  readGauge({
    registry,
    name: "holdfast_webhook_queued",
    help: "Deliveries that have not arrived yet",
    read: () => webhooks?.queued ?? 0,
  });
  readGauge({
    registry,
    name: "holdfast_webhook_dead_letters",
    help: "Dead letters that are kept",
    read: () => webhooks?.listDeadLetters().length ?? 0,
  });
}
