import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { faultSuite, Lab } from "./lab.ts";
import { sufferAndStay } from "./outage.ts";
import { BLINK, inShort } from "./presence.ts";

/** Longer than the longest of the outages. */
const EVICT_AFTER_MS = 30_000;

describe("a participant whose network is gone for a while", faultSuite, () => {
  const lab = new Lab({ ROOM_EVICT_AFTER_MS: String(EVICT_AFTER_MS) });

  it(
    "RS1, MD5: both planes die for 3 s, and nobody leaves",
    lab.test(async (scene) => {
      const { told } = await sufferAndStay(scene, {
        name: "both, 3 s",
        begin: (host) => host.drop(),
        ms: 3_000,
        video: "frozen",
      });
      // Whether the silence outlasts the timeout depends on the last ping.
      assert.deepEqual(inShort(told), told.length > 0 ? BLINK : []);
    }),
  );

  it(
    "RS1, MD4: both planes die for 20 s, after which nothing heals by itself",
    lab.test(async (scene) => {
      const { told } = await sufferAndStay(scene, {
        name: "both, 20 s",
        begin: (host) => host.drop(),
        ms: 20_000,
        video: "frozen",
      });
      assert.deepEqual(inShort(told), BLINK);
    }),
  );

  it(
    "RS1: the cable is out for 7 s, which the browser notices by itself",
    lab.test(async (scene) => {
      const { told, reports } = await sufferAndStay(scene, {
        name: "link, 7 s",
        begin: (host) => host.unplug(),
        ms: 7_000,
        video: "frozen",
      });
      assert.deepEqual(inShort(told), BLINK);
      assert.equal(reports[0]?.trigger, "offline");
    }),
  );

  it(
    "RS1, MD4: another network gives another address, and the same session goes on",
    lab.test(async (scene) => {
      const { told } = await sufferAndStay(scene, {
        name: "address",
        begin: async (host) => {
          await host.changeAddress();
          return { end: () => Promise.resolve(Date.now()) };
        },
        ms: 0,
        video: "either",
      });
      assert.deepEqual(inShort(told), told.length > 0 ? BLINK : []);
    }),
  );
});
