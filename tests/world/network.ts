/** What lies between the pages and the service: each page has its own way there. */
import type { Socket, SocketListener } from "../../rooms/connection.ts";
import { Lane, type Parcel, sizeOf } from "./lane.ts";
import { Random } from "./random.ts";
import { Process, type Timeline } from "./timeline.ts";

/** What a page hears of one of its sockets. */
export interface PageListener {
  opened(): void;
  received(text: string): void;
  closed(code: number): void;
}

/** Where sockets arrive. Undefined: there is no service. */
export interface Gate {
  readonly process: Process;
  accept(socket: Socket, room: string): SocketListener | undefined;
  /** A page says goodbye without its socket (GR4). */
  beacon(room: string, sessionId: string, secret: string): void;
}

export type Direction = "up" | "down" | "both";
/** Which ends learn that a socket is gone. */
export type Seen = "both" | "page" | "service" | "neither";

const ABNORMAL = 1006;
const LEFT = 1000;

/** One machine with a page on it, and its way to the service. */
export class Host {
  readonly name: string;
  readonly process: Process;
  readonly wires = new Set<Wire>();
  /** Since when a new socket gets through promptly. */
  goodSince = 0;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #gate: () => Gate;
  readonly #heldUntil = { up: 0, down: 0 };
  #refusesUntil = 0;
  #slow = { until: 0, ms: 0 };
  readonly #baseMs: number;

  constructor(
    name: string,
    seed: number,
    timeline: Timeline,
    gate: () => Gate,
  ) {
    this.name = name;
    this.process = new Process(name);
    this.#timeline = timeline;
    this.#random = new Random(`${seed} host ${name}`);
    this.#gate = gate;
    this.#baseMs = this.#random.int(1, 80);
  }

  connect(room: string, listener: PageListener): Wire {
    const { now } = this.#timeline;
    const wire = new Wire(this, this.#timeline, this.#random, this.#gate(), {
      room,
      listener,
      latency: () => this.#latency(),
    });
    this.wires.add(wire);
    for (const direction of sides("both")) {
      const until = this.#heldUntil[direction];
      if (now < until) wire.hold(direction, until);
    }
    if (now < this.#refusesUntil) wire.refuse();
    else wire.open();
    return wire;
  }

  /** Something said without a socket; nobody hears whether it has arrived. */
  post(arrive: (gate: Gate) => void): void {
    const { now } = this.#timeline;
    if (now < this.#heldUntil.up || now < this.#refusesUntil) return;
    const gate = this.#gate();
    this.#timeline.after(this.#latency(), () => arrive(gate), gate.process);
  }

  /** A dead router: nothing passes for a while, and no end is told. */
  cut(ms: number, direction: Direction): void {
    const until = this.#timeline.now + ms;
    for (const one of sides(direction)) {
      this.#heldUntil[one] = Math.max(this.#heldUntil[one], until);
      for (const wire of this.wires) wire.hold(one, until);
    }
    this.#isBadUntil(until);
  }

  /** The sockets of now are stuck, new ones are not. */
  stall(ms: number, direction: Direction): void {
    const until = this.#timeline.now + ms;
    for (const wire of this.wires) {
      for (const one of sides(direction)) wire.hold(one, until);
    }
  }

  /** The sockets of now are gone. */
  drop(seen: Seen): void {
    for (const wire of [...this.wires]) wire.drop(seen);
  }

  refuse(ms: number): void {
    this.#refusesUntil = Math.max(this.#refusesUntil, this.#timeline.now + ms);
    this.#isBadUntil(this.#refusesUntil);
  }

  slowDown(ms: number, latencyMs: number): void {
    this.#slow = { until: this.#timeline.now + ms, ms: latencyMs };
    this.#isBadUntil(this.#slow.until + latencyMs);
  }

  /** Neither the page nor the network can do much before then. */
  #isBadUntil(until: number): void {
    this.goodSince = Math.max(this.goodSince, until);
  }

  #latency(): number {
    const { until, ms } = this.#slow;
    const base = this.#timeline.now < until ? ms : this.#baseMs;
    return base + this.#random.wait(base / 5 + 2, 200);
  }
}

