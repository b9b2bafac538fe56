import type { JSHandle, Page } from "playwright-core";

/** When a page had decoded a frame of a video, of those that it has now. */
export class DecodedFrames {
  readonly #times: JSHandle<number[]>;

  private constructor(times: JSHandle<number[]>) {
    this.#times = times;
  }

  static async of(page: Page): Promise<DecodedFrames> {
    return new DecodedFrames(await page.evaluateHandle(noteFrames));
  }

  /** Milliseconds without a frame, at most, between two moments of `Date.now()`. */
  async longestGap(from: number, to: number): Promise<number> {
    const times = await this.#times.jsonValue();
    const first = times.findLastIndex((time) => time <= from);
    const last = times.findIndex((time) => time >= to);
    if (first < 0 || last < 0) throw new Error("no frames around that time");
    return times.slice(first + 1, last + 1).reduce(
      (longest, time, index) =>
        Math.max(longest, time - (times[first + index] ?? time)),
      0,
    );
  }
}

/** Runs in the page. Chromium has this one, and nobody its types. */
function noteFrames(): number[] {
  type Frame = { close(): void };
  type Processor = { readonly readable: ReadableStream<Frame> };
  type WithProcessor = typeof globalThis & {
    readonly MediaStreamTrackProcessor: new (
      init: { track: MediaStreamTrack },
    ) => Processor;
  };
  const { MediaStreamTrackProcessor } = globalThis as WithProcessor;
  const times: number[] = [];
  const note = async (track: MediaStreamTrack) => {
    const { readable } = new MediaStreamTrackProcessor({ track });
    const reader = readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      times.push(performance.timeOrigin + performance.now());
      value.close();
    }
  };
  for (const { srcObject } of document.querySelectorAll("video")) {
    if (!(srcObject instanceof MediaStream)) continue;
    for (const track of srcObject.getVideoTracks()) void note(track);
  }
  return times;
}
