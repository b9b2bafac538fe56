/**
 * Several sidecars as one: new rooms go where there is room for them, and
 * whatever is asked of a router goes to the sidecar that has it. What dies with
 * a sidecar is told to each room as the loss of its router.
 *
 * @module
 */
import type { CallOptions, LinkReply, LinkState, SfuLink } from "../link.ts";
import type { SfuEvent, SfuMethod, SfuParams } from "../methods.ts";
import type { RpcStatus } from "../rpc/status.ts";
import { Doubts } from "./doubts.ts";
import type { Member, MemberListener } from "./member.ts";
import { place } from "./placement.ts";
import { type Reply, Survey } from "./survey.ts";

type StateListener = (state: "up" | "down", fresh: boolean) => void;
type EventListener = (event: SfuEvent) => void;

type Handler<M extends SfuMethod> = (
  params: SfuParams<M>,
  options: CallOptions,
  reply: Reply<M>,
) => void;

export type PoolOptions = {
  /** At least one; each tells the listener it is given. */
  readonly members: readonly ((listener: MemberListener) => Member)[];
  /** Rooms go to sidecars of this region as long as one is up. */
  readonly region?: string | undefined;
};

export class SfuPool implements SfuLink {
  readonly members: readonly Member[];
  readonly #region: string | undefined;
  /** By router. */
  readonly #homes = new Map<string, Member>();
  readonly #listeners = new Map<string, Set<EventListener>>();
  readonly #stateListeners = new Set<StateListener>();
  readonly #doubts = new Doubts();
  #state: LinkState;

  constructor({ members, region }: PoolOptions) {
    this.#region = region;
    this.#state = "connecting";
    this.members = members.map((make) =>
      make({
        changed: () => this.#changed(),
        lost: (routerIds) => this.#lost(routerIds),
      })
    );
    if (this.#isUp) this.#state = "up";
  }

  /** `up` while at least one of them is. */
  get state(): LinkState {
    return this.#state;
  }

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: Reply<M>,
  ): void {
    const special: Handler<M> | undefined = this.#special[method];
    if (special) return special(params, options, reply);
    this.#relay(method, params, options, reply);
  }

