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
type Answer<M extends SfuMethod> = (params: SfuParams<M>) => SfuResult<M>;

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
    const status = this.#refuse(method, params, epoch);
    if (status) return { ok: false, status, message: "no" };
    const result = this.#results[method] as Answer<SfuMethod> | undefined;
    return { ok: true, result: result?.(params as SfuParams<SfuMethod>) ?? {} };
  }

  /** In the order in which a sidecar looks. */
  #refuse(
    method: SfuMethod,
    params: object,
    epoch: number,
  ): RpcStatus | undefined {
    if (this.state !== "up") return "UNAVAILABLE";
    if (this.isRefusing) return "RESOURCE_EXHAUSTED";
    const failing = this.failing.get(method);
    if (failing) return failing;
    if (!("routerId" in params)) return;
    const routerId = String(params.routerId);
    if (!this.routers.has(routerId)) return "NOT_FOUND";
    const newest = this.#epochs.get(routerId) ?? 0;
    if (epoch < newest) return "FAILED_PRECONDITION";
    this.#epochs.set(routerId, epoch);
    if (method !== "createWebRtcTransport" || !("expected" in params)) return;
    if (this.isOld) return "INVALID_ARGUMENT";
    if (this.isCrowded) return "RESOURCE_EXHAUSTED";
  }

  readonly #results: { readonly [M in SfuMethod]?: Answer<M> } = {
    getStatus: () => this.#status(),
    createRouter: ({ partOf }) => {
      const routerId = partOf ?? `${this.#name}-${++this.#count}`;
      this.routers.add(routerId);
      return { routerId, rtpCapabilities: { codecs: this.codecs } };
    },
    closeRouter: ({ routerId }) => {
      this.routers.delete(routerId);
      return {};
    },
    claimRouter: ({ routerId }) => this.#dump(routerId),
    dumpRouter: ({ routerId }) => this.#dump(routerId),
    describeRouter: () => ({
      label: "room",
      mediaCodecs: [],
      audioLevelIntervalMs: 300,
      rtpCapabilities: { codecs: this.codecs },
    }),
    createPipeTransport: () => ({ ip: "127.0.0.1", port: 1 + this.#count }),
    pipeProducer: () => ({
      kind: "audio",
      rtpParameters: { codecs: [] },
      paused: false,
    }),
    createWebRtcTransport: () => ({
      transportId: this.#id("transport"),
      iceParameters: { usernameFragment: "u", password: "p" },
      iceCandidates: [],
      dtlsParameters: { fingerprints: [] },
    }),
    produce: () => ({ producerId: this.#id("producer"), type: "simple" }),
    consume: () => ({
      consumerId: this.#id("consumer"),
      kind: "audio",
      type: "simple",
      rtpParameters: { codecs: [] },
      producerPaused: false,
    }),
  };

  #id(kind: string): string {
    return `${this.#name}-${kind}-${++this.#count}`;
  }

  #dump(routerId: string): SfuResult<"claimRouter"> {
    const dump = this.dumps.get(routerId);
    return { routerId, rtpCapabilities: {}, transports: [], ...dump };
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
