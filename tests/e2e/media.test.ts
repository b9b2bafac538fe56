import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Client } from "./support/client.ts";
import { delay } from "../support/delay.ts";
import { eventually } from "../support/eventually.ts";
import { browserSuite, World } from "./support/world.ts";

/** The made-up microphone beeps about once a second. */
const BEEPS_MS = 1_500;

describe("media between real browsers", browserSuite, () => {
  const world = new World();

  it(
    "two pages in one room see and hear each other",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await Promise.all([ann.publish(), bob.publish()]);
      await Promise.all([
        ann.sees("bob"),
        ann.hears("bob"),
        bob.sees("ann"),
        bob.hears("ann"),
      ]);
    }),
  );

  it(
    "a muted microphone is shown as muted and not heard until it is unmuted",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.publish({ audio: true });
      await bob.hears("ann");

      await ann.room.evaluate(({ localParticipant }) =>
        localParticipant.publications.get("microphone")?.mute()
      );
      await bob.heard("trackMuted", "microphone");
      assert.equal((await bob.reception("ann", "microphone")).muted, true);
      await falls(bob);

      await ann.room.evaluate(({ localParticipant }) =>
        localParticipant.publications.get("microphone")?.unmute()
      );
      await bob.heard("trackUnmuted", "microphone");
      assert.equal((await bob.reception("ann", "microphone")).muted, false);
      await bob.hears("ann");
    }),
  );

  it(
    "a shared screen is seen beside the camera, and goes when it is unpublished",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.publish({ video: true });
      await ann.publishScreen();
      await Promise.all([bob.sees("ann", "camera"), bob.sees("ann", "screen")]);

      await ann.room.evaluate(({ localParticipant }) =>
        localParticipant.publications.get("screen")?.unpublish()
      );
      await bob.heard("trackUnpublished", "screen");
      assert.deepEqual(
        (await bob.receptions()).map(({ key }) => key),
        ["camera"],
      );
    }),
  );

  it(
    "a third who joins late sees and hears the two who are there, muted ones as muted",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await Promise.all([ann.publish(), bob.publish()]);
      await bob.room.evaluate(({ localParticipant }) =>
        localParticipant.publications.get("microphone")?.mute()
      );

      const eve = await stage.join("eve");
      assert.deepEqual(await eve.others(), ["ann", "bob"]);
      await Promise.all([eve.sees("ann"), eve.hears("ann"), eve.sees("bob")]);
      assert.equal((await eve.reception("bob", "microphone")).muted, true);
    }),
  );

  it(
    "one page in two rooms sees each room's camera and tells them apart",
    world.test(async (stage) => {
      const tea = `${stage.room}-tea`;
      const milk = `${stage.room}-milk`;
      const page = await stage.blankPage("ann");
      const annAtTea = await stage.join("ann", { page, room: tea });
      const annAtMilk = await stage.join("ann", { page, room: milk });
      const bob = await stage.join("bob", { room: tea });
      const eve = await stage.join("eve", { room: milk });
      await Promise.all([
        bob.publish({ video: true }),
        eve.publish({ video: true }),
        annAtTea.publish({ video: true }),
      ]);
      await Promise.all([
        annAtTea.sees("bob"),
        annAtMilk.sees("eve"),
        bob.sees("ann"),
      ]);
      assert.deepEqual(await annAtTea.others(), ["bob"]);
      assert.deepEqual(await annAtMilk.others(), ["eve"]);

      await annAtTea.leave();
      await annAtMilk.sees("eve");
    }),
  );

  it(
    "a receiver gets the simulcast layer that it prefers",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.publish({ video: { width: 1280, height: 720 } });
      await bob.sees("ann");
      // The bandwidth estimate has to climb before the largest layer is sent.
      await seesWidth(bob, 1280, 30_000);
      await prefer(bob, 0);
      await seesWidth(bob, 320, 10_000);
      await prefer(bob, 2);
      await seesWidth(bob, 1280, 30_000);
    }),
  );

  it(
    "without automatic subscription only what is subscribed to arrives",
    world.test(async (stage) => {
      const ann = await stage.join("ann");
      await ann.publish();
      const bob = await stage.join("bob", { autoSubscribe: false });
      await eventually(async () => {
        assert.deepEqual(await keysOfAnn(bob), ["camera", "microphone"]);
      });
      assert.deepEqual(await bob.receptions(), []);

      await bob.room.evaluate(async ({ participants }) => {
        const [ann] = participants.values();
        await ann?.publications.get("camera")?.subscribe();
      });
      await bob.sees("ann", "camera");
      const received = (await bob.receptions()).map(({ key }) => key);
      assert.deepEqual(received, ["camera"]);

      await bob.room.evaluate(async ({ participants }) => {
        const [ann] = participants.values();
        await ann?.publications.get("camera")?.unsubscribe();
      });
      assert.deepEqual(await bob.receptions(), []);
    }),
  );
});

/** Waits for a stretch in which beeps were due and none was heard. */
async function falls(client: Client): Promise<void> {
  await eventually(async () => {
    const { audioEnergy: before } = await client.reception("ann", "microphone");
    await delay(BEEPS_MS);
    const { audioEnergy: after } = await client.reception("ann", "microphone");
    assert.equal(after, before);
  });
}

async function seesWidth(client: Client, width: number, within: number) {
  await eventually(async () => {
    const { frameWidth } = await client.reception("ann", "camera");
    assert.equal(frameWidth, width);
  }, { within });
}

const prefer = (client: Client, spatialLayer: number) =>
  client.room.evaluate(async ({ participants }, spatialLayer) => {
    const [ann] = participants.values();
    const camera = ann?.publications.get("camera");
    await camera?.setPreferredLayers({ spatialLayer });
  }, spatialLayer);

const keysOfAnn = (client: Client) =>
  client.room.evaluate(({ participants }) => {
    const [ann] = participants.values();
    return [...ann?.publications.keys() ?? []].sort();
  });
