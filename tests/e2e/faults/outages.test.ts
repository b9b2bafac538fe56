import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { faultSuite, Lab } from "./lab.ts";
import { Keepsake } from "./keepsake.ts";
import { suffer } from "./outage.ts";
import { inShort } from "./presence.ts";

describe("a participant whose network fails for a while", faultSuite, () => {
  const lab = new Lab();

  it(
    "RS1: all goes on after both planes died for 3 s, and nobody has left",
    lab.test(async (scene) => {
      const ann = await Keepsake.of(scene.bob, "ann");
      const { told } = await suffer(scene, {
        name: "drop 3 s",
        begin: (host) => host.drop(),
        ms: 3_000,
        video: "frozen",
      });
      // Whether the silence lasts for longer than the timeout is a matter of luck.
      const blink = ["participantReconnecting", "participantReconnected"];
      assert.deepEqual(inShort(told), told.length === 0 ? [] : blink);
      const { participant, publication } = await ann.same();
      assert.deepEqual({ participant, publication }, {
        participant: true,
        publication: true,
      });
    }),
  );
});
