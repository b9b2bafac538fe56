/** A track as a camera or a microphone gives it. */
export class FakeTrack extends EventTarget implements MediaStreamTrack {
  readonly kind: "audio" | "video";
  readonly id: string = crypto.randomUUID();
  readonly label = "fake";
  readonly muted = false;
  contentHint = "";
  enabled = true;
  onended = null;
  onmute = null;
  onunmute = null;
  readonly #settings: MediaTrackSettings;
  #state: MediaStreamTrackState = "live";

  constructor(kind: "audio" | "video", settings: MediaTrackSettings = {}) {
    super();
    this.kind = kind;
    this.#settings = settings;
  }

  get readyState(): MediaStreamTrackState {
    return this.#state;
  }

  stop(): void {
    this.#state = "ended";
  }

  /** As when the user stops it, or the device is unplugged. */
  end(): void {
    this.#state = "ended";
    this.dispatchEvent(new Event("ended"));
  }

  getSettings(): MediaTrackSettings {
    return this.#settings;
  }

  getCapabilities(): MediaTrackCapabilities {
    return {};
  }

  getConstraints(): MediaTrackConstraints {
    return {};
  }

  applyConstraints(): Promise<void> {
    return Promise.resolve();
  }

  clone(): MediaStreamTrack {
    return new FakeTrack(this.kind, this.#settings);
  }
}
