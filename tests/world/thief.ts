/** A resume that comes from where it should not, or when it should not. */
import { encodeRequest } from "../../protocol/mod.ts";
import type { Gate } from "./network.ts";
import type { Stolen } from "./plan.ts";
import type { Seat } from "./referee.ts";
import { secretOf } from "./toys.ts";
import type { World } from "./world.ts";

const WRONG = secretOf(0);

export class Thief {
  readonly #world: World;
  readonly #seat: Seat;
  readonly #room: string;
  readonly #kind: Stolen;

  constructor(world: World, room: string, seat: Seat, kind: Stolen) {
    this.#world = world;
    this.#room = room;
    this.#seat = seat;
    this.#kind = kind;
  }

  /** The referee sees to it that nothing comes of it. */
  come(): void {
    const { service, timeline } = this.#world;
    const gate = service.gate("thief");
    timeline.after(1, () => this.#enter(gate), gate.process);
  }

  #enter(gate: Gate): void {
    const { timeline } = this.#world;
    const listener = gate.accept({
      send() {},
      close: (code) =>
        void timeline.after(1, () => listener?.closed(code === 1000)),
      terminate() {},
      bufferedAmount: 0,
    }, this.#room);
    const { id: sessionId, attempt } = this.#seat;
    listener?.received(encodeRequest(1, "resume", {
      sessionId,
      secret: this.#secret(),
      epoch: 0,
      ack: 0,
      attempt: this.#kind === "late" ? Math.max(1, attempt) : attempt + 1,
    }));
  }

  #secret(): string {
    const { id, proven, attempt } = this.#seat;
    switch (this.#kind) {
      case "wrong":
        return WRONG;
      case "old": {
        const { oldSecrets } = this.#world.refereeOf(this.#room);
        const old = oldSecrets.findLast(({ sessionId }) => sessionId === id);
        return old ? this.#world.service.plainOf(old.hash) : WRONG;
      }
      case "late":
        // Before there was any resume, none can be late.
        return attempt === 0 ? WRONG : this.#world.service.plainOf(proven);
    }
  }
}
