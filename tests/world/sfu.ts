/** A sidecar some way off, and the link to it. */
import type { Call } from "../../rooms/core/effect.ts";
import type {
  CallOptions,
  LinkReply,
  LinkState,
  SfuLink,
} from "../../sfu/link.ts";
import {
  methods,
  type SfuEvent,
  type SfuMethod,
  type SfuParams,
} from "../../sfu/methods.ts";
import type { RpcStatus } from "../../sfu/rpc/status.ts";
import { failure, FakeSfu } from "../rooms/core/fake_sfu.ts";
import { Random } from "./random.ts";
import type { Process, Timeline } from "./timeline.ts";

type StateListener = (state: "up" | "down", fresh: boolean) => void;
type Waiting = {
  readonly call: Call;
  readonly reply: (reply: LinkReply<SfuMethod>) => void;
  /** What it was asked is done, and the answer on its way. */
  isDone: boolean;
  /** Answers to earlier ones were lost with the link. */
  attempt: number;
  readonly epoch: number;
  /** Of the service's processes, the one that asked. */
  readonly owner: number;
};

type TransportState = {
  readonly ice: "connected" | "completed" | "disconnected";
  readonly dtls: "connecting" | "connected" | "failed";
};

/** Milliseconds from a transport's connect to its DTLS, where all goes well. */
const DTLS_MS = 60;
/** Milliseconds until a link that broke is there again, at least. */
const RECONNECT_MS = 200;
/** Milliseconds until an idempotent call that was refused is made again. */
const RETRY_MS = 300;
/** Milliseconds that routers wait for another process to claim them. */
const LEASE_MS = 15_000;

export class Sfu implements SfuLink {
  state: LinkState = "up";
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
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #process: Process;
  readonly #listeners = new Map<string, (event: SfuEvent) => void>();
  readonly #stateListeners = new Set<StateListener>();
  readonly #waiting = new Set<Waiting>();
  /** Transports that were connected, and those of them that got their DTLS. */
  readonly #shaking = new Set<string>();
  readonly #shaken = new Set<string>();
  /** Routers with the epochs and the processes that they obey. */
  readonly #owners = new Map<string, { epoch: number; owner: number }>();
  readonly #states = new Map<string, TransportState>();
  #owner = 0;
  #lastArrival = 0;
  #calls = 0;

  constructor(timeline: Timeline, seed: number, process: Process) {
    this.#timeline = timeline;
    this.#random = new Random(`${seed} sfu`);
    this.#process = process;
  }

  /** Calls that are not answered. */
  get underWay(): number {
    return this.#waiting.size;
  }

