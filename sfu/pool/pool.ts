/**
 * Several sidecars as one: new rooms go where there is room for them, and
 * whatever is asked of a router goes to the sidecar that has it. What dies with
 * a sidecar is told to each room as the loss of its router.
 *
 * @module
 */
import type { CallOptions, LinkReply, LinkState, SfuLink } from "../link.ts";
import type { SfuMethod, SfuParams } from "../methods.ts";
import type { Clock } from "../../clock.ts";
import { claim } from "./claim.ts";
import type { Member, MemberListener } from "./member.ts";
import type { Failure } from "./pipe.ts";
import { hasRoom, place } from "./placement.ts";
import { merged, nobodyHas } from "./replies.ts";
import { type EventListener, PooledRouter } from "./router.ts";
import { type Reply, survey } from "./survey.ts";

type StateListener = (state: "up" | "down", fresh: boolean) => void;

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
  readonly clock: Clock;
  readonly log: (message: string) => void;
};

export class SfuPool implements SfuLink {
  readonly members: readonly Member[];
  readonly #region: string | undefined;
  readonly #clock: Clock;
  readonly #log: (message: string) => void;
  readonly #routers = new Map<string, PooledRouter>();
  readonly #stateListeners = new Set<StateListener>();
  #state: LinkState;

  constructor({ members, region, clock, log }: PoolOptions) {
    this.#region = region;
    this.#clock = clock;
    this.#log = log;
    this.#state = "connecting";
    this.members = members.map((make) => {
      const member = make({
        changed: () => this.#changed(),
        lost: (routerIds) => {
          for (const id of routerIds) this.#routers.get(id)?.lostWith(member);
        },
      });
      return member;
    });
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
    const router = this.#routers.get(routerOf(params));
    if (router) return router.call(method, params, options, reply);
    later(() => reply(nobodyHas));
  }

  subscribe(routerId: string, listener: EventListener): () => void {
    return this.#routers.get(routerId)?.subscribe(listener) ?? (() => {});
  }

  onState(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  close(): void {
    this.#state = "closed";
    for (const router of [...this.#routers.values()]) router.leave();
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
        if (answer.ok) this.#add(answer.result.routerId, options, [member]);
        else member.failed();
        reply(answer);
      });
    },

    closeRouter: (params, options, reply) => {
      const router = this.#routers.get(params.routerId);
      if (router) return router.call("closeRouter", params, options, reply);
      later(() => reply({ ok: true, result: {} }));
    },

    claimRouter: ({ routerId }, options, reply) => {
      const there = this.members.filter(({ condition }) =>
        condition !== "gone"
      );
      claim(there, routerId, options, (found) => {
        if (found.state !== "found") {
          return reply(found.state === "gone" ? nobodyHas : unclear);
        }
        const { parts } = found;
        this.#add(routerId, options, [...parts.keys()]).take(parts);
        const dumps = [...parts.values()];
        reply(merged(dumps.map((result) => ({ ok: true, result }))));
      });
    },

    /** Of those that are up, all workers together. */
    getStatus: (params, options, reply) => {
      const up = this.members.filter(({ isUp }) => isUp);
      survey(
        up,
        ({ link }, told: Reply<"getStatus">) =>
          link.call("getStatus", params, options, told),
        (answers) => reply(sumUp(up, answers)),
      );
    },
  };

  /** Before the reply is heard: whoever hears it may subscribe at once. */
  #add(
    routerId: string,
    { epoch = 0 }: CallOptions,
    members: readonly Member[],
  ): PooledRouter {
    this.#routers.get(routerId)?.leave();
    const router = new PooledRouter(routerId, epoch, members, {
      isAlone: this.members.length === 1,
      candidateFor: (router) => this.#candidateFor(router),
      forget: (router) => {
        if (this.#routers.get(routerId) === router) {
          this.#routers.delete(routerId);
        }
      },
      clock: this.#clock,
      log: this.#log,
    });
    this.#routers.set(routerId, router);
    return router;
  }

  #candidateFor({ id, members }: PooledRouter): Member | undefined {
    const others = this.members.filter((member) =>
      !members.includes(member) && !member.isClosing(id) && hasRoom(member)
    );
    return place(others, members[0]?.region ?? this.#region);
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

const unclear: Failure = {
  ok: false,
  status: "UNAVAILABLE",
  message: "a sidecar that may have this router does not give it",
};
const noneUp: Failure = {
  ok: false,
  status: "UNAVAILABLE",
  message: "no sidecar is up",
};

/** No reply comes before its call has returned. */
const later = (run: () => void): void => queueMicrotask(run);

/** Workers of two machines may have the same process id. */
function sumUp(
  asked: readonly Member[],
  answers: readonly LinkReply<"getStatus">[],
): LinkReply<"getStatus"> {
  const given = answers.flatMap((one, index) =>
    one.ok ? [{ ...one.result, sidecar: asked[index]?.name }] : []
  );
  const [first] = given;
  if (first === undefined) return answers[0] ?? noneUp;
  return {
    ok: true,
    result: {
      mediasoup: first.mediasoup,
      workers: given.flatMap(({ workers, sidecar }) =>
        workers.map((worker) => ({ ...worker, ...(sidecar && { sidecar }) }))
      ),
      routers: given.reduce((sum, { routers }) => sum + routers, 0),
    },
  };
}
