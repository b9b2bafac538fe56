import type {
  LocalParticipant,
  LocalPublication,
} from "../../../client/mod.ts";

/** Phones cannot share their screen. */
export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/** One's own shared screen, from the browser's picker to the end. */
export class ScreenShare {
  readonly #participant: LocalParticipant;
  readonly #onChange: (track: MediaStreamTrack | undefined) => void;
  #stream: MediaStream | undefined;
  #publications: LocalPublication[] = [];

  constructor(
    participant: LocalParticipant,
    onChange: (track: MediaStreamTrack | undefined) => void,
  ) {
    this.#participant = participant;
    this.#onChange = onChange;
  }

  /** Lets the person pick; rejects if that or publishing fails. */
  async start(): Promise<void> {
    if (this.#stream !== undefined) return;
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 30 } },
      audio: true,
    });
    const [screen] = stream.getVideoTracks();
    if (screen === undefined) return;
    this.#stream = stream;
    screen.contentHint = "detail";
    // The browser's own "Stop sharing" ends the track.
    screen.addEventListener("ended", () => this.stop());
    this.#onChange(screen);
    try {
      await this.#publish(screen, "screen");
      for (const sound of stream.getAudioTracks()) {
        await this.#publish(sound, "screenAudio");
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const publications = this.#publications;
    this.#publications = [];
    this.#stream?.getTracks().forEach((track) => track.stop());
    if (this.#stream !== undefined) this.#onChange(undefined);
    this.#stream = undefined;
    await Promise.allSettled(publications.map((one) => one.unpublish()));
  }

  async #publish(
    track: MediaStreamTrack,
    source: "screen" | "screenAudio",
  ): Promise<void> {
    const publication = await this.#participant.publish(track, { source });
    if (track.readyState === "live") this.#publications.push(publication);
    else await publication.unpublish();
  }
}
