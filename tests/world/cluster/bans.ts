/** Who is banned is not let in before that is over, whoever has the room (OP2). */
import type { Effect } from "../../../rooms/core/effect.ts";
import type { AdminCommand, Input } from "../../../rooms/core/input.ts";
import { Violation } from "../journal.ts";

export class Bans {
  readonly #fail: (error: unknown) => void;
  /** By identity, until when by the clocks of rooms. */
  readonly #until = new Map<string, number>();
  /** Those that operators were told to be done. */
  readonly #promised = new Set<string>();

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  done(command: AdminCommand): void {
    if (command.type === "ban") this.#promised.add(command.identity);
  }

  /** Another process has the room, and knows what was promised. */
  taken(): void {
    for (const identity of this.#until.keys()) {
      if (!this.#promised.has(identity)) this.#until.delete(identity);
    }
  }

  /** Nobody knows of them any more. */
  forget(): void {
    this.#until.clear();
    this.#promised.clear();
  }

  handled(input: Input, effects: readonly Effect[], now: number): void {
    // It is over once it is by the clock of one owner.
    for (const [identity, until] of this.#until) {
      if (now >= until) this.#until.delete(identity);
    }
    if (input.type === "admin") this.#commanded(input.command, now);
    for (const effect of effects) {
      if (effect.type !== "announce") continue;
      const { announcement } = effect;
      if (announcement.type !== "participantJoined") continue;
      const { sessionId, identity } = announcement;
      if (!this.#until.has(identity)) continue;
      this.#fail(
        new Violation("OP2", `${sessionId} of ${identity} was let in`),
      );
    }
  }

  #commanded(command: AdminCommand, now: number): void {
    if (command.type !== "ban") return;
    this.#until.set(command.identity, now + command.banMs);
  }
}
