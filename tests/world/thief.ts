/** A resume that comes from where it should not, or when it should not. */
import { encodeRequest } from "../../protocol/mod.ts";
import type { Stolen } from "./plan.ts";
import type { Seat } from "./referee.ts";
import { secretOf, secretWithHash } from "./toys.ts";
import type { World } from "./world.ts";

const WRONG = secretOf(0);

export class Thief {
  readonly #world: World;
  readonly #seat: Seat;
  readonly #kind: Stolen;

  constructor(world: World, seat: Seat, kind: Stolen) {
    this.#world = world;
    this.#seat = seat;
    this.#kind = kind;
  }

  /** The referee sees to it that nothing comes of it. */
  come(): void {
    const { service, timeline } = this.#world;
    timeline.after(1, () => this.#enter(), service.process);
  }

  #enter(): void {
    const { service, timeline } = this.#world;
    const listener = service.accept({
      send() {},
      close: (code) =>
        void timeline.after(1, () => listener?.closed(code === 1000)),
      terminate() {},
      bufferedAmount: 0,
    });
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
        const { oldSecrets } = this.#world.referee;
        const old = oldSecrets.findLast(({ sessionId }) => sessionId === id);
        return old ? secretWithHash(old.hash) : WRONG;
      }
      case "late":
        // Before there was any resume, none can be late.
        return attempt === 0 ? WRONG : secretWithHash(proven);
    }
  }
}
