/** The link of one process to the sidecar. */
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
import { failure } from "../rooms/core/fake_sfu.ts";
import { Random } from "./random.ts";
import type { Sfu } from "./sfu.ts";
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
};

/** Milliseconds until a link that broke is there again, at least. */
const RECONNECT_MS = 200;
/** Milliseconds until an idempotent call that was refused is made again. */
const RETRY_MS = 300;

export class SfuWay implements SfuLink {
  state: LinkState = "up";
  readonly #sfu: Sfu;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #process: Process;
  readonly #listeners = new Map<string, Set<(event: SfuEvent) => void>>();
  readonly #stateListeners = new Set<StateListener>();
  readonly #waiting = new Set<Waiting>();
  /** What happens while the link is down is told when it is up again. */
  #untold: SfuEvent[] = [];
  #isDead = false;
  /** Of the sidecar that knows it. */
  #life: number;
  #lastArrival = 0;
  #calls = 0;

  constructor(sfu: Sfu, timeline: Timeline, random: Random, process: Process) {
    this.#sfu = sfu;
    this.#timeline = timeline;
    this.#random = random;
    this.#process = process;
    this.#life = sfu.life;
  }

  /** Calls that are not answered. */
  get underWay(): number {
    return this.#waiting.size;
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
    };
    this.#waiting.add(waiting);
    if (this.state === "up") this.#send(waiting, this.#latency());
    else this.#lose(waiting);
  }

  subscribe(
    routerId: string,
    listener: (event: SfuEvent) => void,
  ): () => void {
    const listeners = this.#listeners.get(routerId) ?? new Set();
    this.#listeners.set(routerId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      if (this.#listeners.get(routerId) === listeners) {
        this.#listeners.delete(routerId);
      }
    };
  }

  onState(listener: StateListener): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  close(): void {
    this.state = "closed";
  }

  /** It breaks for a while; where that is longer than the lease, it is forgotten. */
  down(ms: number): void {
    if (this.state !== "up") return;
    this.state = "down";
    for (const waiting of this.#waiting) this.#lose(waiting);
    this.#tell(() => this.#turn("down", false));
    const wait = Math.max(ms, RECONNECT_MS);
    const isForgotten = this.#sfu.expires(this, wait);
    this.#timeline.after(wait, () => this.#up(isForgotten));
  }

  /**
   * The process that it belonged to is gone. What was asked is done or not, and
   * nobody hears of it; media flows on.
   */
  die(): void {
    this.#isDead = true;
    for (const waiting of this.#waiting) {
      if (waiting.isDone || this.#random.chance(0.5)) {
        this.#waiting.delete(waiting);
      }
    }
    this.#listeners.clear();
    this.#stateListeners.clear();
    this.#sfu.expires(this, Infinity);
  }

  /** By the sidecar. */
  hear(event: SfuEvent): void {
    if (this.#isDead) return;
    if (this.state === "up") this.#pass(event);
    else this.#untold.push(event);
  }

  #up(isForgotten: boolean): void {
    if (this.#isDead) return;
    const fresh = isForgotten || this.#life !== this.#sfu.life;
    this.#life = this.#sfu.life;
    this.state = "up";
    this.#tell(() => this.#turn("up", fresh));
    const untold = this.#untold;
    this.#untold = [];
    if (!fresh) { for (const event of untold) this.#pass(event); }
    for (const waiting of this.#waiting) {
      if (!waiting.isDone) this.#send(waiting, this.#latency());
    }
  }

  #pass(event: SfuEvent): void {
    this.#tell(() => {
      const listeners = this.#listeners.get(event.params.routerId) ?? [];
      for (const listener of [...listeners]) listener(event);
    });
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
    const { call, epoch } = waiting;
    if (!this.#waiting.has(waiting) || waiting.isDone) return;
    if (this.state !== "up") return;
    const reply = this.#sfu.perform(call, { epoch, way: this });
    if (reply === "later") return this.#send(waiting, RETRY_MS);
    this.#answer(waiting, reply);
    this.#sfu.emitAll();
  }

  #answer(waiting: Waiting, reply: LinkReply<SfuMethod>): void {
    waiting.isDone = true;
    const { attempt } = waiting;
    if (this.#isDead) return void this.#waiting.delete(waiting);
    this.#tell(() => {
      if (waiting.attempt !== attempt) return;
      if (this.#waiting.delete(waiting)) waiting.reply(reply);
    });
  }

  /** Replies and events arrive in the order in which they were sent. */
  #tell(run: () => void): void {
    const arrival = this.#timeline.now + this.#latency();
    this.#lastArrival = Math.max(this.#lastArrival, arrival);
    this.#timeline.at(this.#lastArrival, run, this.#process);
  }

  #turn(state: "up" | "down", fresh: boolean): void {
    for (const listener of [...this.#stateListeners]) listener(state, fresh);
    this.#timeline.settles();
  }

  #latency(): number {
    return this.#sfu.baseMs + this.#random.wait(2, 20);
  }
}
