/**
 * The link as one room has it: its calls, the routers that are open as far as is
 * known, and their events.
 *
 * @module
 */
import type { LinkReply, SfuLink } from "../sfu/link.ts";
import type { SfuEvent, SfuMethod } from "../sfu/methods.ts";
import type { Call } from "./core/effect.ts";
import type { Input } from "./core/input.ts";

export type RoomLinkOptions = {
  readonly link: SfuLink;
  /** Goes with every call, so that the sidecar can refuse an owner of the past. */
  readonly epoch: number;
  readonly hear: (input: Input) => void;
  /** A router obeys a newer owner; missing: it is lost. */
  readonly onFenced?: (() => void) | undefined;
  /** One is left to whoever takes the room up. */
  readonly onLeft?: ((routerId: string) => void) | undefined;
};

type State =
  | "open"
  /** Its routers go on for whoever takes the room up. */
  | "left"
  | "closed";

export class RoomLink {
  readonly #options: RoomLinkOptions;
  #state: State = "open";
  /** With what ends their events. */
  readonly #routers = new Map<string, () => void>();
  readonly #unsubscribe: () => void;

  constructor(options: RoomLinkOptions) {
    this.#options = options;
    this.#unsubscribe = options.link.onState((state, fresh) => {
      if (state === "up" && fresh) this.#lose();
      options.hear({ type: state === "up" ? "sfuUp" : "sfuDown" });
    });
  }

  get isUp(): boolean {
    return this.#options.link.state === "up";
  }

  /** How many routers are open. */
  get routers(): number {
    return this.#routers.size;
  }

  call(effect: Call): void {
    const { call, method, params } = effect;
    if (effect.method === "closeRouter") this.#forget(effect.params.routerId);
    const { link, epoch, hear } = this.#options;
    link.call<SfuMethod>(method, params, { epoch }, (reply) => {
      const routerId = madeBy(method, reply);
      if (this.#state !== "open") return this.#cameLate(routerId);
      // At once, so that no event of a new router is missed.
      if (routerId !== undefined) this.#follow(routerId);
      hear({ type: "sfuReplied", call, reply });
    });
  }

  /** Leaves the routers to whoever takes the room up. */
  leave(): void {
    const { onLeft } = this.#options;
    this.#end("left", (routerId) => onLeft?.(routerId));
  }

  close(): void {
    this.#end("closed", (routerId) => this.#close(routerId));
  }

  #follow(routerId: string): void {
    const { link } = this.#options;
    const hear = (event: SfuEvent) => this.#hear(routerId, event);
    this.#routers.set(routerId, link.subscribe(routerId, hear));
  }

  #hear(routerId: string, event: SfuEvent): void {
    const { hear, onFenced } = this.#options;
    const isClosed = event.event === "routerClosed";
    if (isClosed) this.#forget(routerId);
    const isFenced = isClosed && event.params.cause === "fenced";
    if (isFenced && onFenced) onFenced();
    else hear({ type: "sfuEvent", event });
  }

  /** The sidecar knows none of the routers any more. */
  #lose(): void {
    for (const routerId of [...this.#routers.keys()]) {
      const params = { routerId, cause: "leaseExpired" } as const;
      this.#hear(routerId, { event: "routerClosed", params });
    }
  }

  /** Nobody looks after the router. */
  #cameLate(routerId: string | undefined): void {
    if (routerId === undefined) return;
    const { onLeft } = this.#options;
    if (this.#state === "left" && onLeft) onLeft(routerId);
    else this.#close(routerId);
  }

  #end(state: State, letGo: (routerId: string) => void): void {
    this.#state = state;
    this.#unsubscribe();
    for (const routerId of [...this.#routers.keys()]) {
      this.#forget(routerId);
      letGo(routerId);
    }
  }

  #forget(routerId: string): void {
    this.#routers.get(routerId)?.();
    this.#routers.delete(routerId);
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
