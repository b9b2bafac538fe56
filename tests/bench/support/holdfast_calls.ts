import { Frames } from "../../e2e/faults/frames.ts";
import type { Network } from "../../e2e/support/netns.ts";
import { Stage } from "../../e2e/support/world.ts";
import { Service } from "../../support/service.ts";
import { type Call, type Calls, type Ground, VIDEO } from "./calls.ts";

/** The longest fault is no eviction: what is measured is the way back. */
const EVICT_AFTER_MS = 30_000;

/** Ours. */
export class HoldfastCalls implements Calls {
  readonly name = "holdfast";
  readonly #service: Service;

  private constructor(service: Service) {
    this.#service = service;
  }

  static async start({ address, server }: Network): Promise<HoldfastCalls> {
    const env = {
      HOST: address,
      SFU_ANNOUNCED_ADDRESS: address,
      ROOM_EVICT_AFTER_MS: String(EVICT_AFTER_MS),
      ROOM_EMPTY_MS: "0",
      LOG_LEVEL: "warn",
    };
    return new HoldfastCalls(await Service.start(env, server.entrance));
  }

  get origin(): string {
    return this.#service.origin;
  }

  async open({ inside, outside }: Ground): Promise<Call> {
    const service = this.#service;
    const here = new Stage({ service, browser: inside });
    const there = new Stage({ service, browser: outside });
    await using open = new AsyncDisposableStack();
    open.defer(() => here.close());
    open.defer(() => there.close());

    const ann = await here.join("ann");
    const bob = await there.join("bob", { room: here.room });
    await Promise.all([
      ann.publish({ video: VIDEO }),
      bob.publish({ video: VIDEO }),
    ]);
    await Promise.all([ann.sees("bob"), bob.sees("ann")]);
    const shownInside = await Frames.of(ann.page);
    const shownOutside = await Frames.of(bob.page);
    const pages = open.move();
    return {
      shownInside,
      shownOutside,
      [Symbol.asyncDispose]: () => pages.disposeAsync(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service[Symbol.asyncDispose]();
  }
}
