/** Somebody who has heard of a session, and tries a secret that is no good. */
import { encodeRequest } from "../../protocol/mod.ts";
import type { Seat } from "./referee.ts";
import { secretOf, secretWithHash } from "./toys.ts";
import type { World } from "./world.ts";

const WRONG = secretOf(0);

export class Thief {
  readonly #world: World;
  readonly #seat: Seat;
  readonly #secret: string;

  /** `hash`: of a secret that was good before. */
  constructor(world: World, seat: Seat, hash: string | undefined) {
    this.#world = world;
    this.#seat = seat;
    this.#secret = hash === undefined ? WRONG : secretWithHash(hash);
  }

  /** The referee sees to it that nothing comes of it. */
  try(): void {
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
      secret: this.#secret,
      epoch: 0,
      ack: 0,
      attempt: attempt + 1,
    }));
  }
}
