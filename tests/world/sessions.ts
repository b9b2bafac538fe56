/** Which sessions are of which room: none is of two. */
import { Violation } from "./journal.ts";

const NAMED = /"(?:sessionId|from)":"([^"]+)"/g;

export class Sessions {
  readonly #rooms = new Map<string, string>();
  readonly #fail: (error: unknown) => void;

  constructor(fail: (error: unknown) => void) {
    this.#fail = fail;
  }

  /** The room has it: it was let in there, or kept. */
  are(room: string, ...sessionIds: readonly string[]): void {
    for (const id of sessionIds) this.#look(id, room, "is");
    for (const id of sessionIds) this.#rooms.set(id, room);
  }

  /** A page of that room has heard something. */
  heard(room: string, text: string): void {
    for (const [, id = ""] of text.matchAll(NAMED)) {
      this.#look(id, room, "told");
    }
  }

  #look(id: string, room: string, verb: "is" | "told"): void {
    const its = this.#rooms.get(id) ?? room;
    if (its === room) return;
    this.#fail(new Violation("core", `${id} of ${its} ${verb} in ${room}`));
  }
}
