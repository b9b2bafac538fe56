/** People, their pages, the network, the service and its sidecar: one world. */
import type { ConnectionEffect } from "../../client/signaling/io.ts";
import { Policy } from "../../protocol/mod.ts";
import type { Backend } from "./backend.ts";
import { Calm } from "./calm.ts";
import { Cluster } from "./cluster/cluster.ts";
import { perform } from "./deeds.ts";
import { Journal, Violation } from "./journal.ts";
import { Host } from "./network.ts";
import { type Accepted, Person } from "./person.ts";
import { isOfPage, type Plan } from "./plan.ts";
import { Referee, type Seat } from "./referee.ts";
import { Service } from "./service.ts";
import { Sfu, type SfuOptions } from "./sfu.ts";
import { Store } from "./store.ts";
import { Process, Timeline } from "./timeline.ts";

/** Milliseconds since 1970. */
const START = 1_000_000_000;
/**
 * Milliseconds of a usable network in which a client must have come back: an
 * attempt that hangs, the wait for the next one, and its way there and back.
 */
const RETURN_MS = 9_000;
type OnEffect = NonNullable<SfuOptions["onEffect"]>;

export type Result = {
  readonly plan: Plan;
  readonly failure: unknown;
  /** Of the failure, in milliseconds since the beginning. */
  readonly failedAt: number | undefined;
  readonly journal: Journal;
  /** How much has happened. */
  readonly steps: number;
};

/** What a world may be without, to see that it is missed. */
export type Fence = "sfu" | "redis";

export type WorldOptions = {
  readonly log?: boolean;
  readonly isRecording?: boolean;
  readonly without?: Fence | undefined;
};

/** What the SDK told an app. */
export type Seen = {
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly who: string;
  readonly seen: ConnectionEffect;
};

export class World {
  readonly plan: Plan;
  readonly policy: Policy;
  readonly timeline = new Timeline(START);
  readonly journal: Journal;
  readonly sfu: Sfu;
  readonly service: Backend;
  readonly referee: Referee;
  readonly people: Person[];
  /** Messages, since the last calm. */
  readonly accepted: Accepted[] = [];
  /** What people have seen, if it is wanted. */
  readonly record: Seen[] = [];
  failure: unknown;
  readonly #isRecording: boolean;
  #onEffect: OnEffect = () => {};

  constructor(
    plan: Plan,
    { log = false, isRecording = false, without }: WorldOptions = {},
  ) {
    this.plan = plan;
    this.#isRecording = isRecording;
    this.policy = Policy.parse(plan.policy);
    const { timeline, policy } = this;
    const { seed } = plan;
    this.journal = new Journal(log, () => this.elapsed);
    const { journal } = this;
    this.sfu = new Sfu({
      timeline,
      seed,
      isFencing: without !== "sfu",
      onEffect: (...effect) => this.#onEffect(...effect),
    });
    this.referee = new Referee({
      policy,
      journal,
      onEvicted: (seat, now) => this.#evicted(seat, now),
      mayForget: (seat) => this.#mayForget(seat),
      isForgiven: () => this.service.isForgiven(),
      fail: (error) => this.#fail(error),
    });
    this.service = this.#backend(without);
    this.people = Array.from(
      { length: plan.people },
      (_, index) => this.#person(`p${index}`, `p${index}`),
    );
  }

  /** Since the beginning. */
  get elapsed(): number {
    return this.timeline.now - START;
  }

  /** Lets everybody in, and then happen what is planned. */
  async run(): Promise<Result> {
    const { plan, timeline } = this;
    this.people.forEach((person, index) => person.comeIn(index * 200));
    for (const act of plan.acts) {
      const who = isOfPage(act) ? this.people[act.who] : undefined;
      timeline.at(START + act.at, () => {
        // Nobody does anything at a machine that sleeps.
        if (timeline.now > START + act.at) return;
        this.journal.note("world", () => JSON.stringify(act));
        perform(this, act);
      }, who?.host.process);
    }
    let failedAt: number | undefined;
    try {
      for (const calm of plan.calms) {
        await this.#runUntil(START + calm);
        if (this.failure === undefined) new Calm(this).check();
      }
      await this.#runUntil(START + plan.length);
    } catch (error) {
      this.#fail(error);
    }
    if (this.failure !== undefined) failedAt = this.elapsed;
    const { failure, journal } = this;
    return { plan, failure, failedAt, journal, steps: timeline.steps };
  }

  #backend(without: Fence | undefined): Backend {
    const { timeline, policy, sfu, journal, referee } = this;
    const { seed, cluster } = this.plan;
    const common = { timeline, seed, policy, sfu, journal };
    if (cluster) {
      const backend = new Cluster({
        ...common,
        ...cluster,
        isFencing: without !== "redis",
        referee,
        fail: (error) => this.#fail(error),
      });
      this.#onEffect = (routerId, { epoch, way }) =>
        backend.owners.called(routerId, epoch, way);
      return backend;
    }
    const process = new Process("service");
    const store = new Store(timeline, seed, process);
    return new Service({ ...common, store, process, watcher: referee });
  }

  #runUntil(time: number): Promise<void> {
    return this.timeline.runUntil(time, () => this.failure !== undefined);
  }

  /** Comes in from another machine, and goes for good. */
  addTwin(identity: string, ms: number): void {
    const twin = this.#person(identity, `t${this.people.length}`);
    this.people.push(twin);
    twin.come();
    this.timeline.after(ms, () => twin.leave(Infinity), twin.host.process);
  }

  #person(identity: string, name: string): Person {
    const { timeline, journal, service, accepted } = this;
    const { seed } = this.plan;
    const host = new Host(name, seed, timeline, () => service.gate(name));
    // Goodbyes travel like everything else, and may get lost.
    const beacon = (sessionId: string, secret: string) =>
      host.post((gate) => gate.beacon(sessionId, secret));
    return new Person({
      identity,
      name,
      seed,
      timeline,
      journal,
      host,
      accepted,
      hasManyClocks: this.plan.cluster !== undefined,
      beacon,
      onOver: (sessionId, ending) => this.referee.toldOver(sessionId, ending),
      record: (seen) => {
        if (this.#isRecording) {
          this.record.push({ at: this.elapsed, who: name, seen });
        }
      },
    });
  }

  /** Nobody falls out by accident: there was no way back in time. */
  #evicted(seat: Seat, roomNow: number): void {
    const person = this.people.find(({ stay }) => stay?.sessionId === seat.id);
    if (person?.tab === undefined || person.stay === undefined) return;
    const { host, stay } = person;
    if (host.process.asleepUntil > this.timeline.now - RETURN_MS) return;
    // Before the answer to its join it does not know of a session to go on with.
    const { now } = this.timeline;
    const good = Math.min(
      now - Math.max(host.goodSince, stay.since),
      roomNow - seat.heard.to,
    );
    if (good < RETURN_MS || !this.service.wasOpen(RETURN_MS)) return;
    this.#fail(
      new Violation(
        "GR2",
        `${seat.id} had ${good} ms to come back, and has not`,
      ),
    );
  }

  /** Nobody was told of a session, or too early. */
  #mayForget({ id }: Seat): boolean {
    const isKnown = this.people.some(({ stay }) => stay?.sessionId === id);
    return !isKnown || this.service.isForgiven();
  }

  #fail(error: unknown): void {
    this.failure ??= error;
  }
}
