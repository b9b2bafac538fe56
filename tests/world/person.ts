/** Somebody who wants to be in the room, and comes back when thrown out. */
import assert from "node:assert/strict";
import type { Ending } from "../../client/signaling/ending.ts";
import type { ConnectionEffect } from "../../client/signaling/io.ts";
import type { JoinResult, ResumeResult } from "../../protocol/mod.ts";
import { App } from "./app.ts";
import { type Journal, Violation } from "./journal.ts";
import { IncidentBook } from "./incident_book.ts";
import type { Host } from "./network.ts";
import { Random } from "./random.ts";
import { Replica } from "./replica.ts";
import { type Final, Tab, type TabListener, type TabOptions } from "./tab.ts";
import type { Timeline } from "./timeline.ts";

export type PersonOptions = {
  readonly identity: string;
  /** Differs where one person has two pages. */
  readonly name: string;
  /** The first one. */
  readonly room: string;
  readonly seed: number;
  readonly timeline: Timeline;
  readonly journal: Journal;
  readonly host: Host;
  readonly accepted: Accepted[];
  /** Whether the room's times may be by the clocks of many processes. */
  readonly hasManyClocks: boolean;
  readonly beacon: TabOptions["beacon"];
  readonly onFrame: TabOptions["onFrame"];
  readonly record: (effect: ConnectionEffect) => void;
  readonly onOver: (stay: Stay, ending: Ending) => void;
};

/** A message that the service has taken. */
export type Accepted = {
  readonly room: string;
  /** Session ids. Undefined: to all others. */
  readonly from: string;
  readonly to: string | undefined;
  readonly body: string;
  readonly askedAt: number;
};

/** How signaling stands, as the app is told. */
type Health = "healthy" | "suspected" | "lost";

/** One stay in the room, as a page sees it. */
export type Stay = {
  readonly sessionId: string;
  readonly room: string;
  readonly replica: Replica;
  readonly app: App;
  readonly since: number;
  /** Of the last event. */
  seq: number;
  /** Whether a snapshot has taken the place of events. */
  hasJumped: boolean;
  health: Health;
  /** Whether the service has said that it goes. */
  isWarned: boolean;
  /** Whether somebody has sent it to another room. */
  isMoved: boolean;
  /** Messages by what they say: their numbers, and the epochs they came under. */
  readonly heard: Map<string, { number: number | undefined; epoch: number }>;
  epoch: number;
};

