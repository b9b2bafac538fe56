import type { LinkReply, SfuLink } from "../sfu/link.ts";
import type { SfuEvent, SfuMethod } from "../sfu/methods.ts";

export type RoutersOptions = {
  readonly link: SfuLink;
  readonly epoch: number;
  readonly hear: (event: SfuEvent) => void;
  /** One is left to whoever takes the room up. */
  readonly onLeft?: ((routerId: string) => void) | undefined;
};

/** The routers of one room that are open as far as is known, and their events. */
export class Routers {
  readonly #options: RoutersOptions;
  #areLeft = false;
  /** With what ends their events. */
  readonly #open = new Map<string, () => void>();

  constructor(options: RoutersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** To be told at once, so that no event of a new router is missed. */
  replied(method: SfuMethod, reply: LinkReply<SfuMethod>): void {
    const routerId = madeBy(method, reply);
    if (routerId === undefined) return;
    const { link, hear } = this.#options;
    const unsubscribe = link.subscribe(routerId, (event) => {
      if (event.event === "routerClosed") this.forget(routerId);
      hear(event);
    });
    this.#open.set(routerId, unsubscribe);
  }

  /** The reply has come too late: nobody looks after the router. */
  repliedLate(method: SfuMethod, reply: LinkReply<SfuMethod>): void {
    const routerId = madeBy(method, reply);
    if (routerId === undefined) return;
    const { onLeft } = this.#options;
    if (this.#areLeft && onLeft) onLeft(routerId);
    else this.#close(routerId);
  }

  /** The sidecar knows none of them any more. */
  lost(): void {
    for (const routerId of [...this.#open.keys()]) {
      this.forget(routerId);
      const params = { routerId, cause: "leaseExpired" } as const;
      this.#options.hear({ event: "routerClosed", params });
    }
  }

  forget(routerId: string): void {
    this.#open.get(routerId)?.();
    this.#open.delete(routerId);
  }

  /** They are left to whoever takes the room up. */
  leaveAll(): void {
    this.#areLeft = true;
    for (const routerId of [...this.#open.keys()]) {
      this.forget(routerId);
      this.#options.onLeft?.(routerId);
    }
  }

  closeAll(): void {
    for (const routerId of [...this.#open.keys()]) {
      this.forget(routerId);
      this.#close(routerId);
    }
  }

  #close(routerId: string): void {
    const { link, epoch } = this.#options;
    link.call("closeRouter", { routerId }, { epoch }, () => {});
  }
}

function madeBy(
  method: SfuMethod,
  reply: LinkReply<SfuMethod>,
): string | undefined {
  if (method !== "createRouter" && method !== "claimRouter") return;
  if (reply.ok && "routerId" in reply.result) return reply.result.routerId;
}
