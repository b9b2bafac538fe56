/** A pool of sidecars that the test plays. */
import assert from "node:assert/strict";
import type {
  CallOptions,
  LinkReply,
  LinkState,
  SfuLink,
} from "../../../sfu/link.ts";
import type {
  SfuEvent,
  SfuMethod,
  SfuParams,
  SfuResult,
} from "../../../sfu/methods.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import { Member } from "../../../sfu/pool/member.ts";
import { SfuPool } from "../../../sfu/pool/pool.ts";
import { ManualClock } from "../rpc/_clock.ts";

export const LEASE_MS = 30_000;

type StateListener = (state: "up" | "down", fresh: boolean) => void;
type EventListener = (event: SfuEvent) => void;

/** A sidecar that answers at once, and what it was asked. */
export class PlayedLink implements SfuLink {
  state: LinkState = "up";
  busy = 0;
  /** Milliseconds until it says how it is. */
  delayMs = 0;
  isRefusing = false;
  /** Whether there is room for nobody else in any of its rooms. */
  isCrowded = false;
  codecs: NonNullable<SfuResult<"createRouter">["rtpCapabilities"]["codecs"]> =
    [];
  /** Whether it knows nothing of several. */
  isOld = false;
  /** What it never answers. */
  readonly deaf = new Set<SfuMethod>();
  /** What it fails with. */
  readonly failing = new Map<SfuMethod, RpcStatus>();
  /** What it answers a claim, beside the router's name. */
  readonly dumps = new Map<string, Partial<SfuResult<"claimRouter">>>();
  readonly routers = new Set<string>();
  /** Of each router, the newest that was shown. */
  readonly #epochs = new Map<string, number>();
  readonly asked: {
    method: SfuMethod;
    epoch: number | undefined;
    params: object;
  }[] = [];
  readonly #name: string;
  readonly #clock: ManualClock;
  readonly #stateListeners = new Set<StateListener>();
  readonly #listeners = new Map<string, EventListener>();
  #count = 0;