const EVENT = /^\{"jsonrpc":"2\.0","method":"(\w+)","params":\{"seq":(\d+)/;

/** Milliseconds after which people try again. */
const PATIENCE_MS = 3_000;

export class Person implements TabListener {
  readonly identity: string;
  readonly host: Host;
  incidents: IncidentBook;
  tab: Tab | undefined;
  stay: Stay | undefined;
  /** Where it goes. */
  room: string;
  /** Out of the room by own wish until then. */
  outUntil = 0;
  readonly #options: PersonOptions;
  readonly #random: Random;
  #tabs = 0;
  #messages = 0;

  constructor(options: PersonOptions) {
    this.#options = options;
    this.identity = options.identity;
    this.host = options.host;
    this.room = options.room;
    this.#random = new Random(`${options.seed} person ${options.name}`);
    this.incidents = this.#watchIncidents();
  }

  /** Opens a page, if there is none. */
  come(): void {
    const { timeline } = this.#options;
    if (this.tab !== undefined || timeline.now < this.outUntil) return;
    const { room } = this;
    const name = `${this.#options.name}.${++this.#tabs}`;
    const rejoin = this.#random.chance(0.5);
    const options = { ...this.#options, room, rejoin };
    this.incidents = this.#watchIncidents();
    this.tab = new Tab(name, options, this);
    this.tab.start();
  }

  /** Comes (back) after a while. */
  comeIn(ms: number): void {
    if (ms === Infinity) return;
    const { timeline, host } = this.#options;
    timeline.after(ms, () => this.come(), host.process);
  }

  leave(backAfterMs: number): void {
    this.outUntil = this.#options.timeline.now + backAfterMs;
    if (this.tab === undefined) this.comeIn(backAfterMs);
    else this.tab.leave();
  }

  /** The page goes, and is back at once under the same name. */
  reload(): void {
    const { tab } = this;
    if (tab === undefined) return;
    tab.abandon();
    this.comeIn(this.#random.int(50, 1_500));
  }

  crash(withMachine: boolean, backAfterMs: number): void {
    this.tab?.crash(withMachine);
    this.#gone();
    this.outUntil = this.#options.timeline.now + backAfterMs;
    this.comeIn(backAfterMs);
  }

  say(to: string | undefined, size = 0): void {
    const { tab, stay } = this;
    if (tab === undefined || stay === undefined) return;
    const { timeline, accepted } = this.#options;
    const from = stay.sessionId;
    const body = `${from} ${++this.#messages}`;
    const padded = body.padEnd(size, ".");
    const params = { topic: "chat", body: padded };
    const askedAt = timeline.now;
    tab.ask("sendMessage", to ? { ...params, to: [to] } : params, (outcome) => {
      // What was asked for in an outage may be said by the session after it.
      const { sessionId, room } = this.stay ?? stay;
      if (!outcome.ok) return;
      accepted.push({ room, from: sessionId, to, body: padded, askedAt });
    });
  }

  rename(): void {
    const name = `${this.identity} ${this.#random.int(1, 1_000)}`;
    this.tab?.ask("updateMetadata", { name, metadata: { name } }, () => {});
  }

  over(effect: Final): void {
    this.#options.record(effect);
    if (effect.type === "ended" && this.stay) {
      this.#options.onOver(this.stay, effect.ending);
    }
    this.incidents.log.end("left");
    this.incidents.check();
    this.#gone();
    const { now } = this.#options.timeline;
    this.comeIn(
      Math.max(this.outUntil - now, this.#random.int(500, PATIENCE_MS)),
    );
  }

  effect(effect: ConnectionEffect): void {
    this.#options.record(effect);
    switch (effect.type) {
      case "joined":
        return this.#joined(effect.result);
      case "rejoined":
        this.#expect("rejoined", "lost");
        this.incidents.log.rejoined();
        this.#joined(effect.result);
        return this.incidents.log.fine("signaling");
      case "suspected":
        this.#expect("suspected", "healthy");
        this.incidents.begin(effect);
        return this.#turn("suspected");
      case "spoke":
        this.#expect("spoke", "suspected");
        this.#turn("healthy");
        return this.incidents.log.fine("signaling");
      case "lost":
        this.#expect("lost", "healthy", "suspected");
        this.incidents.begin(effect);
        return this.#turn("lost");
      case "move":
        this.room = effect.room;
        this.#stay().isMoved = true;
        return;
      case "resumed":
        this.#expectReturn();
        this.#resumed(effect.result);
        return this.incidents.log.fine("signaling");
      case "hint":
        if (effect.hint.name === "goingAway") this.#stay().isWarned = true;
        return;
      case "step":
        return this.incidents.log.step(effect.step, effect.detail);
      case "event":
        return this.#event(effect);
    }
  }

  #joined(result: JoinResult): void {
    const { tab, stay } = this;
    if (tab === undefined) throw new Error("nobody has joined");
    stay?.app.over();
    const { sessionId, participants, seq } = result;
    const replica = new Replica(sessionId, participants);
    const { timeline, host, hasManyClocks } = this.#options;
    if (hasManyClocks) replica.ownerChanged();
    const after = (ms: number, run: () => void) =>
      void timeline.after(ms, run, host.process);
    const app = new App(
      (method, params, answered) => tab.ask(method, params, answered),
      replica,
      after,
    );
    // A new stay begins with what was published in the one before.
    for (const [key, wanted] of stay?.app.wanted ?? []) {
      app.wanted.set(key, wanted);
    }
    this.stay = {
      sessionId,
      room: this.room,
      replica,
      app,
      since: timeline.now,
      seq,
      hasJumped: false,
      health: "healthy",
      isWarned: false,
      isMoved: false,
      heard: new Map(),
      epoch: result.epoch,
    };
    app.work();
  }

  #resumed(result: ResumeResult): void {
    const stay = this.#stay();
    const { snapshot, seq, epoch } = result;
    const isCrashed = epoch !== stay.epoch;
    if (isCrashed) stay.replica.ownerChanged();
    stay.epoch = epoch;
    // The old socket may have told more since the client has asked.
    assert.ok(snapshot || seq <= stay.seq, "events are missing (RS1)");
    if (snapshot) {
      assert.ok(
        seq >= stay.seq,
        `${seq} was the number of another event (HO4)`,
      );
      const { now } = this.#options.timeline;
      stay.replica.become(snapshot.participants, now);
      stay.seq = seq;
      stay.hasJumped = true;
    }
    stay.health = "healthy";
    stay.app.resumed(result, isCrashed);
  }

  #event({ event }: ConnectionEffect & { type: "event" }): void {
    const stay = this.#stay();
    const { tab } = this;
    const [, name, number] = EVENT.exec(tab?.lastFrame ?? "") ?? [];
    const seq = Number(number);
    assert.equal(name, event.name, "the event of another frame");
    assert.equal(seq, stay.seq + 1, `${name} came out of order (RS1)`);
    stay.seq = seq;
    if (event.name === "message") {
      const { number, body } = event.params;
      this.#heard(String(body), number);
    }
    stay.replica.apply(event.name, event.params);
    if (event.name !== "sessionEnded") stay.app.event(event.name, event.params);
  }

  /** Another process may tell it again, by its number; the SDK knows it (HO4). */
  #heard(body: string, number: number | undefined): void {
    const { heard, epoch } = this.#stay();
    const known = heard.get(body);
    heard.set(body, { number, epoch });
    if (known === undefined) return;
    const isTold = known.number === number && known.epoch !== epoch;
    assert.ok(isTold, `message ${body} came twice (RS6)`);
  }

  #watchIncidents(): IncidentBook {
    const { timeline } = this.#options;
    return new IncidentBook(timeline, (report) => {
      if (this.stay?.health !== "healthy") return;
      this.tab?.ask("reportRecovery", report, () => {});
    });
  }

  #stay(): Stay {
    return this.stay ?? assert.fail("nobody has joined");
  }

  /** Of a service that has said that it goes, only a late return is told (HO6). */
  #expectReturn(): void {
    const stay = this.#stay();
    if (!stay.isWarned) this.#expect("resumed", "suspected", "lost");
    stay.isWarned = false;
  }

  #expect(event: string, ...before: Health[]): void {
    const { health } = this.#stay();
    if (before.includes(health)) return;
    throw new Violation("SDK", `${event} while ${health}`);
  }

  #turn(health: Health): void {
    this.#stay().health = health;
  }

  #gone(): void {
    this.stay?.app.over();
    this.tab = undefined;
    this.stay = undefined;
  }
}