  #relay<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: Reply<M>,
  ): void {
    const home = this.#homes.get(routerOf(params));
    if (home) return home.link.call(method, params, options, reply);
    later(() => reply(nobodyHas));
  }

  subscribe(routerId: string, listener: EventListener): () => void {
    const listeners = this.#listeners.get(routerId) ?? new Set();
    this.#listeners.set(routerId, listeners.add(listener));
    const unsubscribe = this.#homes.get(routerId)?.link
      .subscribe(routerId, (event) => {
        if (event.event === "routerClosed") this.#forget(routerId);
        listener(event);
      });
    return () => {
      unsubscribe?.();
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(routerId);
    };
  }

  onState(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  close(): void {
    this.#state = "closed";
    for (const member of this.members) member.close();
  }

  get #isUp(): boolean {
    return this.members.some(({ isUp }) => isUp);
  }

  readonly #special: { readonly [M in SfuMethod]?: Handler<M> } = {
    createRouter: (params, options, reply) => {
      const member = place(this.members, this.#region);
      if (member === undefined) return later(() => reply(noneUp));
      member.place();
      member.link.call("createRouter", params, options, (answer) => {
        this.#settle(member, options, answer);
        if (!answer.ok) member.failed();
        reply(answer);
      });
    },
    closeRouter: (params, options, reply) => {
      const { routerId } = params;
      const home = this.#homes.get(routerId);
      if (!home) return later(() => reply({ ok: true, result: {} }));
      home.link.call("closeRouter", params, options, (answer) => {
        if (answer.ok) this.#forget(routerId);
        reply(answer);
      });
    },
    createWebRtcTransport: (params, options, reply) => {
      const { routerId } = params;
      this.#relay("createWebRtcTransport", params, options, (answer) => {
        if (answer.ok) this.#doubts.opened(routerId, answer.result.transportId);
        reply(answer);
      });
    },
    closeTransport: (params, options, reply) => {
      this.#doubts.closed(params.routerId, params.transportId);
      this.#relay("closeTransport", params, options, reply);
    },
    restartIce: (params, options, reply) => {
      this.#relay("restartIce", params, options, reply);
      this.#doubt(params);
    },
    /**
     * Whoever has the router is found by asking all of them, but for those that
     * are gone: with them it would be gone, too.
     */
    claimRouter: (params, options, reply) => {
      const members = this.members.filter(({ condition }) =>
        condition !== "gone"
      );
      if (members.length === 0) return later(() => reply(nobodyHas));
      const survey = new Survey<"claimRouter">(members.length, (answers) => {
        const isSure = answers.every((one) =>
          !one.ok && one.status === "NOT_FOUND"
        );
        reply(
          answers.find(({ ok }) => ok) ??
            failure(
              isSure ? "NOT_FOUND" : "UNAVAILABLE",
              "none has this router",
            ),
        );
      });
      for (const member of members) {
        member.link.call("claimRouter", params, options, (answer) => {
          this.#settle(member, options, answer);
          for (
            const { transportId } of answer.ok ? answer.result.transports : []
          ) {
            this.#doubts.opened(params.routerId, transportId);
          }
          survey.add(answer, answer.ok);
        });
      }
    },
    /** Of those that are up, all workers together. */
    getStatus: (params, options, reply) => {
      const up = this.members.filter(({ isUp }) => isUp);
      if (up.length === 0) return later(() => reply(noneUp));
      const survey = new Survey<"getStatus">(
        up.length,
        (answers) => reply(sumUp(answers)),
      );
      for (const { link } of up) {
        link.call(
          "getStatus",
          params,
          options,
          (answer) => survey.add(answer, false),
        );
      }
    },
  };

  /** Nothing comes to a client from there, and nothing to us. */
  #doubt({ routerId, transportId }: SfuParams<"restartIce">): void {
    const home = this.#homes.get(routerId);
    if (home?.isUp) return this.#doubts.dispel(routerId);
    if (!this.#doubts.add(routerId, transportId)) return;
    // Where there is no other, nothing is won.
    if (this.#isUp) home?.abandon(routerId);
  }

  /** Before the reply is heard: whoever hears it may subscribe at once. */
  #settle(
    member: Member,
    { epoch = 0 }: CallOptions,
    answer: LinkReply<SfuMethod>,
  ): void {
    if (!answer.ok || !("routerId" in answer.result)) return;
    const { routerId } = answer.result;
    this.#homes.set(routerId, member);
    member.add(routerId, epoch);
  }

  #forget(routerId: string): void {
    this.#homes.get(routerId)?.remove(routerId);
    this.#homes.delete(routerId);
    this.#doubts.forget(routerId);
  }

  #lost(routerIds: readonly string[]): void {
    for (const routerId of routerIds) {
      this.#homes.delete(routerId);
      this.#doubts.forget(routerId);
      const params = { routerId, cause: "leaseExpired" } as const;
      for (const listener of [...this.#listeners.get(routerId) ?? []]) {
        listener({ event: "routerClosed", params });
      }
    }
  }

  #changed(): void {
    if (this.#state === "closed") return;
    const state = this.#isUp ? "up" : "down";
    if (state === this.#state) return;
    if (state === "down" && this.#state === "connecting") return;
    this.#state = state;
    for (const listener of [...this.#stateListeners]) listener(state, false);
  }
}

const routerOf = (params: object): string =>
  "routerId" in params ? String(params.routerId) : "";

const failure = (status: RpcStatus, message: string) =>
  ({ ok: false, status, message }) as const;

const nobodyHas = failure("NOT_FOUND", "no sidecar has this router");
const noneUp = failure("UNAVAILABLE", "no sidecar is up");

/** No reply comes before its call has returned. */
const later = (run: () => void): void => queueMicrotask(run);

function sumUp(
  answers: readonly LinkReply<"getStatus">[],
): LinkReply<"getStatus"> {
  const given = answers.flatMap((one) => one.ok ? [one.result] : []);
  const [first] = given;
  if (first === undefined) return answers[0] ?? noneUp;
  return {
    ok: true,
    result: {
      mediasoup: first.mediasoup,
      workers: given.flatMap(({ workers }) => workers),
      routers: given.reduce((sum, { routers }) => sum + routers, 0),
    },
  };
}
