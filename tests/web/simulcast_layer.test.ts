import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { layerFor } from "../../web/room/call/simulcast_layer.ts";

describe("the layer of a camera that a tile receives", () => {
  it("is the smallest for the tiles of a crowd and the largest for one alone", () => {
    assert.equal(layerFor(120), 0);
    assert.equal(layerFor(1_400), 2);
  });

  it("is never less than about three quarters of what the tile shows", () => {
    const widths = [320, 640, 1280];
    for (let pixels = 1; pixels <= 1_600; pixels++) {
      assert.ok((widths[layerFor(pixels)] ?? 0) >= pixels * 0.75, `${pixels}`);
    }
  });
});
