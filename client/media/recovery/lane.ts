import type { RecoveryTrigger } from "../../../protocol/mod.ts";
import { type Condition, isTroubled } from "./condition.ts";
import { Evidence } from "./evidence.ts";
import type { Advice, Direction, Sample } from "./io.ts";

/** Silent for so long, what should have packets has stopped. */
const STOPPED_MS: Record<Direction, number> = {
  // What is sent is reported on many times a second.
  send: 1_500,
  // What others send may end at any time. A STUN answer comes every 2.7 s.
  recv: 3_500,
};
/** Packets that come rarely are not missed before so many of their pauses. */
const PAUSES = 2.5;
/** Heard in the last moment, one direction vouches for the other. */
const MOMENT_MS = 1_000;
/** Silent for so long, a direction is in doubt. */
export const QUIET_MS = 1_000;
/**
 * Of a shorter silence the media server still has all that was lost. It keeps
 * 2 s of it, and looks are half a second apart.
 */
const RETRANSMITTED_MS = 1_500;
/** A video that does not move by itself by then needs a key frame. */
const KEY_FRAME_AFTER_MS = 300;

/** Milliseconds from one look to the next. */
const intervals = { usual: 500, doubtful: 200, waiting: 100, hoping: 50 };
/** A look that brings nothing for so long is lost. */
const LOOK_TIMEOUT_MS = 2_000;

const watched: readonly Condition["type"][] = [
  "flowing",
  "checking",
  "settling",
  "stopped",
  "restarting",
];

/** One direction: its transport of the moment, and what is known of it. */
export class Lane {
  readonly direction: Direction;
  condition: Condition = { type: "unused" };
  id: string | undefined;
  connection: RTCPeerConnectionState = "new";
  /** When ICE said so last. */
  disconnectedAt = 0;
  evidence = new Evidence(0);
  /** What moved at the look before the last one in which media flowed. */
  #videos: readonly string[] = [];
  #look: { readonly type: "done" | "asked"; readonly at: number } = {
    type: "done",
    at: -Infinity,
  };

  constructor(direction: Direction) {
    this.direction = direction;
  }

  get isTroubled(): boolean {
    return isTroubled(this.condition);
  }

  /** Whether there is a connection to look at. */
  get isWatched(): boolean {
    return watched.includes(this.condition.type);
  }

  opened(id: string, now: number): void {
    this.id = id;
    this.connection = "new";
    this.evidence = new Evidence(now);
    this.lookSoon();
    if (this.condition.type === "unused") this.condition = { type: "opening" };
  }

  closed(): void {
    this.id = undefined;
    this.connection = "new";
    this.condition = { type: "unused" };
  }

  connected(now: number): void {
    this.evidence.startOver(now);
    this.condition = { type: "flowing" };
  }

  flow(): void {
    this.evidence.forgetPauses();
    this.condition = { type: "flowing" };
  }

  check(advice: Advice, now: number): void {
    this.condition = { type: "checking", advice, since: now };
    this.lookSoon();
  }

  /** After so many milliseconds in which nothing came. */
  settle(silenceMs: number, now: number): void {
    const { type } = this.condition;
    const isLost = silenceMs > RETRANSMITTED_MS;
    this.condition = {
      type: "settling",
      since: now,
      keyFramesAt: isLost ? now : now + KEY_FRAME_AFTER_MS,
      isRecreated: type === "recreating" || type === "reopening" ||
        type === "awaiting",
    };
  }

  stop(trigger: RecoveryTrigger): void {
    this.condition = { type: "stopped", trigger };
  }

  lose(trigger: RecoveryTrigger, attempt: number, at: number): void {
    this.condition = { type: "lost", trigger, attempt, at };
  }

  settleFurther(keyFramesAt: number): void {
    if (this.condition.type !== "settling") return;
    this.condition = { ...this.condition, keyFramesAt };
  }

  get isExpected(): boolean {
    return this.evidence.isExpected;
  }

  hasPacketsSince(time: number): boolean {
    return this.evidence.hasPacketsSince(time);
  }

  /** Whether there were videos that moved. */
  get hadMotion(): boolean {
    return this.#videos.length > 0;
  }

  /** Of the videos that moved, those that should and have not since then. */
  stillVideos(since: number): string[] {
    return this.evidence.stillVideos(this.#videos, since);
  }

  /** Whether it has not been heard for longer than it may be. */
  isSilent(other: Lane, now: number): boolean {
    const { isExpected, usualPauseMs } = this.evidence;
    if (!isExpected) return false;
    if (this.direction === "recv" && other.#isHeard(now)) return false;
    const least = STOPPED_MS[this.direction];
    return this.silenceMs(now) >= Math.max(least, PAUSES * usualPauseMs);
  }

  /** Whether nothing comes, though something should have come by now. */
  isQuiet(now: number): boolean {
    const { isExpected, usualPauseMs } = this.evidence;
    return isExpected && this.isWatched &&
      this.silenceMs(now) >= Math.max(QUIET_MS, PAUSES * usualPauseMs);
  }

  silenceMs(now: number): number {
    return this.evidence.silenceMs(now);
  }

  sampled(sample: Sample, now: number): boolean {
    this.#look = { type: "done", at: now };
    if (this.condition.type === "flowing") {
      this.#videos = this.evidence.movingVideos();
    }
    return this.evidence.add(sample, now);
  }

  /** When to look next. */
  nextLook(isDoubtful: boolean): number {
    if (!this.isWatched) return Infinity;
    const { type, at } = this.#look;
    if (type === "asked") return at + LOOK_TIMEOUT_MS;
    return at + this.#interval(isDoubtful, at);
  }

  looked(now: number): void {
    this.#look = { type: "asked", at: now };
  }

  lookSoon(): void {
    this.#look = { type: "done", at: -Infinity };
  }

  /** Depends on nothing that passes by itself: the next look is planned with it. */
  #interval(isDoubtful: boolean, lookedAt: number): number {
    switch (this.condition.type) {
      case "flowing":
        break;
      case "stopped":
        return intervals.waiting;
      default:
        return intervals.hoping;
    }
    const wasHeard = this.silenceMs(lookedAt) < intervals.doubtful;
    if (!isDoubtful) return wasHeard ? intervals.usual : intervals.doubtful;
    return this.isQuiet(lookedAt) ? intervals.waiting : intervals.doubtful;
  }

  #isHeard(now: number): boolean {
    return this.isWatched && this.evidence.isExpected &&
      this.silenceMs(now) < MOMENT_MS;
  }
}
