/**
 * Metrics that are read off when they are scraped.
 *
 * @module
 */
import { Counter, Gauge, type Registry } from "prom-client";

export type Reading = {
  readonly registry: Registry;
  readonly name: string;
  readonly help: string;
  readonly read: () => number;
};

export function readGauge({ registry, name, help, read }: Reading): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}

/** Of what only grows. */
export function readCounter({ registry, name, help, read }: Reading): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}
