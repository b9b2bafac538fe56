/**
 * Where the lobby leads to: rooms by their names, wherever they are.
 *
 * @module
 */
import type { Connection } from "../../connection.ts";
import type { Admission } from "../../core/input.ts";
import { Absent } from "./absent.ts";
import { Arrival, type ArrivalOptions } from "./arrival.ts";

export class Doors {
  readonly #options: ArrivalOptions;
  readonly #arrivals = new Set<Promise<void>>();

  constructor(options: Omit<ArrivalOptions, "absent">) {
    this.#options = { ...options, absent: new Absent() };
  }

  of(room: string) {
    return {
      join: (connection: Connection, admission: Admission) => {
        const arrival = new Arrival(
          room,
          connection,
          admission,
          this.#options,
        );
        const settled = arrival.settle().finally(() =>
          this.#arrivals.delete(settled)
        );
        this.#arrivals.add(settled);
      },
    };
  }

  /** Resolves when nobody is on the way. */
  async settled(): Promise<void> {
    await Promise.all(this.#arrivals);
  }
}
