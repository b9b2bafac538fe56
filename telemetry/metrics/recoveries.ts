/**
 * Incidents that are over: how they ended, and how long each phase took.
 *
 * @module
 */
import { Counter, Histogram, type Registry } from "prom-client";
import {
  EndReason,
  RecoveryReport,
  RecoveryTrigger,
} from "../../protocol/mod.ts";
import type { Announcement } from "../../rooms/announcements.ts";

type Recovery = Pick<
  Extract<Announcement, { type: "recovery" }>,
  "seen" | "report"
>;

const seenTriggers = ["silence", "socketClosed"] as const;
const seenOutcomes = ["resumed", ...EndReason.options] as const;
const phases = ["detection", "return", "signaling", "media", "total"] as const;
const BUCKETS = [
  ...[0.1, 0.25, 0.5, 1, 1.5, 2, 3, 4],
  ...[6, 8, 12, 20, 30, 60],
];

export class RecoveryMetrics {
  readonly #times: Histogram<"phase">;
  readonly #ended: Counter<"trigger" | "outcome">;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#times = new Histogram({
      name: "holdfast_recovery_seconds",
      help:
        "Of an incident: until its detection and until the return as the room saw them; without signaling, without media, and in all as the client did",
      labelNames: ["phase"],
      buckets: BUCKETS,
      registers,
    });
    this.#ended = new Counter({
      name: "holdfast_recoveries_total",
      help: "Incidents that are over, as the client tells, or else the room",
      labelNames: ["trigger", "outcome"],
      registers,
    });
    // Of a series that begins with an event Prometheus sees no increase.
    for (const phase of phases) this.#times.zero({ phase });
    this.#begin(RecoveryTrigger.options, RecoveryReport.shape.outcome.options);
    this.#begin(seenTriggers, seenOutcomes);
  }

  hear({ seen, report }: Recovery): void {
    const told = report ?? seen;
    if (told === null) return;
    const { trigger, outcome } = told;
    this.#ended.inc({ trigger, outcome });
    if (seen !== null) {
      this.#took("detection", seen.detectionMs);
      if (seen.outcome === "resumed") this.#took("return", seen.durationMs);
    }
    if (report === null) return;
    this.#took("signaling", report.signalingMs);
    this.#took("media", report.mediaMs);
    this.#took("total", report.durationMs);
  }

  #begin(triggers: readonly string[], outcomes: readonly string[]): void {
    for (const trigger of triggers) {
      for (const outcome of outcomes) this.#ended.inc({ trigger, outcome }, 0);
    }
  }

  #took(phase: (typeof phases)[number], ms: number): void {
    this.#times.observe({ phase }, ms / 1_000);
  }
}
