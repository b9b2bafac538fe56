import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Client } from "./support/client.ts";
import { eventually } from "../support/eventually.ts";
import { browserSuite, World } from "./support/world.ts";

describe("messages between real browsers", browserSuite, () => {
  const world = new World();

  it(
    "a message to all reaches all others and not its sender",
    world.test(async (stage) => {
      const [ann, bob, eve] = await stage.joinAll("ann", "bob", "eve");
      await ann.room.evaluate((room) =>
        room.sendMessage("chat", { text: "hello" })
      );
      const expected = {
        from: "ann",
        topic: "chat",
        body: { text: "hello" },
      };
      await Promise.all([
        bob.heard("message", expected),
        eve.heard("message", expected),
      ]);
      assert.deepEqual(await messagesOf(ann), []);
    }),
  );

  it(
    "a message to one reaches only that one",
    world.test(async (stage) => {
      const [ann, bob, eve] = await stage.joinAll("ann", "bob", "eve");
      await ann.room.evaluate(async (room) => {
        const bob = [...room.participants.values()]
          .filter(({ identity }) => identity === "bob");
        await room.sendMessage("chat", "for bob", { to: bob });
        await room.sendMessage("chat", "for all");
      });
      await bob.heard("message", {
        from: "ann",
        topic: "chat",
        body: "for bob",
      });
      // What comes to eve after it proves that it did not come before.
      await eve.heard("message", {
        from: "ann",
        topic: "chat",
        body: "for all",
      });
      assert.equal((await messagesOf(eve)).length, 1);
    }),
  );

  it(
    "data channel messages go there and back, text and binary",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await openEcho(bob);
      await ann.room.evaluate((room) =>
        room.localParticipant.publishData({ label: "ping" })
      );
      await Promise.all([subscribes(ann, "echo"), subscribes(bob, "ping")]);
      await ann.room.evaluate(({ localParticipant }) =>
        localParticipant.dataPublications.get("ping")?.send("there")
      );
      await bob.heard("dataReceived", {
        data: "there",
        label: "ping",
        identity: "ann",
      });
      await ann.heard("dataReceived", {
        data: "back: there",
        label: "echo",
        identity: "bob",
      });
      await ann.room.evaluate(({ localParticipant }) =>
        localParticipant.dataPublications.get("ping")
          ?.send(new Uint8Array([1, 2, 3]))
      );
      await bob.heard("dataReceived", {
        data: [1, 2, 3],
        label: "ping",
        identity: "ann",
      });
    }),
  );
});

const messagesOf = async (client: Client) =>
  (await client.events()).filter(({ event }) => event === "message");

/** Answers what comes on a channel `ping` on a channel of its own. */
const openEcho = (client: Client) =>
  client.room.evaluate(async (room) => {
    const echo = await room.localParticipant.publishData({ label: "echo" });
    room.on("dataReceived", (data, { label }) => {
      if (label === "ping" && typeof data === "string") {
        echo.send(`back: ${data}`);
      }
    });
  });

const subscribes = (client: Client, key: string) =>
  eventually(async () => {
    const subscribed = await client.room.evaluate(({ participants }, key) => {
      const [other] = participants.values();
      return other?.dataPublications.get(key)?.subscribed ?? false;
    }, key);
    assert.ok(subscribed, `not subscribed to ${key}`);
  });