const sides = (direction: Direction): ("up" | "down")[] =>
  direction === "both" ? ["up", "down"] : [direction];

type WireOptions = {
  readonly room: string;
  readonly listener: PageListener;
  readonly latency: () => number;
};

/** One WebSocket with its two ends, which need not agree on whether it is open. */
export class Wire implements Socket {
  readonly #host: Host;
  readonly #gate: Gate;
  readonly #room: string;
  readonly #timeline: Timeline;
  readonly #lanes: { readonly up: Lane<Parcel>; readonly down: Lane<Parcel> };
  #page: PageListener | undefined;
  #service: SocketListener | undefined;

  constructor(
    host: Host,
    timeline: Timeline,
    random: Random,
    gate: Gate,
    { room, listener, latency }: WireOptions,
  ) {
    this.#host = host;
    this.#gate = gate;
    this.#room = room;
    this.#timeline = timeline;
    this.#page = listener;
    const common = { timeline, random, latency, sizeOf };
    this.#lanes = {
      up: new Lane({
        ...common,
        process: gate.process,
        arrive: (parcel) => this.#arriveUp(parcel),
      }),
      down: new Lane({
        ...common,
        process: host.process,
        arrive: (parcel) => this.#arriveDown(parcel),
      }),
    };
  }

  open(): void {
    this.#lanes.up.send({ type: "open" });
  }

  refuse(): void {
    this.#lanes.down.send({ type: "refused" });
  }

  hold(direction: "up" | "down", until: number): void {
    this.#lanes[direction].hold(until);
  }

  drop(seen: Seen): void {
    this.#lanes.up.die();
    this.#lanes.down.die();
    this.#host.wires.delete(this);
    const [host, gate] = [this.#host.process, this.#gate.process];
    if (seen === "both" || seen === "page") {
      this.#timeline.after(0, () => this.#closePage(ABNORMAL), host);
    }
    if (seen === "both" || seen === "service") {
      this.#timeline.after(0, () => this.#closeService(ABNORMAL), gate);
    }
  }

  /** The page is gone, and its machine says so for it. */
  abort(): void {
    this.#page = undefined;
    this.#lanes.up.send({ type: "reset" });
  }

  /** By the page. */
  say(text: string): void {
    if (this.#page) this.#lanes.up.send({ type: "text", text });
  }

  /** By the page, which hears nothing more of it. */
  hangUp(code: number): void {
    if (this.#page === undefined) return;
    this.#page = undefined;
    this.#lanes.up.send({ type: "close", code });
  }

  /** By the service, as all that follows. */
  send(text: string): void {
    if (this.#service) this.#lanes.down.send({ type: "text", text });
  }

  close(code: number): void {
    this.#lanes.down.send({ type: "close", code });
  }

  terminate(): void {
    this.#service = undefined;
    this.#lanes.down.send({ type: "reset" });
  }

  get bufferedAmount(): number {
    return this.#lanes.down.backlog;
  }

  #arriveUp(parcel: Parcel): void {
    switch (parcel.type) {
      case "open":
        this.#service = this.#gate.accept(this, this.#room);
        this.#lanes.down.send({ type: this.#service ? "opened" : "refused" });
        return;
      case "text":
        return this.#service?.received(parcel.text);
      case "close":
        return this.#closeService(parcel.code);
      case "reset":
        return this.#closeService(ABNORMAL);
    }
  }

  #arriveDown(parcel: Parcel): void {
    switch (parcel.type) {
      case "opened":
        return this.#page?.opened();
      case "text":
        return this.#page?.received(parcel.text);
      case "close":
        this.#lanes.up.send(parcel);
        return this.#closePage(parcel.code);
      case "refused":
      case "reset":
        return this.#closePage(ABNORMAL);
    }
  }

  #closePage(code: number): void {
    const page = this.#page;
    this.#page = undefined;
    page?.closed(code);
    if (this.#service === undefined) this.#forget();
  }

  #closeService(code: number): void {
    const service = this.#service;
    this.#service = undefined;
    service?.closed(code === LEFT);
    if (this.#page === undefined) this.#forget();
  }

  #forget(): void {
    this.#host.wires.delete(this);
  }
}