  constructor(name: string, clock: ManualClock) {
    this.#name = name;
    this.#clock = clock;
  }

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    { epoch = 0 }: CallOptions,
    reply: (reply: LinkReply<M>) => void,
  ): void {
    if (method !== "getStatus") this.asked.push({ method, epoch, params });
    if (this.deaf.has(method)) return;
    const wait = method === "getStatus" ? this.delayMs : 0;
    this.#clock.after(wait, () => {
      reply(this.#answer(method, params, epoch) as LinkReply<M>);
    });
  }

  #answer(
    method: SfuMethod,
    params: object,
    epoch: number,
  ): LinkReply<SfuMethod> {
    const routerId = "routerId" in params ? String(params.routerId) : "";
    const status = this.state !== "up"
      ? "UNAVAILABLE"
      : this.isRefusing
      ? "RESOURCE_EXHAUSTED"
      : "NOT_FOUND";
    const failure = { ok: false, status, message: "no" } as const;
    if (status !== "NOT_FOUND") return failure;
    const failing = this.failing.get(method);
    if (failing) return { ...failure, status: failing };
    if (method === "getStatus") return ok(this.#status());
    if (method === "createRouter") {
      const { partOf }: { partOf?: string } = params;
      const id = partOf ?? `${this.#name}-${++this.#count}`;
      this.routers.add(id);
      return ok({
        routerId: id,
        rtpCapabilities: { codecs: this.codecs },
      });
    }
    if (!this.routers.has(routerId)) return failure;
    const newest = this.#epochs.get(routerId) ?? 0;
    if (epoch < newest) return { ...failure, status: "FAILED_PRECONDITION" };
    this.#epochs.set(routerId, epoch);
    if (method === "closeRouter") this.routers.delete(routerId);
    if (method === "describeRouter") {
      return ok({
        label: "room",
        mediaCodecs: [],
        audioLevelIntervalMs: 300,
        rtpCapabilities: { codecs: this.codecs },
      });
    }
    if (method === "createPipeTransport") {
      return ok({ ip: "127.0.0.1", port: 1 + this.#count });
    }
    if (method === "pipeProducer") {
      const rtpParameters = { codecs: [] };
      return ok({ kind: "audio", rtpParameters, paused: false });
    }
    if (method === "produce") {
      const producerId = `${this.#name}-producer-${++this.#count}`;
      return ok({ producerId, type: "simple" });
    }
    if (method === "consume") {
      return ok({
        consumerId: `${this.#name}-consumer-${++this.#count}`,
        kind: "audio",
        type: "simple",
        rtpParameters: { codecs: [] },
        producerPaused: false,
      });
    }
    if (method === "createWebRtcTransport") {
      if ("expected" in params && this.isOld) {
        return { ...failure, status: "INVALID_ARGUMENT" };
      }
      if ("expected" in params && this.isCrowded) {
        return { ...failure, status: "RESOURCE_EXHAUSTED" };
      }
      const transportId = `${this.#name}-transport-${++this.#count}`;
      return ok({
        transportId,
        iceParameters: { usernameFragment: "u", password: "p" },
        iceCandidates: [],
        dtlsParameters: { fingerprints: [] },
      });
    }
    if (method !== "claimRouter" && method !== "dumpRouter") return ok({});
    const dump = this.dumps.get(routerId);
    return ok({ routerId, rtpCapabilities: {}, transports: [], ...dump });
  }

  #status(): SfuResult<"getStatus"> {
    const routers = this.routers.size;
    const worker = { pid: 1, routers, transports: 0, consumers: 0 };
    const workers = [{ ...worker, load: this.busy }];
    return { mediasoup: "3", workers, routers };
  }

  subscribe(routerId: string, listener: EventListener): () => void {
    this.#listeners.set(routerId, listener);
    return () => this.#listeners.delete(routerId);
  }

  emit(event: SfuEvent): void {
    this.#listeners.get(event.params.routerId)?.(event);
  }

  onState(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  up(fresh: boolean): void {
    if (fresh) this.routers.clear();
    this.state = "up";
    for (const listener of this.#stateListeners) listener("up", fresh);
  }

  down(): void {
    this.state = "down";
    for (const listener of this.#stateListeners) listener("down", false);
  }

  close(): void {
    this.state = "closed";
  }
}

/** More than anything takes. */
const ROUNDS = 60;

const ok = (result: SfuResult<SfuMethod>): LinkReply<SfuMethod> => ({
  ok: true,
  result,
});

export class Stage {
  readonly clock = new ManualClock();
  readonly links: Record<string, PlayedLink> = {};
  readonly members: Record<string, Member> = {};
  readonly pool: SfuPool;
  readonly states: string[] = [];
  readonly logged: string[] = [];
  /** What was told of routers. */
  readonly told: string[] = [];

  /** Names are of the shape `eu-1`: the region comes first. */
  constructor(names: readonly string[], region?: string) {
    const members = names.map((name) => {
      const link = this.links[name] = new PlayedLink(name, this.clock);
      return (listener: ConstructorParameters<typeof Member>[1]) =>
        this.members[name] = new Member({
          name,
          region: name.split("-")[0],
          link,
          clock: this.clock,
          leaseMs: LEASE_MS,
          log: (message) => this.logged.push(message),
        }, listener);
    });
    this.pool = new SfuPool({
      members,
      region,
      clock: this.clock,
      log: (message) => this.logged.push(message),
    });
    this.pool.onState((state, fresh) =>
      this.states.push(`${state}${fresh ? " fresh" : ""}`)
    );
    this.clock.advance(0);
  }

  link(name: string): PlayedLink {
    return this.links[name] ?? assert.fail(`there is no ${name}`);
  }

  member(name: string): Member {
    return this.members[name] ?? assert.fail(`there is no ${name}`);
  }

  async call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    epoch = 7,
  ): Promise<LinkReply<M>> {
    const { promise, resolve } = Promise.withResolvers<LinkReply<M>>();
    this.pool.call(method, params, { epoch }, resolve);
    await this.settle();
    return await promise;
  }

  /** All that is asked is answered, and what follows from it. */
  async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      this.clock.advance(0);
      await Promise.resolve();
    }
  }

  /** A room that makes another router when it loses its own. */
  async room(): Promise<string> {
    const reply = await this.call("createRouter", { label: "room" });
    assert.ok(reply.ok, "no router");
    const { routerId } = reply.result;
    this.hear(routerId);
    return routerId;
  }

  hear(routerId: string): void {
    this.pool.subscribe(routerId, ({ event, params }) => {
      const id = "transportId" in params ? params.transportId : routerId;
      this.told.push(`${event} ${id}`);
    });
  }
}
