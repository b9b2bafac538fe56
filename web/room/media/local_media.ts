import {
  capture,
  type Captured,
  type Capturer,
  type Wanted,
} from "./capture.ts";
import { listDevices, type Lister } from "./devices.ts";
import { type Access, type MediaState, openTrack } from "./media_state.ts";
import type { DeviceKind } from "./problem.ts";

/** What is used of the browser's `MediaDevices`. */
export type BrowserDevices =
  & Capturer
  & Lister
  & { addEventListener(type: "devicechange", listener: () => void): void };

const KINDS = ["microphone", "camera"] as const;

/**
 * One's own microphone and camera. It owns their tracks from the lobby to the
 * end of the call. A microphone that is off stays open, so that it is back at
 * once; a camera that is off is closed, so that its light goes out.
 */
export class LocalMedia {
  readonly #devices: BrowserDevices | undefined;
  readonly #onChange: (state: MediaState) => void;
  #state: MediaState;
  /** Answers to an older request for a device are dropped. */
  readonly #requests = { microphone: 0, camera: 0 };

  constructor(
    devices: BrowserDevices | undefined,
    initial: MediaState,
    onChange: (state: MediaState) => void,
  ) {
    this.#devices = devices;
    this.#state = initial;
    this.#onChange = onChange;
    devices?.addEventListener("devicechange", () => this.#devicesChanged());
  }

  get state(): MediaState {
    return this.#state;
  }

  /** Opens what is wanted and was not asked for yet. Never rejects. */
  async open(): Promise<void> {
    await this.#capture(({ at }) => at === "closed");
  }

  /** As `open`, and gives what failed another try. */
  async retry(): Promise<void> {
    await this.#capture(({ at }) => at === "closed" || at === "failed");
  }

  async turn(kind: DeviceKind, on: boolean): Promise<void> {
    this.#set(kind, { on });
    if (!on && kind === "camera") this.#release(kind);
    if (on) {
      await this.#capture(({ at }, which) =>
        at === "closed" || at === "failed" && which === kind
      );
    }
  }

  async choose(kind: DeviceKind, deviceId: string): Promise<void> {
    this.#set(kind, { deviceId });
    if (this.#state[kind].access.at === "closed") return;
    this.#release(kind);
    await this.open();
  }

  chooseSpeaker(speakerId: string): void {
    this.#change({ speakerId });
  }

  /** Closes both devices; what the person wants is kept for the next call. */
  close(): void {
    for (const kind of KINDS) this.#release(kind);
  }

  async #capture(
    applies: (access: Access, kind: DeviceKind) => boolean,
  ): Promise<void> {
    const kinds = KINDS.filter((kind) => {
      const { on, access } = this.#state[kind];
      return on && applies(access, kind);
    });
    if (kinds.length === 0) return;
    const wanted: Wanted = {};
    const tickets = { ...this.#requests };
    for (const kind of kinds) {
      tickets[kind] = ++this.#requests[kind];
      wanted[kind] = this.#state[kind].deviceId;
      this.#set(kind, { access: { at: "asking" } });
    }
    for (const [kind, captured] of await capture(this.#devices, wanted)) {
      this.#settle(kind, captured, tickets[kind] === this.#requests[kind]);
    }
    await this.#refreshDevices();
  }

  #settle(kind: DeviceKind, captured: Captured, current: boolean): void {
    if ("problem" in captured) {
      if (current) this.#set(kind, { access: { at: "failed", ...captured } });
      return;
    }
    const { track } = captured;
    if (!current) return track.stop();
    track.addEventListener("ended", () => this.#lost(kind, track));
    const { deviceId } = track.getSettings();
    this.#set(kind, {
      access: { at: "live", track },
      ...(deviceId === undefined ? {} : { deviceId }),
    });
  }

  #lost(kind: DeviceKind, track: MediaStreamTrack): void {
    if (openTrack(this.#state[kind]) !== track) return;
    this.#set(kind, { access: { at: "failed", problem: "lost" } });
  }

  #release(kind: DeviceKind): void {
    this.#requests[kind]++;
    openTrack(this.#state[kind])?.stop();
    this.#set(kind, { access: { at: "closed" } });
  }

  async #devicesChanged(): Promise<void> {
    await this.#refreshDevices();
    await this.#capture(isRepairable);
  }

  async #refreshDevices(): Promise<void> {
    this.#change({ devices: await listDevices(this.#devices) });
  }

  #set(kind: DeviceKind, change: Partial<MediaState[DeviceKind]>): void {
    this.#change({ [kind]: { ...this.#state[kind], ...change } });
  }

  #change(change: Partial<MediaState>): void {
    this.#state = { ...this.#state, ...change };
    this.#onChange(this.#state);
  }
}

/** A newly plugged device may help. */
function isRepairable(access: Access): boolean {
  return access.at === "failed" &&
    (access.problem === "lost" || access.problem === "notFound");
}
