import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { TrackSource } from "../../../client/mod.ts";
import {
  codecOptionsOf,
  encodingsFor,
  encodingsOf,
} from "../../../client/media/encodings.ts";
import { FakeTrack } from "../fakes/track.ts";

function encodings(
  source: TrackSource,
  settings: MediaTrackSettings,
  more: Partial<Parameters<typeof encodingsOf>[1]> = {},
) {
  return encodingsOf(new FakeTrack("video", settings), {
    source,
    simulcast: true,
    encodings: undefined,
    active: true,
    ...more,
  });
}

describe("the encodings of a track", () => {
  for (
    const [width, height, scales] of [
      [1920, 1080, [4, 2, 1]],
      [1280, 720, [4, 2, 1]],
      [720, 1280, [4, 2, 1]],
      [960, 540, [4, 2, 1]],
      [640, 480, [2, 1]],
      [320, 240, [1]],
    ] as const
  ) {
    it(`are ${scales.length} for a camera of ${width}x${height}, each larger one with more bits`, () => {
      const layers = encodings("camera", { width, height });
      assert.deepEqual(
        layers.map(({ scaleResolutionDownBy }) => scaleResolutionDownBy),
        scales,
      );
      const bitrates = layers.map(({ maxBitrate }) => maxBitrate ?? 0);
      assert.deepEqual(bitrates, bitrates.toSorted((a, b) => a - b));
      assert.ok(bitrates.every((bitrate) => bitrate > 100_000));
    });
  }

  it("are those of 720p for a camera that does not tell its size", () => {
    assert.deepEqual(
      encodings("camera", {}),
      encodings("camera", { width: 1280, height: 720 }),
    );
  });

  it("are one for a camera without simulcast, a screen and any other video", () => {
    const size = { width: 1920, height: 1080 };
    assert.equal(encodings("camera", size, { simulcast: false }).length, 1);
    assert.equal(encodings("other", size).length, 1);
    const [screen, ...more] = encodings("screen", size);
    const [camera] = encodings("camera", size, { simulcast: false });
    assert.deepEqual(more, []);
    assert.ok((screen?.maxBitrate ?? 0) > (camera?.maxBitrate ?? 0));
  });

  it("are the app's own where it gives them", () => {
    const own = [{ maxBitrate: 5 }, { maxBitrate: 9 }];
    assert.deepEqual(
      encodings("camera", {}, { encodings: own }),
      own.map((encoding) => ({ ...encoding, active: true })),
    );
  });

  it("are all switched off for a track that starts muted", () => {
    const off = encodings("camera", {}, { active: false });
    assert.equal(off.length, 3);
    assert.ok(off.every(({ active }) => active === false));
  });

  it("let the pauses of speech go unsent, and nothing of music", () => {
    const speech = codecOptionsOf("audio", "microphone");
    const music = codecOptionsOf("audio", "screenAudio");
    assert.deepEqual([speech.opusDtx, speech.opusFec], [true, true]);
    assert.deepEqual([music.opusDtx, music.opusStereo], [false, true]);
    const [audio] = encodingsOf(new FakeTrack("audio"), {
      source: "microphone",
      simulcast: true,
      encodings: undefined,
      active: true,
    });
    assert.equal(audio?.dtx, true);
  });

  it("are several in a codec of which the media server takes several", () => {
    const layers = encodings("camera", { width: 1280, height: 720 });
    assert.equal(layers.length, 3);
    for (const codec of ["video/VP8", "video/h264", undefined]) {
      assert.deepEqual(encodingsFor(layers, codec), layers);
    }
    for (const codec of ["video/VP9", "video/AV1"]) {
      assert.deepEqual(encodingsFor(layers, codec), [layers[2]]);
    }
  });
});
