import type {
  Advice,
  Direction,
  MediaEffect,
  MediaEvent,
} from "../../../../client/media/recovery/io.ts";
import { MediaRecovery } from "../../../../client/media/recovery/media_recovery.ts";
import type { MediaRecoveryOptions } from "../../../../client/media/recovery/plane.ts";

type Type = MediaEffect["type"];
type Of<T extends Type> = Extract<MediaEffect, { type: T }>;

/** Milliseconds between packets that flow, STUN answers on a quiet pair, pings. */
const PACKET_MS = 50;
const ANSWER_MS = 2_600;
const PING_MS = 1_000;

/** One transport's way to the media server, and what has come over it. */
export class Way {
  id: string;
  isUp = true;
  /** Whether RTP or RTCP come; STUN answers do as long as it is up. */
  hasMedia = true;
  isExpected = true;
  /** Undefined when ICE has none any more. */
  pair: number | undefined = 1;
  /** Over pairs that are not selected, by their names. */
  readonly others = new Map<string, { packets: number; answers: number }>();
  packets = 0;
  answers = 0;
  readonly frames = new Map<string, number>();
  /** Videos that go on when packets do. */
  readonly moving = new Set<string>();

  constructor(id: string) {
    this.id = id;
  }

  /** One millisecond goes by. */
  pass(now: number, isSuspended: boolean): void {
    if (!this.isUp) return;
    if (this.hasMedia && !isSuspended && now % PACKET_MS === 0) {
      this.packets++;
      for (const video of this.moving) {
        this.frames.set(video, (this.frames.get(video) ?? 0) + 1);
      }
    }
    // Browsers ask more often when nothing else comes.
    const interval = this.hasMedia && !isSuspended ? ANSWER_MS : PACKET_MS;
    if (now % interval === 0) this.answers++;
  }
}

/**
 * A network, a service and a browser around a `MediaRecovery`, on a clock of
 * their own. What it wants to know or to have done is answered at once, as far
 * as the test does not take that over.
 */
export class World {
  readonly recovery: MediaRecovery;
  readonly log: (MediaEffect & { readonly at: number })[] = [];
  readonly ways: Record<Direction, Way>;
  now = 10_000;
  signalingHeardAt = 10_000;
  isSignalingUp = true;
  isSuspended = false;
  /** Take the place of the answers to what the recovery asks for. */
  onRestart: (ids: readonly string[]) => MediaEvent | undefined = () => ({
    type: "restarted",
    gone: [],
  });
  onRecreate: (effect: Of<"recreate">) => void = (effect) =>
    this.recreate(effect);
  restartsUnderWay = 0;
  #recreationsUnderWay: Of<"recreate">[] = [];
  #lastId = 0;

  constructor(options: Partial<MediaRecoveryOptions> = {}) {
    this.recovery = new MediaRecovery({
      disconnectedTimeoutMs: 0,
      recreateAlways: false,
      reopenTimeoutMs: () => 10_000,
      random: () => 1,
      signalingHeardAt: () => this.signalingHeardAt,
      ...options,
    });
    this.ways = { send: new Way("send-0"), recv: new Way("recv-0") };
  }

  /** Both ways are open, and have been for a while. */
  static flowing(options: Partial<MediaRecoveryOptions> = {}): World {
    const world = new World(options);
    world.ways.recv.moving.add("bob camera");
    world.open("send");
    world.open("recv");
    world.run(5_000);
    world.log.length = 0;
    return world;
  }

  open(direction: Direction): void {
    const { id } = this.ways[direction];
    this.handle({ type: "opened", direction, id });
    this.connection(direction, "connecting");
    this.connection(direction, "connected");
  }

  connection(direction: Direction, state: RTCPeerConnectionState): void {
    const { id } = this.ways[direction];
    this.handle({ type: "connection", id, state });
  }

  /** Media only. */
  cut(): void {
    for (const way of Object.values(this.ways)) way.isUp = false;
  }

