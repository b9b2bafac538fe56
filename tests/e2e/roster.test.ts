import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Policy } from "../../protocol/mod.ts";
import { eventually } from "../support/eventually.ts";
import { browserSuite, World } from "./support/world.ts";

const { timeoutMs } = Policy.parse({});

describe("who is in a room", browserSuite, () => {
  const world = new World();

  it(
    "others see a leave within a second",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await Promise.all([ann.publish(), bob.publish()]);
      await bob.sees("ann");
      const start = Date.now();
      await ann.leave();
      const seen = await bob.heard("participantDisconnected", {
        identity: "ann",
        reason: "left",
      });
      assert.ok(seen.at - start < 1_000, `took ${seen.at - start} ms`);
      assert.deepEqual(await bob.others(), []);
      assert.deepEqual(await bob.receptions(), []);
      await ann.heard("disconnected", { code: null, reason: "left" });
    }),
  );

  it(
    "a page that closes without leaving is gone for the others",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.publish();
      await bob.sees("ann");
      await ann.page.close({ runBeforeUnload: false });
      await bob.heard("participantDisconnected", {
        identity: "ann",
        reason: "left",
      });
    }),
  );

  it(
    "HB2, GR1: a page that stops answering is lost after the timeout, and back when it answers",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      const start = Date.now();
      const [seen] = await Promise.all([
        bob.heard("participantReconnecting", undefined, {
          within: timeoutMs + 3_000,
        }),
        // A busy loop: the socket stays open, and no ping is answered.
        ann.page.evaluate((ms) => {
          const end = Date.now() + ms;
          while (Date.now() < end);
        }, timeoutMs + 2_000),
      ]);
      const took = seen.at - start;
      assert.ok(took > timeoutMs - 1_100, `already after ${took} ms`);
      assert.ok(took < timeoutMs + 1_000, `only after ${took} ms`);
      await bob.heard("participantReconnected", "ann");
    }),
  );

  it(
    "an identity that joins again takes the place of the one before",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      const again = await stage.join("ann");
      await ann.heard("disconnected", {
        code: 53205,
        reason: "duplicateIdentity",
      });
      await bob.heard("participantDisconnected", {
        identity: "ann",
        reason: "duplicateIdentity",
      });
      assert.deepEqual(await again.others(), ["bob"]);
      await eventually(async () => {
        assert.deepEqual(await bob.others(), ["ann"]);
      });
    }),
  );

  it(
    "others see a new name and new metadata",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.room.evaluate(({ localParticipant }) =>
        localParticipant.update({ name: "Ann", metadata: { hand: true } })
      );
      await bob.heard("participantUpdated", {
        identity: "ann",
        name: "Ann",
        metadata: { hand: true },
      });
    }),
  );
});
