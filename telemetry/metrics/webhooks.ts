/**
 * Webhooks: what has arrived, and what has not.
 *
 * @module
 */
import { Counter, Gauge, type Registry } from "prom-client";
import type { Webhooks } from "../../webhooks/webhooks.ts";

type Count = keyof Webhooks["counts"];

/** Without webhooks, they count nothing. */
export function webhookMetrics(
  registry: Registry,
  webhooks: Pick<Webhooks, "counts" | "queued" | "listDeadLetters"> | undefined,
): void {
  const registers = [registry];
  const counter = (name: string, help: string, count: Count) =>
    new Counter({
      name: `holdfast_webhook_${name}_total`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(webhooks?.counts[count] ?? 0);
      },
    });
  counter("delivered", "Deliveries that have arrived", "delivered");
  counter("failed_attempts", "Attempts that failed", "failedAttempts");
  counter("dead_lettered", "Deliveries that were given up", "deadLettered");
  counter("dropped", "Announcements that found the queue full", "dropped");
  new Gauge({
    name: "holdfast_webhook_queued",
    help: "Deliveries that have not arrived yet",
    registers,
    collect() {
      this.set(webhooks?.queued ?? 0);
    },
  });
  new Gauge({
    name: "holdfast_webhook_dead_letters",
    help: "Dead letters that are kept",
    registers,
    collect() {
      this.set(webhooks?.listDeadLetters().length ?? 0);
    },
  });
}
