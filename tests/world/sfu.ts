/** A sidecar some way off, which any number of processes use. */
import type { Call } from "../../rooms/core/effect.ts";
import type { LinkReply } from "../../sfu/link.ts";
import { methods, type SfuEvent, type SfuMethod } from "../../sfu/methods.ts";
import type { RpcStatus } from "../../sfu/rpc/status.ts";
import { failure, FakeSfu } from "../rooms/core/fake_sfu.ts";
import { Random } from "./random.ts";
import { SfuWay } from "./sfu_way.ts";
import type { Process, Timeline } from "./timeline.ts";

/** Who asks. */
type Caller = { readonly epoch: number; readonly way: SfuWay };

type TransportState = {
  readonly ice: "connected" | "completed" | "disconnected";
  readonly dtls: "connecting" | "connected" | "failed";
};

export type SfuOptions = {
  readonly timeline: Timeline;
  readonly seed: number;
  /** Is told of each call that has an effect in a router of that room. */
  readonly onEffect?: (
    room: string,
    routerId: string,
    caller: Caller,
  ) => void;
  /** Refuses owners of the past; missing: it does. */
  readonly isFencing?: boolean;
};

/** Milliseconds from a transport's connect to its DTLS, where all goes well. */
const DTLS_MS = 60;
/** Milliseconds that routers wait for a silent process, or another one. */
const LEASE_MS = 15_000;

export class Sfu {
  readonly fake = new FakeSfu();
  /** Producers that are paused. */
  readonly muted = new Set<string>();
  /** Calls in a router fail with this, undone. */
  failing: { until: number; status: RpcStatus } = {
    until: 0,
    status: "UNAVAILABLE",
  };
  /** Transports that connect before then never get there. */
  stuckUntil = 0;
  slow = { until: 0, ms: 0 };
  /** Each sidecar that takes the place of another one has a life of its own. */
  life = 1;
  readonly #timeline: Timeline;
  readonly #options: SfuOptions;
  readonly #random: Random;
  readonly #ways = new Set<SfuWay>();
  /** Transports that were connected, and those of them that got their DTLS. */
  readonly #shaking = new Set<string>();
  readonly #shaken = new Set<string>();
  /** Routers with the epochs and the processes that they obey. */
  readonly #owners = new Map<string, Caller>();
  /** Of routers, the rooms that they were made for. */
  readonly #rooms = new Map<string, string>();
  readonly #states = new Map<string, TransportState>();
  /** To be told after the answer that they follow. */
  #events: SfuEvent[] = [];

  constructor(options: SfuOptions) {
    this.#options = options;
    this.#timeline = options.timeline;
    this.#random = new Random(`${options.seed} sfu`);
  }