  mend(): void {
    for (const way of Object.values(this.ways)) way.isUp = true;
  }

  resumed(advice: Partial<Record<Direction, Advice>> = {}): void {
    const { send, recv } = this.ways;
    this.isSignalingUp = true;
    this.signalingHeardAt = this.now;
    this.handle({
      type: "resumed",
      advice: new Map([
        [send.id, advice.send ?? "alive"],
        [recv.id, advice.recv ?? "alive"],
      ]),
    });
  }

  /** Signaling is silent until it is suspected and lost, as the SDK does it. */
  loseSignaling(): void {
    this.isSignalingUp = false;
    this.run(2_000);
    this.handle({ type: "suspected" });
    this.run(2_000);
    this.handle({ type: "lost" });
  }

  /** Makes another transport in place of the one that is there. */
  recreate({ direction, number }: Of<"recreate">): void {
    const old = this.ways[direction];
    const way = new Way(`${direction}-${++this.#lastId}`);
    way.isUp = old.isUp;
    way.hasMedia = old.hasMedia;
    way.isExpected = old.isExpected;
    for (const video of old.moving) way.moving.add(video);
    this.ways[direction] = way;
    this.handle({ type: "opened", direction, id: way.id });
    this.handle({ type: "recreated", direction, number, isIdle: false });
    if (way.isUp) this.connection(direction, "connected");
  }

  /** What was asked for, and not answered when it was. */
  answerAll(): void {
    if (this.restartsUnderWay > 0) this.handle({ type: "restarted", gone: [] });
    for (const effect of this.#recreationsUnderWay) this.recreate(effect);
  }

  handle(event: MediaEvent): void {
    this.#note(event);
    const effects = this.recovery.handle(event, this.now);
    // All before any is answered, which brings about the next ones.
    for (const effect of effects) {
      if (effect.type !== "sample") this.log.push({ ...effect, at: this.now });
    }
    for (const effect of effects) this.#do(effect);
  }

  run(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now++;
      if (this.isSignalingUp && this.now % PING_MS === 0) {
        this.signalingHeardAt = this.now;
      }
      this.ways.send.pass(this.now, this.isSuspended);
      this.ways.recv.pass(this.now, false);
      if (this.now >= this.recovery.deadline) this.handle({ type: "tick" });
    }
  }

  of<T extends Type>(type: T): (Of<T> & { readonly at: number })[] {
    return this.log.filter((effect) => effect.type === type) as (
      & Of<T>
      & { readonly at: number }
    )[];
  }

  get steps(): string[] {
    return this.of("step").map(({ step }) => step);
  }

  #note(event: MediaEvent): void {
    switch (event.type) {
      case "restarted":
      case "restartRefused":
        this.restartsUnderWay--;
        return;
      case "recreated":
      case "recreationFailed":
        this.#recreationsUnderWay = this.#recreationsUnderWay
          .filter(({ number }) => number !== event.number);
    }
  }

  #do(effect: MediaEffect): void {
    switch (effect.type) {
      case "sample":
        return this.#sample(effect.id);
      case "setSuspended":
        this.isSuspended = effect.suspended;
        return;
      case "restartIce": {
        this.restartsUnderWay++;
        const answer = this.onRestart(effect.ids);
        if (answer) this.handle(answer);
        return;
      }
      case "recreate":
        this.#recreationsUnderWay.push(effect);
        return this.onRecreate(effect);
    }
  }

  #sample(id: string): void {
    const way = Object.values(this.ways).find((way) => way.id === id);
    if (way === undefined) return;
    const { packets, answers, isExpected } = way;
    const frames = new Map(way.frames);
    const pair = way.pair === undefined ? undefined : `${id} ${way.pair}`;
    const pairs = new Map(way.others);
    if (pair !== undefined) pairs.set(pair, { packets, answers });
    const sample = { pair, pairs, isExpected, frames };
    this.handle({ type: "sampled", id, sample });
  }
}