  /** Open transports whose handshake has not come to its end. */
  get stuck(): string[] {
    return [...this.#shaking].filter((id) =>
      this.fake.open.has(id) && !this.#shaken.has(id)
    );
  }

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    { epoch = 0 }: CallOptions,
    reply: (reply: LinkReply<M>) => void,
  ): void {
    const call = { type: "call", call: ++this.#calls, method, params } as Call;
    const waiting: Waiting = {
      call,
      reply: (given) => reply(given as LinkReply<M>),
      isDone: false,
      attempt: 0,
      epoch,
      owner: this.#owner,
    };
    this.#waiting.add(waiting);
    if (this.state === "up") this.#send(waiting, this.#latency());
    else this.#lose(waiting);
  }

  subscribe(
    routerId: string,
    listener: (event: SfuEvent) => void,
  ): () => void {
    this.#listeners.set(routerId, listener);
    return () => this.#listeners.delete(routerId);
  }

  onState(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  close(): void {
    this.state = "closed";
  }

  /** The link breaks; `fresh`: with the sidecar, and another one takes its place. */
  down(ms: number, fresh: boolean): void {
    if (this.state !== "up") return;
    if (fresh) this.forget();
    this.state = "down";
    for (const waiting of this.#waiting) {
      if (waiting.owner === this.#owner) this.#lose(waiting);
      else this.#waiting.delete(waiting);
    }
    this.#tell(() => this.#turn("down", false));
    this.#timeline.after(Math.max(ms, RECONNECT_MS), () => {
      this.state = "up";
      this.#tell(() => this.#turn("up", fresh));
      for (const waiting of this.#waiting) {
        if (!waiting.isDone) this.#send(waiting, this.#latency());
      }
    });
  }

  /** Its workers, with all routers; others take their place. */
  workersDie(): void {
    if (this.state !== "up") return;
    for (const routerId of [...this.fake.routers]) {
      this.#emit([this.fake.loseRouter(routerId)]);
    }
  }

  /** All routers are gone, and nobody is told. */
  forget(): void {
    this.fake.routers.clear();
    this.fake.open.clear();
  }

  /**
   * The process that it belonged to is gone, and another one begins anew. What
   * was asked is done or not, and nobody hears of it; media flows on.
   */
  abandoned(): void {
    this.#owner++;
    for (const waiting of this.#waiting) {
      if (waiting.isDone || this.#random.chance(0.5)) {
        this.#waiting.delete(waiting);
      }
    }
    this.#listeners.clear();
    this.#stateListeners.clear();
    this.#timeline.after(LEASE_MS, () => this.#endLeases());
  }

  #endLeases(): void {
    for (const routerId of [...this.fake.routers]) {
      if (this.#owners.get(routerId)?.owner === this.#owner) continue;
      this.fake.loseRouter(routerId);
    }
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

  #send(waiting: Waiting, delay: number): void {
    const { attempt } = waiting;
    this.#timeline.after(delay, () => {
      if (waiting.attempt === attempt) this.#perform(waiting);
    });
  }

  /** What is idempotent is done, maybe again, when the link is up again. */
  #lose(waiting: Waiting): void {
    const { method } = waiting.call;
    // No way is known yet to find a router again of which nobody has heard.
    if (method === "createRouter" && waiting.isDone) return;
    waiting.attempt++;
    waiting.isDone = false;
    if (methods[method].idempotent) return;
    this.#answer(waiting, failure("UNAVAILABLE"));
  }

  #perform(waiting: Waiting): void {
    const { call } = waiting;
    if (!this.#waiting.has(waiting) || waiting.isDone) return;
    if (this.state !== "up") return;
    const { until, status } = this.failing;
    const isWhole = call.method.endsWith("Router");
    if (this.#timeline.now < until && !isWhole) {
      const isRetried = status === "UNAVAILABLE" &&
        methods[call.method].idempotent;
      if (isRetried) return this.#send(waiting, RETRY_MS);
      return this.#answer(waiting, failure(status));
    }
    if (this.#isFenced(waiting)) {
      return this.#answer(waiting, failure("FAILED_PRECONDITION"));
    }
    const { reply, events } = this.fake.perform(call);
    this.#noteOwner(waiting, reply);
    this.#noteStates(reply);
    this.#noteMuted(call, reply);
    this.#answer(waiting, reply);
    this.#emit(events);
    if (call.method === "connectWebRtcTransport" && reply.ok) {
      this.#shakeHands(call.params.transportId);
    }
  }

  /** The past has no say: a later epoch has the router by now. */
  #isFenced({ call: { params }, epoch }: Waiting): boolean {
    if (!("routerId" in params)) return false;
    return epoch < (this.#owners.get(params.routerId)?.epoch ?? 0);
  }

  #noteOwner({ call, epoch, owner }: Waiting, reply: LinkReply<SfuMethod>) {
    const { method } = call;
    if (method !== "createRouter" && method !== "claimRouter") return;
    if (!reply.ok || !("routerId" in reply.result)) return;
    this.#owners.set(reply.result.routerId, { epoch, owner });
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

  #answer(waiting: Waiting, reply: LinkReply<SfuMethod>): void {
    waiting.isDone = true;
    const { attempt } = waiting;
    if (waiting.owner !== this.#owner) {
      return void this.#waiting.delete(waiting);
    }
    this.#tell(() => {
      if (waiting.attempt !== attempt) return;
      if (this.#waiting.delete(waiting)) waiting.reply(reply);
    });
  }

  #emit(events: SfuEvent[]): void {
    for (const event of events) {
      this.#tell(() => this.#listeners.get(event.params.routerId)?.(event));
    }
  }

  /** Replies and events arrive in the order in which they were sent. */
  #tell(run: () => void): void {
    const arrival = this.#timeline.now + this.#latency();
    this.#lastArrival = Math.max(this.#lastArrival, arrival);
    this.#timeline.at(this.#lastArrival, run, this.#process);
  }

  #turn(state: "up" | "down", fresh: boolean): void {
    for (const listener of [...this.#stateListeners]) listener(state, fresh);
  }

  #latency(): number {
    const { until, ms } = this.slow;
    const base = this.#timeline.now < until ? ms : 1;
    return base + this.#random.wait(2, 20);
  }
}
