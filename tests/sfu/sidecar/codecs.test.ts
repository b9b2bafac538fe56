import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { MediaCodec } from "../../../protocol/media.ts";
import {
  codecsNamed,
  defaultMediaCodecs,
} from "../../../sfu/sidecar/codecs.ts";

describe("the codecs of a router", () => {
  it("are all of the sidecar's for all of their names, in its order", () => {
    assert.deepEqual(codecsNamed(MediaCodec.options), defaultMediaCodecs);
  });

  it("are those that are named, in the order of the names, each with its profiles", () => {
    const found = codecsNamed(["video/VP9", "audio/opus"])
      .map((
        { mimeType, parameters },
      ) => [mimeType, parameters?.["profile-id"]]);
    assert.deepEqual(found, [
      ["video/VP9", 0],
      ["video/VP9", 2],
      ["audio/opus", undefined],
    ]);
  });
});
