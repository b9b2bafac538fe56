import type { BrowserDevices } from "../../../web/room/media/local_media.ts";
import { FakeTrack } from "../../client/fakes/track.ts";

/** A device, or the name of the error that asking for it gives. */
type Plugged = string | "works";

/** Microphone and camera of a browser. `getUserMedia` answers in turn. */
export class FakeDevices extends EventTarget implements BrowserDevices {
  microphone: Plugged = "works";
  camera: Plugged = "works";
  /** The id of a camera that was unplugged. */
  gone: string | undefined;
  readonly asked: MediaStreamConstraints[] = [];
  readonly tracks: FakeTrack[] = [];

  getUserMedia(constraints: MediaStreamConstraints) {
    this.asked.push(constraints);
    const { video: wanted } = constraints;
    if (typeof wanted === "object" && this.#isGone(wanted.deviceId)) {
      return Promise.reject(new DOMException("", "OverconstrainedError"));
    }
    const audio = constraints.audio ? this.#open("audio") : [];
    const video = constraints.video ? this.#open("video") : [];
    const refused = [...audio, ...video].find((one) => typeof one === "string");
    if (refused !== undefined) {
      return Promise.reject(new DOMException("", refused));
    }
    const tracks = [...audio, ...video].filter((one) =>
      typeof one !== "string"
    );
    this.tracks.push(...tracks);
    return Promise.resolve({
      getAudioTracks: () => tracks.filter(({ kind }) => kind === "audio"),
      getVideoTracks: () => tracks.filter(({ kind }) => kind === "video"),
    });
  }

  enumerateDevices() {
    return Promise.resolve([
      { kind: "audioinput" as const, deviceId: "m1", label: "Built-in" },
      { kind: "videoinput" as const, deviceId: "c1", label: "" },
      {
        kind: "videoinput" as const,
        deviceId: "c2",
        label: "HD Camera (046d:0825)",
      },
      { kind: "audiooutput" as const, deviceId: "", label: "" },
    ]);
  }

  plug(change: Partial<Pick<FakeDevices, "microphone" | "camera">>): void {
    Object.assign(this, change);
    this.dispatchEvent(new Event("devicechange"));
  }

  #isGone(id: ConstrainDOMString | undefined): boolean {
    return typeof id === "object" && "exact" in id && id.exact === this.gone;
  }

  #open(kind: "audio" | "video"): [FakeTrack | string] {
    const plugged = kind === "audio" ? this.microphone : this.camera;
    return [plugged === "works" ? new FakeTrack(kind) : plugged];
  }
}
