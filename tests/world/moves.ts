/** Who was told to go to another room is not in this one for long (OP6). */
import type { Effect } from "../../rooms/core/effect.ts";
import type { Input } from "../../rooms/core/input.ts";
import type { Snapshot } from "../../rooms/core/snapshot/schema.ts";
import { Violation } from "./journal.ts";
import type { Watched } from "./watched.ts";

/** Milliseconds. */
const LIMIT_MS = 30_000;

export class Moves {
  /** Until when, by the clock of the room, by session ids. */
  readonly #goneBy = new Map<string, number>();
  readonly #fail: (error: unknown) => void;

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  /** Another process has the room, and knows what was kept. */
  taken(kept: Snapshot | undefined, now: number): void {
    this.#goneBy.clear();
    for (const { id, goneBy } of kept?.sessions ?? []) {
      if (goneBy === null) continue;
      this.#goneBy.set(id, now + Math.max(0, goneBy - (kept?.at ?? now)));
    }
  }

  handled(room: Watched, input: Input, effects: Effect[], now: number): void {
    if (input.type === "admin") this.#commanded(input, effects, now);
    for (const effect of effects) {
      if (effect.type === "end") this.#goneBy.clear();
      if (effect.type !== "announce") continue;
      const { announcement } = effect;
      if (announcement.type !== "participantLeft") continue;
      this.#goneBy.delete(announcement.sessionId);
    }
    if (input.type !== "tick") return;
    for (const [id, goneBy] of this.#goneBy) {
      if (now < goneBy + room.place.grainMs) continue;
      this.#fail(new Violation("OP6", `${id} was moved, and is still here`));
    }
  }

  #commanded(
    { command }: Extract<Input, { type: "admin" }>,
    effects: Effect[],
    now: number,
  ): void {
    const isDone = effects.some((effect) =>
      effect.type === "adminAnswer" && effect.outcome.type === "done"
    );
    if (!isDone || command.type !== "moveParticipant") return;
    this.#goneBy.set(command.sessionId, now + LIMIT_MS);
  }
}
