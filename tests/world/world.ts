/** People, their pages, the network, the service and its sidecar: one world. */
import type { ConnectionEffect } from "../../client/signaling/io.ts";
import { Policy } from "../../protocol/mod.ts";
import type { Backend, Fence } from "./backend.ts";
import { Calm } from "./calm.ts";
import { Cluster } from "./cluster/cluster.ts";
import { perform } from "./deeds.ts";
import { Journal, Violation } from "./journal.ts";
import { type Gate, Host } from "./network.ts";
import { type Accepted, Person } from "./person.ts";
import { isOfPage, type Plan } from "./plan.ts";
import { Referee, type Seat } from "./referee.ts";
import { Service } from "./service.ts";
import { Sessions } from "./sessions.ts";
import { Sfu, type SfuOptions } from "./sfu.ts";
import { Store } from "./store.ts";
import { Process, Timeline } from "./timeline.ts";
import { roomName } from "./toys.ts";

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
  /** Names. */
  readonly rooms: readonly string[];
  readonly sessions = new Sessions((error) => this.#fail(error));
  readonly people: Person[];
  /** Messages, since the last calm. */
  readonly accepted: Accepted[] = [];
  /** What people have seen, if it is wanted. */
  readonly record: Seen[] = [];
  failure: unknown;
  readonly #referees: ReadonlyMap<string, Referee>;
  readonly #isRecording: boolean;
  #onEffect: OnEffect = () => {};

  constructor(
    plan: Plan,
    { log = false, isRecording = false, without }: WorldOptions = {},
  ) {
    this.plan = plan;
    this.#isRecording = isRecording;
    this.policy = Policy.parse(plan.policy);
    const { timeline } = this;
    const { seed, cluster } = plan;
    this.journal = new Journal(log, () => this.elapsed);
    this.sfu = new Sfu({
      timeline,
      seed,
      isFencing: without !== "sfu",
      onEffect: (...effect) => this.#onEffect(...effect),
    });
    const count = cluster?.rooms ?? 1;
    this.rooms = Array.from({ length: count }, (_, index) => roomName(index));
    this.#referees = new Map(
      this.rooms.map((room) => [room, this.#referee(room)]),
    );
    this.service = this.#backend(without);
    this.people = Array.from(
      { length: plan.people },
      (_, index) => {
        const name = `p${index}`;
        return this.#person(name, name, roomName(index % count));
      },
    );
  }

  refereeOf(room: string): Referee {
    const referee = this.#referees.get(room);
    if (referee === undefined) throw new Error(`there is no room ${room}`);
    return referee;
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
    const { timeline, policy, sfu, journal, sessions } = this;
    const { seed, cluster } = this.plan;
    const common = { timeline, seed, policy, sfu, journal };
    if (cluster) {
      const backend = new Cluster({
        ...common,
        ...cluster,
        without,
        referees: this.#referees,
        sessions,
        fail: (error) => this.#fail(error),
      });
      this.#onEffect = (room, routerId, { epoch, way }) =>
        backend.ownersOf(room).called(routerId, epoch, way);
      return backend;
    }
    const process = new Process("service");
    const store = new Store(timeline, seed, process);
    const watcher = this.refereeOf(roomName(0));
    return new Service({ ...common, store, process, watcher });
  }

  #referee(room: string): Referee {
    const { policy, journal } = this;
    return new Referee({
      room,
      policy,
      journal,
      onEvicted: (seat, now) => this.#evicted(room, seat, now),
      mayForget: (seat) => this.#mayForget(room, seat),
      isForgiven: (latelyMs) => this.service.isForgiven(room, latelyMs),
      fail: (error) => this.#fail(error),
    });
  }

  #runUntil(time: number): Promise<void> {
    return this.timeline.runUntil(time, () => this.failure !== undefined);
  }

  /** Comes in from another machine, and goes for good. */
  addTwin({ identity, room }: Person, ms: number): void {
    const twin = this.#person(identity, `t${this.people.length}`, room);
    this.people.push(twin);
    twin.come();
    this.timeline.after(ms, () => twin.leave(Infinity), twin.host.process);
  }

  #person(identity: string, name: string, room: string): Person {
    const { timeline, journal, service, accepted, sessions } = this;
    const { seed, cluster } = this.plan;
    const host = new Host(name, seed, timeline, () => service.gate(name));
    // Goodbyes travel like everything else, and may get lost.
    const beacon = (...said: Parameters<Gate["beacon"]>) =>
      host.post((gate) => gate.beacon(...said));
    return new Person({
      identity,
      name,
      room,
      seed,
      timeline,
      journal,
      host,
      accepted,
      hasManyClocks: cluster !== undefined,
      beacon,
      onFrame: (room, text) => sessions.heard(room, text),
      onOver: ({ room, sessionId, isMoved }, ending) => {
        if (isMoved || service.isUnwatched(room)) return;
        this.refereeOf(room).toldOver(sessionId, ending);
      },
      record: (seen) => {
        if (this.#isRecording) {
          this.record.push({ at: this.elapsed, who: name, seen });
        }
      },
    });
  }

  /** Nobody falls out by accident: there was no way back in time. */
  #evicted(room: string, seat: Seat, roomNow: number): void {
    const person = this.people.find(({ stay }) => stay?.sessionId === seat.id);
    if (person?.tab === undefined || person.stay === undefined) return;
    const { host, stay } = person;
    if (stay.isMoved) return;
    if (host.process.asleepUntil > this.timeline.now - RETURN_MS) return;
    // Before the answer to its join it does not know of a session to go on with.
    const { now } = this.timeline;
    const good = Math.min(
      now - Math.max(host.goodSince, stay.since),
      roomNow - seat.heard.to,
    );
    if (good < RETURN_MS || !this.service.wasOpen(room, RETURN_MS)) return;
    this.#fail(
      new Violation(
        "GR2",
        `${seat.id} had ${good} ms to come back, and has not`,
      ),
    );
  }

  /** Nobody was told of a session, or too early. */
  #mayForget(room: string, { id }: Seat): boolean {
    const isKnown = this.people.some(({ stay }) => stay?.sessionId === id);
    return !isKnown || this.service.isForgiven(room);
  }

  #fail(error: unknown): void {
    this.failure ??= error;
  }
}
