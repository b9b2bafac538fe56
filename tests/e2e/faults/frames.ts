import type { JSHandle, Page } from "playwright-core";

/** When a page showed a new frame of a video, whichever it was. */
export class Frames {
  readonly #times: JSHandle<number[]>;

  private constructor(times: JSHandle<number[]>) {
    this.#times = times;
  }

  /** Of all videos of the page, also those that come later. */
  static async of(page: Page): Promise<Frames> {
    return new Frames(await page.evaluateHandle(noteFrames));
  }

  /** Milliseconds since 1970, in order. */
  times(): Promise<number[]> {
    return this.#times.jsonValue();
  }

  /** Milliseconds without a new one, at most, between two moments. */
  async longestGap(from: number, to: number): Promise<number> {
    const within = (await this.times()).filter((time) =>
      time >= from && time <= to
    );
    const edges = [from, ...within, to];
    return edges.slice(1).reduce(
      (longest, time, index) =>
        Math.max(longest, time - (edges[index] ?? time)),
      0,
    );
  }

  /**
   * When the first one after a moment was shown.
   *
   * @throws {Error} before there is one.
   */
  async firstAfter(moment: number): Promise<number> {
    const time = (await this.times()).find((time) => time >= moment);
    if (time === undefined) throw new Error("no new frame was shown");
    return time;
  }
}

/** Runs in the page. */
function noteFrames(): number[] {
  const times: number[] = [];
  const known = new WeakSet<HTMLVideoElement>();
  const follow = (video: HTMLVideoElement) => {
    known.add(video);
    const note = () => {
      times.push(Date.now());
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  };
  const look = () => {
    for (const video of document.querySelectorAll("video")) {
      if (!known.has(video)) follow(video);
    }
  };
  look();
  const whole = { childList: true, subtree: true };
  new MutationObserver(look).observe(document, whole);
  return times;
}
