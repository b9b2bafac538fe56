import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { delay } from "../../support/delay.ts";
import { eventually } from "../../support/eventually.ts";
import type { Client } from "../support/client.ts";
import { faultSuite, Lab } from "./lab.ts";
import { inShort, type Told, toldOf } from "./presence.ts";
import type { Scene } from "./scene.ts";

/** Shorter than the default, and enough to open a tab on a busy machine. */
const EVICT_AFTER_MS = 10_000;
const TIMEOUT_MS = 4_000;
const PING_INTERVAL_MS = 1_000;

const LOST = "participantReconnecting";
const EVICTED = "participantDisconnected networkDisconnect";

describe("a participant who does not come back in time", faultSuite, () => {
  const lab = new Lab({ ROOM_EVICT_AFTER_MS: String(EVICT_AFTER_MS) });

  it(
    "GR2, RS3: the network is away for longer than the place is held",
    lab.test(async ({ host, ann, bob }) => {
      const began = Date.now();
      const fault = await host.drop();
      const told = await evicted(bob, began);
      assert.deepEqual(inShort(told), [LOST, EVICTED]);
      assert.deepEqual(await bob.receptions(), []);

      await fault.end();
      await ann.heard(
        "disconnected",
        { code: 53002, reason: "networkDisconnect" },
        { within: 10_000 },
      );
      assert.equal(
        await ann.room.evaluate(({ state }) => state),
        "disconnected",
      );
    }),
  );

  it(
    "GR2: a tab that crashes is lost at once, and gone when its time is up",
    lab.test(async ({ host, bob }) => {
      const began = Date.now();
      await host.crashTabs();
      const told = await evicted(bob, began);
      assert.deepEqual(inShort(told), [LOST, EVICTED]);
      const lostAfter = (told[0]?.at ?? 0) - began;
      assert.ok(lostAfter < PING_INTERVAL_MS, `lost after ${lostAfter} ms`);
    }),
  );

  it(
    "HB2, GR2: a machine that dies without a word is lost after the timeout",
    lab.test(async ({ host, bob }) => {
      const began = Date.now();
      await host.die();
      const told = await evicted(bob, began);
      assert.deepEqual(inShort(told), [LOST, EVICTED]);
      const lostAfter = (told[0]?.at ?? 0) - began;
      assert.ok(
        lostAfter > TIMEOUT_MS - PING_INTERVAL_MS - 200 &&
          lostAfter < TIMEOUT_MS + PING_INTERVAL_MS,
        `lost after ${lostAfter} ms`,
      );
    }),
  );

  it(
    "RS3: a laptop that slept for too long is told so when it wakes up",
    lab.test(async ({ host, ann, bob }) => {
      const began = Date.now();
      const sleep = await host.freeze();
      const told = await evicted(bob, began);
      assert.deepEqual(inShort(told), [LOST, EVICTED]);
      await sleep.end();
      await ann.heard(
        "disconnected",
        { code: 53002, reason: "networkDisconnect" },
        { within: 10_000 },
      );
    }),
  );

  it(
    "GR4: a page that is reloaded has left, and comes as somebody new",
    lab.test(async (scene) => {
      const began = Date.now();
      await scene.ann.page.reload();
      await scene.bob.heard("participantDisconnected", {
        identity: "ann",
        reason: "left",
      });
      await comesBackOnce(scene, began, ["participantDisconnected left"]);
    }),
  );

  it(
    "RS9: a crashed tab that is opened again takes the place of its own ghost",
    lab.test(async (scene) => {
      const began = Date.now();
      await scene.host.crashTabs();
      await scene.bob.heard("participantReconnecting", undefined);
      await comesBackOnce(scene, began, [
        LOST,
        "participantDisconnected duplicateIdentity",
      ]);
    }),
  );

  it(
    "GR4, RS9: a page that is reloaded while the network is away leaves no ghost",
    lab.test(async (scene) => {
      const began = Date.now();
      const fault = await scene.host.drop();
      const reloaded = scene.ann.page.reload();
      await delay(2_000);
      await fault.end();
      await reloaded;
      // Its farewell may come late, or never.
      await comesBackOnce(scene, began);
    }),
  );
});

/** Waits for the eviction, and holds that it came when it was due. */
async function evicted(bob: Client, since: number): Promise<Told[]> {
  await bob.heard(
    "participantDisconnected",
    { identity: "ann", reason: "networkDisconnect" },
    { within: EVICT_AFTER_MS + 5_000 },
  );
  const told = await toldOf(bob, "ann", since);
  const { graceUntil } = told.find(({ event }) => event === LOST) ?? {};
  assert.ok(graceUntil, "nobody was told of the grace");
  const lateness = (told.at(-1)?.at ?? 0) - graceUntil;
  console.log(`evicted ${Math.round(lateness)} ms after the end of the grace`);
  assert.ok(lateness > -50 && lateness < 500, `${lateness} ms late`);
  assert.deepEqual(await bob.others(), []);
  return told;
}

/** Joins again, and holds that there is one Ann and no more, now and later. */
async function comesBackOnce(
  scene: Scene,
  since: number,
  expected?: string[],
): Promise<void> {
  const { bob } = scene;
  const again = await scene.inside.join("ann");
  await again.publish();
  await bob.sees("ann");
  await delay(Math.max(0, since + EVICT_AFTER_MS + 1_000 - Date.now()));
  const told = inShort(await toldOf(bob, "ann", since));
  if (expected) assert.deepEqual(told, [...expected, "participantConnected"]);
  const count = (prefix: string) =>
    told.filter((one) => one.startsWith(prefix)).length;
  assert.equal(count("participantDisconnected"), 1, told.join(", "));
  assert.equal(told.at(-1), "participantConnected");
  await eventually(async () => {
    assert.deepEqual(await bob.others(), ["ann"]);
    assert.deepEqual(await again.others(), ["bob"]);
  });
  await bob.sees("ann");
}
