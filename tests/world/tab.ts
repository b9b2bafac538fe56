/** A page with the real connection core in it, and a shell that does as it says. */
import { errors, type Method, type Params } from "../../protocol/mod.ts";
import { backoff } from "../../client/retry.ts";
import { Connection } from "../../client/signaling/connection.ts";
import type {
  ConnectionEffect,
  ConnectionEvent,
  NetworkHint,
  SocketId,
} from "../../client/signaling/io.ts";
import {
  type Outcome,
  REQUEST_TIMEOUT_MS,
} from "../../client/signaling/requests.ts";
import { type Journal, Violation } from "./journal.ts";
import type { Host, Wire } from "./network.ts";
import { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";
import { tokenFor } from "./toys.ts";

/** The last effect of a connection. */
export type Final = ConnectionEffect & { type: "refused" | "ended" };

/** What the page is about hears of its stay. */
export interface TabListener {
  effect(effect: ConnectionEffect): void;
  /** The page has nothing more to do. */
  over(effect: Final): void;
}

export type TabOptions = {
  readonly timeline: Timeline;
  readonly journal: Journal;
  readonly host: Host;
  readonly identity: string;
  readonly room: string;
  readonly seed: number | string;
  readonly rejoin: boolean;
  readonly beacon: (room: string, sessionId: string, secret: string) => void;
  /** A frame has arrived, on a socket to that room. */
  readonly onFrame: (room: string, text: string) => void;
};

type Asked = {
  readonly answered: (outcome: Outcome) => void;
  /** By the clock of the page. */
  readonly at: number;
};

/** In the refusal of a first message. */
const RETRY_AFTER = /^\{"jsonrpc":"2\.0","id":1,"error":.*"retryAfterMs":(\d+)/;
const JOIN_TIMEOUT_MS = 15_000;
const GIVE_UP_AFTER_MS = 60_000;
/** At the same time. */
const MAX_TICKS = 3;
/** Timers of hidden pages run on whole seconds. */
const HIDDEN_TIMER_MS = 1_000;

export class Tab {
  readonly name: string;
  /** Whether timers run late. */
  isHidden = false;
  /** What came in last: effects do not tell which number their event has. */
  lastFrame = "";
  readonly #options: TabOptions;
  readonly #listener: TabListener;
  readonly #connection: Connection;
  readonly #random: Random;
  readonly #sockets = new Map<SocketId, Wire>();
  readonly #calls = new Map<number, Asked>();
  /** Wait here while others are done: what hears of one may ask for more. */
  readonly #effects: ConnectionEffect[] = [];
  /** What the clock of the page is behind that of the world. */
  #shift: number;
  #lastCall = 0;
  /** When somebody was there to answer, since the last outage. */
  #connectedAt = -Infinity;
  /** The service wants no attempt before. */
  #notBefore = -Infinity;
  /** To which its next socket goes. */
  #room: string;
  #isBusy = false;
  #ticks = { at: 0, count: 0 };
  #state: "open" | "over" | "dead" = "open";
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(name: string, options: TabOptions, listener: TabListener) {
    this.name = name;
    this.#options = options;
    this.#listener = listener;
    this.#room = options.room;
    const random = new Random(`${options.seed} tab ${name}`);
    this.#random = random;
    this.#shift = options.timeline.now - random.int(0, 5_000);
    this.#connection = new Connection({
      join: () => ({ name }),
      timeoutMs: JOIN_TIMEOUT_MS,
      giveUpAfterMs: GIVE_UP_AFTER_MS,
      rejoin: options.rejoin,
      retry: backoff(() => random.next()),
    });
  }

  get isOver(): boolean {
    return this.#state !== "open";
  }

  start(): void {
    this.handle({ type: "start" });
  }

  ask<M extends Method>(
    method: M,
    params: Params<M>,
    answered: (outcome: Outcome) => void,
  ): void {
    const call = ++this.#lastCall;
    this.#calls.set(call, { answered, at: this.#now });
    this.handle({ type: "request", call, method, params });
  }

  hint(hint: NetworkHint): void {
    this.handle({ type: "hint", hint });
  }

  leave(): void {
    this.handle({ type: "leave" });
  }

  /** The page goes; what it says while it goes may get through. */
  abandon(): void {
    this.handle({ type: "abandon" });
  }

  /** The page is gone without a word, with its machine or alone. */
  crash(withMachine: boolean): void {
    this.#state = "dead";
    this.#timer?.cancel();
    for (const wire of this.#sockets.values()) {
      if (withMachine) wire.drop("neither");
      else wire.abort();
    }
    this.#sockets.clear();
  }

  /** The machine sleeps; on some, clocks do too. */
  sleep(ms: number, withClock: boolean): void {
    const { timeline, host } = this.#options;
    host.process.sleepUntil(timeline.now + ms);
    if (withClock) this.#shift += ms;
    timeline.after(ms, () => this.hint("thawed"), host.process);
  }

  handle(event: ConnectionEvent): void {
    if (this.#state === "dead") return;
    const { journal } = this.#options;
    const effects = this.#connection.handle(event, this.#now);
    journal.note(this.name, () => `<- ${brief(event)}`);
    for (const effect of effects) {
      journal.note(this.name, () => `   ${brief(effect)}`);
    }
    this.#effects.push(...effects);
    if (!this.#isBusy) this.#doAll();
    this.#setTimer();
  }

  #doAll(): void {
    this.#isBusy = true;
    try {
      for (let effect; (effect = this.#effects.shift());) this.#do(effect);
    } finally {
      this.#isBusy = false;
    }
    if (this.#state === "over" && this.#calls.size > 0) {
      throw new Violation("RS6", `${this.#calls.size} calls are not answered`);
    }
  }

  /** By the clock of the page. */
  get #now(): number {
    return this.#options.timeline.now - this.#shift;
  }

  #do(effect: ConnectionEffect): void {
    // What was asked after the end is answered after it.
    if (this.#state === "over" && effect.type !== "replied") {
      throw new Violation("SDK", `${effect.type} came after the end`);
    }
    switch (effect.type) {
      case "authorize":
        return this.#authorize();
      case "open":
        return this.#open(effect.socket);
      case "send":
        return this.#sockets.get(effect.socket)?.say(effect.text);
      case "close":
        this.#sockets.get(effect.socket)?.hangUp(effect.code);
        this.#sockets.delete(effect.socket);
        return;
      case "replied":
        return this.#replied(effect.call, effect.outcome);
      case "farewell":
        return this.#options.beacon(
          this.#room,
          effect.sessionId,
          effect.secret,
        );
      case "move":
        this.#room = effect.room;
        return this.#listener.effect(effect);
      case "refused":
      case "ended":
        return this.#end(effect);
      case "resumed":
        this.#connectedAt = this.#now;
        return this.#listener.effect(effect);
      default:
        return this.#listener.effect(effect);
    }
  }

  #authorize(): void {
    const { timeline, host, identity } = this.#options;
    const token = tokenFor(identity, this.#room);
    timeline.after(
      this.#random.wait(5, 50),
      () => this.handle({ type: "authorized", token }),
      host.process,
    );
  }

  #open(socket: SocketId): void {
    const { host, onFrame } = this.#options;
    const room = this.#room;
    if (this.#now < this.#notBefore) {
      throw new Violation("RS10", "an attempt came too early");
    }
    const wire = host.connect(room, {
      opened: () => this.handle({ type: "opened", socket }),
      received: (text) => {
        onFrame(room, text);
        this.#received(socket, text);
      },
      closed: (code) => {
        this.#sockets.delete(socket);
        this.handle({ type: "closed", socket, code });
      },
    });
    this.#sockets.set(socket, wire);
  }

  #received(socket: SocketId, text: string): void {
    this.lastFrame = text;
    const retryAfterMs = RETRY_AFTER.exec(text)?.[1];
    if (retryAfterMs !== undefined) {
      this.#notBefore = this.#now + Number(retryAfterMs);
    }
    this.handle({ type: "received", socket, text });
  }

  #replied(call: number, outcome: Outcome): void {
    const asked = this.#calls.get(call);
    if (asked === undefined) {
      throw new Violation("RS6", `the app was answered ${call} twice`);
    }
    this.#calls.delete(call);
    const since = Math.max(asked.at, this.#connectedAt);
    const isTimeout = !outcome.ok &&
      outcome.error.code === errors.requestTimeout.code;
    if (isTimeout && this.#now < since + REQUEST_TIMEOUT_MS) {
      throw new Violation("RS6", `${call} was given no time for its answer`);
    }
    asked.answered(outcome);
  }

  #end(effect: Final): void {
    this.#state = "over";
    this.#timer?.cancel();
    if (this.#sockets.size > 0) throw new Violation("SDK", "a socket is left");
    this.#listener.over(effect);
  }

  #setTimer(): void {
    if (this.#state !== "open") return;
    const { deadline } = this.#connection;
    if (this.#timer?.at === deadline) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (deadline === Infinity) return;
    const { timeline, host } = this.#options;
    const due = Math.ceil(deadline) + this.#shift;
    const late = this.isHidden ? HIDDEN_TIMER_MS - due % HIDDEN_TIMER_MS : 0;
    const cancel = timeline.at(due + late, () => this.#tick(), host.process);
    this.#timer = { at: deadline, cancel };
  }

  #tick(): void {
    this.#timer = undefined;
    this.handle({ type: "tick" });
    // What became due by a tick may want another one, and no more.
    const { now } = this.#options.timeline;
    const count = this.#ticks.at === now ? this.#ticks.count + 1 : 1;
    this.#ticks = { at: now, count };
    if (count > MAX_TICKS) {
      throw new Violation("SDK", "the deadline stays in the past");
    }
  }
}

const LONGEST_LINE = 220;

/** One line that a person can read. */
function brief(thing: ConnectionEvent | ConnectionEffect): string {
  const { type, ...rest } = thing;
  const text = "text" in rest ? ` ${rest.text}` : "";
  const fields = Object.entries(rest).filter(([name]) => name !== "text");
  const line = fields.map(([name, value]) =>
    ` ${name}=${JSON.stringify(value)}`
  )
    .join("");
  return `${type}${line}${text}`.slice(0, LONGEST_LINE);
}
