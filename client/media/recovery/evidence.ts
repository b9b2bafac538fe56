import type { Heard, Sample } from "./io.ts";

/** How many pauses between packets tell what is usual. */
const PAUSES = 4;
/** Until they are known. */
const UNKNOWN_PAUSE_MS = 3_000;
/** A video that moved so many milliseconds before a moment moved then. */
const MOVING_MS = 2_000;

const NOTHING: Heard = { packets: 0, answers: 0 };

type Video = { readonly frames: number; readonly movedAt: number };

/** What looking at one transport again and again has shown. */
export class Evidence {
  #last: Sample | undefined;
  #heardAt: number;
  #packetsAt: number;
  #pauses: number[] = [];
  readonly #videos = new Map<string, Video>();

  constructor(now: number) {
    this.#heardAt = now;
    this.#packetsAt = now;
  }

  /** Whether something came in since the last look. */
  add(sample: Sample, now: number): boolean {
    if (sample.isExpected && !this.isExpected) this.startOver(now);
    const pair = sample.pair ?? "";
    const before = this.#last?.pairs.get(pair) ?? NOTHING;
    const { packets, answers } = sample.pairs.get(pair) ?? NOTHING;
    const hasPackets = packets > before.packets;
    const isHeard = hasPackets || answers > before.answers;
    if (hasPackets) this.#packetsAt = now;
    if (isHeard) this.#heard(now);
    this.#last = sample;
    this.#watch(sample.frames, now);
    return isHeard;
  }

  /** As if something had just come in: what was before says nothing any more. */
  startOver(now: number): void {
    this.#heardAt = now;
    this.#packetsAt = now;
    this.#pauses = [];
  }

  /** How packets come has been out of the usual. */
  forgetPauses(): void {
    this.#pauses = [];
  }

  get isExpected(): boolean {
    return this.#last?.isExpected ?? false;
  }

  get heardAt(): number {
    return this.#heardAt;
  }

  silenceMs(now: number): number {
    return now - this.#heardAt;
  }

  /** Whether more than STUN answers came since then. */
  hasPacketsSince(time: number): boolean {
    return this.#packetsAt > time;
  }

  /** The longest of the last pauses. */
  get usualPauseMs(): number {
    return this.#pauses.length < PAUSES
      ? UNKNOWN_PAUSE_MS
      : Math.max(...this.#pauses);
  }

  /** The videos that moved when something was heard last. */
  movingVideos(): string[] {
    return [...this.#videos]
      .filter(([, { movedAt }]) => movedAt > this.#heardAt - MOVING_MS)
      .map(([video]) => video);
  }

  /** Those of them that should move and have not since then. */
  stillVideos(videos: readonly string[], since: number): string[] {
    return videos.filter((video) => {
      const movedAt = this.#videos.get(video)?.movedAt ?? -Infinity;
      return this.#last?.frames.has(video) && movedAt < since;
    });
  }

  #heard(now: number): void {
    this.#pauses = [...this.#pauses, now - this.#heardAt].slice(-PAUSES);
    this.#heardAt = now;
  }

  #watch(frames: ReadonlyMap<string, number>, now: number): void {
    for (const [video, count] of frames) {
      const known = this.#videos.get(video);
      if (known?.frames === count) continue;
      // The first look says how many there were, not when they came.
      const movedAt = known ? now : -Infinity;
      this.#videos.set(video, { frames: count, movedAt });
    }
    for (const video of this.#videos.keys()) {
      if (!frames.has(video)) this.#videos.delete(video);
    }
  }
}
