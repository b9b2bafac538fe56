import type { RecoveryReport } from "../../protocol/mod.ts";
import { HoldfastError } from "../../client/errors.ts";
import { IncidentLog } from "../../client/incidents.ts";
import type { ConnectionEffect } from "../../client/signaling/io.ts";
import { Violation } from "./journal.ts";
import type { Timeline } from "./timeline.ts";

/** Sees to it that each incident has one report, and begins and ends once. */
export class IncidentBook {
  readonly log: IncidentLog;
  #isReconnecting = false;
  #begun = 0;
  #reports = 0;

  constructor(timeline: Timeline, report: (report: RecoveryReport) => void) {
    const now = () => timeline.now;
    this.log = new IncidentLog({ now, wallClock: now }, {
      reconnecting: () => this.#turn(true),
      reconnected: () => this.#turn(false),
      step() {},
      report: (given) => {
        this.#isReconnecting = false;
        this.#reports++;
        report(given);
      },
    });
  }

  begin(
    { trigger, error }: ConnectionEffect & { type: "suspected" | "lost" },
  ): void {
    this.log.trouble("signaling", trigger, new HoldfastError(error));
  }

  /** When none is under way. */
  check(): void {
    if (this.#isReconnecting) throw new Violation("RP1", "it goes on");
    if (this.#begun === this.#reports) return;
    const counts = `${this.#reports} reports of ${this.#begun} incidents`;
    throw new Violation("RP1", counts);
  }

  #turn(isReconnecting: boolean): void {
    if (this.#isReconnecting === isReconnecting) {
      throw new Violation("RP1", "told what was true already");
    }
    this.#isReconnecting = isReconnecting;
    if (isReconnecting) this.#begun++;
  }
}
