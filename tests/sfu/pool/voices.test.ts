import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { SfuEvent } from "../../../sfu/methods.ts";
import { Voices } from "../../../sfu/pool/voices.ts";

const routerId = "room";

/** Two sidecars, `a` and `b`, and what is told of what they say. */
function stage() {
  const voices = new Voices<string>(routerId);
  const told = (events: readonly SfuEvent[]) =>
    events.map(({ event, params }) =>
      "levels" in params
        ? params.levels.map((one) => `${one.producerId} ${one.volume}`).join()
        : `${event} ${"producerId" in params ? params.producerId : ""}`
    );
  return {
    voices,
    levels: (place: string, of: Record<string, number>) => {
      const levels = Object.entries(of)
        .map(([producerId, volume]) => ({ producerId, volume }));
      const params = { routerId, levels };
      return told(voices.hear(place, { event: "audioLevels", params }));
    },
    speaks: (place: string, producerId: string) => {
      const params = { routerId, producerId };
      return told(voices.hear(place, { event: "activeSpeaker", params }));
    },
  };
}

describe("voices in several sidecars", () => {
  it("SF6: are told together, the loudest first, and no more than anybody shows", () => {
    const { levels } = stage();
    assert.deepEqual(levels("a", { ann: -30, bob: -50 }), ["ann -30,bob -50"]);
    assert.deepEqual(levels("b", { cat: -40 }), ["ann -30,cat -40,bob -50"]);
    assert.deepEqual(levels("a", {}), ["cat -40"]);
    assert.deepEqual(levels("b", {}), [""]);
    const crowd = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`p${index}`, -20 - index]),
    );
    const [all = ""] = levels("a", crowd);
    assert.equal(all.split(",").length, 16);
  });

  it("SF6: make the louder one who begins the speaker", () => {
    const { levels, speaks } = stage();
    assert.deepEqual(speaks("a", "ann"), ["activeSpeaker ann"]);
    levels("a", { ann: -30 });
    assert.deepEqual(speaks("b", "cat"), [], "how loud is not known yet");
    assert.deepEqual(
      levels("b", { cat: -20 }),
      ["cat -20,ann -30", "activeSpeaker cat"],
    );
    assert.deepEqual(speaks("a", "bob"), []);
    assert.deepEqual(levels("a", { bob: -40 }), ["cat -20,bob -40"]);
    assert.deepEqual(speaks("b", "dan"), ["activeSpeaker dan"]);
  });

  it("SF6: go over to who speaks elsewhere when the speaker falls silent, or is gone", () => {
    const { voices, levels, speaks } = stage();
    speaks("a", "ann");
    levels("a", { ann: -20 });
    speaks("b", "cat");
    levels("b", { cat: -40 });
    assert.deepEqual(levels("a", {}), ["cat -40", "activeSpeaker cat"]);
    assert.deepEqual(levels("a", { ann: -20 }), ["ann -20,cat -40"]);
    voices.forget("b");
    assert.deepEqual(
      levels("a", { ann: -20 }),
      ["ann -20", "activeSpeaker ann"],
    );
    assert.deepEqual(
      levels("a", {}),
      [""],
      "nobody speaks, and nobody is told",
    );
  });
});
