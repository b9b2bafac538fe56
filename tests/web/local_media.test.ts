import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { LocalMedia } from "../../web/room/media/local_media.ts";
import { openTrack, problemIn } from "../../web/room/media/media_state.ts";
import { eventually } from "../support/eventually.ts";
import { FakeDevices } from "./fakes/devices.ts";
import { closedMedia } from "./fakes/state.ts";

function world(plugged: Partial<FakeDevices> = {}) {
  const devices = Object.assign(new FakeDevices(), plugged);
  const media = new LocalMedia(devices, closedMedia(), () => {});
  return { devices, media };
}

const stateOf = ({ state }: LocalMedia) => [
  state.microphone.access.at,
  state.camera.access.at,
];

describe("one's own microphone and camera", () => {
  it("are asked for with one question", async () => {
    const { devices, media } = world();
    await media.open();
    assert.equal(devices.asked.length, 1);
    assert.deepEqual(stateOf(media), ["live", "live"]);
  });

  it("are not lost one with the other", async () => {
    const { media } = world({ camera: "NotFoundError" });
    await media.open();
    assert.deepEqual(stateOf(media), ["live", "failed"]);
    assert.equal(problemIn(media.state.camera), "notFound");
  });

  it("are asked for once when the person says no", async () => {
    const { devices, media } = world({
      microphone: "NotAllowedError",
      camera: "NotAllowedError",
    });
    await media.open();
    await media.open();
    assert.equal(devices.asked.length, 1);
    assert.equal(problemIn(media.state.microphone), "refused");
  });

  it("can be tried again", async () => {
    const { devices, media } = world({ camera: "NotReadableError" });
    await media.open();
    devices.camera = "works";
    await media.retry();
    assert.deepEqual(stateOf(media), ["live", "live"]);
  });

  it("are missing in a browser without them, in words of its own", async () => {
    const media = new LocalMedia(undefined, closedMedia(), () => {});
    await media.open();
    assert.deepEqual(stateOf(media), ["failed", "failed"]);
    assert.deepEqual(media.state.devices.cameras, []);
  });

  it("close together, for good", async () => {
    const { devices, media } = world();
    await media.open();
    media.close();
    assert.deepEqual(stateOf(media), ["closed", "closed"]);
    assert.ok(devices.tracks.every(({ readyState }) => readyState === "ended"));
  });
});

describe("turning a device off", () => {
  it("closes the camera, so that its light goes out", async () => {
    const { devices, media } = world();
    await media.open();
    await media.turn("camera", false);
    assert.deepEqual(stateOf(media), ["live", "closed"]);
    assert.equal(devices.tracks[1]?.readyState, "ended");
  });

  it("leaves the microphone open, so that it is back at once", async () => {
    const { devices, media } = world();
    await media.open();
    const track = openTrack(media.state.microphone);
    await media.turn("microphone", false);
    await media.turn("microphone", true);
    assert.equal(openTrack(media.state.microphone), track);
    assert.equal(devices.asked.length, 1);
  });

  it("while the browser still asks, drops what comes", async () => {
    const { devices, media } = world();
    const opening = media.open();
    await media.turn("camera", false);
    await opening;
    assert.deepEqual(stateOf(media), ["live", "closed"]);
    assert.equal(devices.tracks[1]?.readyState, "ended");
  });
});

describe("choosing a device", () => {
  it("opens the new one and stops the old one", async () => {
    const { devices, media } = world();
    await media.open();
    await media.choose("camera", "c2");
    const [, old, fresh] = devices.tracks;
    assert.equal(old?.readyState, "ended");
    assert.equal(openTrack(media.state.camera), fresh);
    const { video } = devices.asked[1] ?? {};
    assert.ok(typeof video === "object");
    assert.deepEqual(video.deviceId, { exact: "c2" });
  });

  it("takes another where the one of last time is gone", async () => {
    const { devices, media } = world();
    devices.gone = "c9";
    await media.choose("camera", "c9");
    await media.open();
    assert.deepEqual(stateOf(media), ["live", "live"]);
    assert.equal(devices.asked.length, 4);
  });

  it("offers what is there by name, or by number where it has none", async () => {
    const { media } = world();
    await media.open();
    assert.deepEqual(media.state.devices, {
      microphones: [{ deviceId: "m1", label: "Built-in" }],
      cameras: [
        { deviceId: "c1", label: "Camera 1" },
        { deviceId: "c2", label: "HD Camera" },
      ],
      speakers: [],
    });
  });
});

describe("a device that is unplugged", () => {
  it("is told, and used again when it comes back", async () => {
    const { devices, media } = world();
    await media.open();
    devices.tracks[0]?.end();
    assert.equal(problemIn(media.state.microphone), "lost");
    devices.plug({ microphone: "works" });
    await eventually(() => assert.deepEqual(stateOf(media), ["live", "live"]));
  });

  it("does not make the browser ask for one that was refused", async () => {
    const { devices, media } = world({ camera: "NotAllowedError" });
    await media.turn("microphone", false);
    await media.open();
    const { length } = devices.asked;
    devices.plug({});
    await media.turn("microphone", true);
    assert.equal(devices.asked.length, length + 1);
    assert.equal(problemIn(media.state.camera), "refused");
  });
});
