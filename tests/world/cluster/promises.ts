/** What operators were told to be done outlives the process that has done it. */
import type { AdminCommand } from "../../../rooms/core/input.ts";
import type { Snapshot } from "../../../rooms/core/snapshot/schema.ts";
import { Violation } from "../journal.ts";

export class Promises {
  readonly #fail: (error: unknown) => void;
  /** Sessions that were sent to another room, and those that are over. */
  readonly #moved = new Set<string>();
  readonly #over = new Set<string>();

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  done(command: AdminCommand): void {
    if (command.type === "moveParticipant") this.#moved.add(command.sessionId);
    if (command.type === "removeParticipant") this.#over.add(command.sessionId);
  }

  /** Nobody can keep them any more. */
  forget(): void {
    this.#moved.clear();
    this.#over.clear();
  }

  /** Another process has the room. */
  check(kept: Snapshot | undefined): void {
    for (const { id, goneBy } of kept?.sessions ?? []) {
      if (this.#over.has(id)) this.#broken(`${id} was removed, and is back`);
      const isForgotten = this.#moved.has(id) && goneBy === null;
      if (isForgotten) this.#broken(`${id} was moved, and nobody knows of it`);
    }
  }

  #broken(what: string): void {
    this.#fail(new Violation("HO2", what));
  }
}