  connect(process: Process): SfuWay {
    const way = new SfuWay(this, this.#timeline, this.#random, process);
    this.#ways.add(way);
    return way;
  }

  /** Calls that are not answered. */
  get underWay(): number {
    let sum = 0;
    for (const way of this.#ways) sum += way.underWay;
    return sum;
  }

  /** Open transports whose handshake has not come to its end. */
  get stuck(): string[] {
    return [...this.#shaking].filter((id) =>
      this.fake.open.has(id) && !this.#shaken.has(id)
    );
  }

  /** Milliseconds, one way. */
  get baseMs(): number {
    const { until, ms } = this.slow;
    return this.#timeline.now < until ? ms : 1;
  }

  /** All links break, `fresh`: with the sidecar, and another one takes its place. */
  down(ms: number, fresh: boolean): void {
    if (fresh) {
      this.life++;
      this.forget();
    }
    for (const way of this.#ways) way.down(ms);
  }

  /** Its workers, with all routers; others take their place. */
  workersDie(): void {
    this.#lose([...this.fake.routers]);
  }

  /** All routers are gone, and nobody is told. */
  forget(): void {
    this.fake.routers.clear();
    this.fake.open.clear();
  }

  /** Whether who is away for so long has lost its routers by then. */
  expires(way: SfuWay, ms: number): boolean {
    if (ms < LEASE_MS) return false;
    this.#timeline.after(LEASE_MS, () => {
      if (ms === Infinity) this.#ways.delete(way);
      const owned = [...this.fake.routers].filter((id) =>
        this.#owners.get(id)?.way === way
      );
      for (const id of owned) this.fake.loseRouter(id);
    });
    return true;
  }

  /** Something closes by itself. */
  collapse(pick: number): void {
    const ids = [...this.fake.open.keys()]
      .filter((id) => !id.startsWith("transport-"));
    const id = ids[pick % Math.max(1, ids.length)];
    if (id !== undefined) this.#emit(this.fake.collapse(id));
  }

  /** A transport loses its way for a moment, or for good. */
  wobble(pick: number): void {
    const ids = [...this.fake.open.keys()]
      .filter((id) => this.#shaken.has(id));
    const id = ids[pick % Math.max(1, ids.length)];
    if (id === undefined) return;
    this.#transportState(id, "disconnected", "connected");
    if (pick % 2 === 0) {
      this.#timeline.after(
        1_000,
        () => this.#transportState(id, "connected", "connected"),
      );
    }
  }

  /** `later`: it is to be asked again. `emitAll` follows the answer. */
  perform(call: Call, caller: Caller): LinkReply<SfuMethod> | "later" {
    const { until, status } = this.failing;
    const isWhole = call.method.endsWith("Router");
    if (this.#timeline.now < until && !isWhole) {
      const isRetried = status === "UNAVAILABLE" &&
        methods[call.method].idempotent;
      return isRetried ? "later" : failure(status);
    }
    if (this.#isRefused(call, caller)) return failure("FAILED_PRECONDITION");
    const { reply, events } = this.fake.perform(call);
    this.#noteOwner(call, caller, reply);
    this.#noteStates(reply);
    this.#noteMuted(call, reply);
    this.#events.push(...events);
    if (call.method === "connectWebRtcTransport" && reply.ok) {
      this.#shakeHands(call.params.transportId);
    }
    return reply;
  }

  emitAll(): void {
    const events = this.#events;
    this.#events = [];
    this.#emit(events);
  }

  #lose(routers: readonly string[]): void {
    for (const id of routers) this.#emit([this.fake.loseRouter(id)]);
  }

  /** The past has no say: a later epoch has the router by now, or another owner. */
  #isRefused({ method, params }: Call, { epoch, way }: Caller): boolean {
    const { isFencing = true } = this.#options;
    if (!("routerId" in params) || method === "createRouter" || !isFencing) {
      return false;
    }
    const owner = this.#owners.get(params.routerId);
    if (owner === undefined || !this.fake.routers.has(params.routerId)) {
      return false;
    }
    if (epoch < owner.epoch) return true;
    if (way === owner.way) return false;
    return method !== "claimRouter" || epoch === owner.epoch;
  }

  #noteOwner(
    { method, params }: Call,
    caller: Caller,
    reply: LinkReply<SfuMethod>,
  ): void {
    if (!reply.ok) return;
    const isMade = method === "createRouter" || method === "claimRouter";
    const id = isMade && "routerId" in reply.result
      ? reply.result.routerId
      : "routerId" in params
      ? params.routerId
      : undefined;
    if (id === undefined) return;
    if (method === "createRouter") this.#rooms.set(id, params.label);
    this.#options.onEffect?.(this.#rooms.get(id) ?? "", id, caller);
    const former = this.#owners.get(id)?.way;
    const { isFencing = true } = this.#options;
    if (isMade && former !== caller.way && isFencing) {
      former?.hear({
        event: "routerClosed",
        params: { routerId: id, cause: "fenced" },
      });
    }
    if (isMade || former === caller.way) this.#owners.set(id, caller);
  }

  /** Dumps tell how transports are. */
  #noteStates(reply: LinkReply<SfuMethod>): void {
    if (!reply.ok || !("transports" in reply.result)) return;
    for (const transport of reply.result.transports) {
      Object.assign(transport, this.#states.get(transport.transportId));
    }
  }

  #noteMuted({ method, params }: Call, reply: LinkReply<SfuMethod>): void {
    if (!reply.ok) return;
    if (method === "produce" && "producerId" in reply.result) {
      if (params.paused) this.muted.add(reply.result.producerId);
    }
    if (method === "pauseProducer") this.muted.add(params.producerId);
    if (method === "resumeProducer") this.muted.delete(params.producerId);
  }

  #shakeHands(transportId: string): void {
    this.#transportState(transportId, "connected", "connecting");
    this.#shaking.add(transportId);
    if (this.#timeline.now < this.stuckUntil) return;
    this.#timeline.after(DTLS_MS + this.#random.wait(100), () => {
      this.#shaken.add(transportId);
      this.#transportState(transportId, "completed", "connected");
    });
  }

  /** What it sees of a transport changes. */
  #transportState(
    transportId: string,
    ice: TransportState["ice"],
    dtls: TransportState["dtls"],
  ): void {
    const thing = this.fake.open.get(transportId);
    if (thing === undefined) return;
    this.#states.set(transportId, { ice, dtls });
    const { routerId } = thing;
    this.#emit([{
      event: "transportState",
      params: { routerId, transportId, ice, dtls },
    }]);
  }

  #emit(events: readonly SfuEvent[]): void {
    for (const event of events) {
      this.#owners.get(event.params.routerId)?.way.hear(event);
    }
  }
}
