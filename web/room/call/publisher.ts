import type { LocalPublication, PublishOptions } from "../../../client/mod.ts";
import type { DeviceKind } from "../media/problem.ts";

export type Wish = {
  /** `undefined`: nothing to send now; an existing publication stays, muted. */
  track: MediaStreamTrack | undefined;
  muted: boolean;
};

/** Of the SDK's local participant, what is needed here. */
export type Publishing = {
  readonly publications: ReadonlyMap<string, Published>;
  publish: (
    track: MediaStreamTrack,
    options: PublishOptions,
  ) => Promise<unknown>;
};
type Published = Pick<
  LocalPublication,
  "track" | "muted" | "mute" | "unmute" | "replaceTrack"
>;

/**
 * Brings the publication of one device in line with the latest wish, one step
 * at a time: wishes that come during a step replace each other.
 */
export class Publisher {
  readonly #participant: Publishing;
  readonly #source: DeviceKind;
  readonly #onError: (error: unknown) => void;
  #next: Wish | undefined;
  #running = false;

  constructor(
    participant: Publishing,
    source: DeviceKind,
    onError: (error: unknown) => void,
  ) {
    this.#participant = participant;
    this.#source = source;
    this.#onError = onError;
  }

  wish(wish: Wish): void {
    this.#next = wish;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#next !== undefined) {
      const wish = this.#next;
      this.#next = undefined;
      await this.#fulfil(wish).catch(this.#onError);
    }
    this.#running = false;
  }

  async #fulfil({ track, muted }: Wish): Promise<void> {
    const source = this.#source;
    // The SDK ends a publication whose device was unplugged.
    const publication = this.#participant.publications.get(source);
    if (publication === undefined) {
      if (track === undefined) return;
      const options = { source, key: source, muted, stopOnLeave: false };
      await this.#participant.publish(track, options);
      return;
    }
    if (muted && !publication.muted) await publication.mute();
    if (track === undefined) return;
    if (publication.track !== track) await publication.replaceTrack(track);
    if (!muted && publication.muted) await publication.unmute();
  }
}
