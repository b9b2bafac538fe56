import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import type { Client } from "./support/client.ts";
import { browserSuite, type Stage, World } from "./support/world.ts";

/** By an operator, over the admin API. */
async function administer(
  { service: { origin } }: Stage,
  method: string,
  path: string,
  body: object,
): Promise<void> {
  const given = await fetch(`${origin}/admin/token`, { method: "POST" });
  const { token } = await given.json();
  const response = await fetch(`${origin}/admin/v1/rooms/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, text);
}

const sessionOf = ({ room }: Client): Promise<string> =>
  room.evaluate(({ sessionId }) => sessionId);

describe("what operators do, between real browsers", browserSuite, () => {
  const world = new World();

  it(
    "who is moved to another room is seen there, sees who is there, and has gone for the others",
    world.test(async (stage) => {
      const other = `${stage.room}-2`;
      const [ann, bob] = await stage.joinAll("ann", "bob");
      const eve = await stage.join("eve", { room: other });
      await Promise.all([ann, bob, eve].map((client) => client.publish()));
      await Promise.all([bob.sees("ann"), ann.sees("bob")]);
      const path = `${stage.room}/participants/${await sessionOf(ann)}/move`;
      await administer(stage, "POST", path, { room: other });
      await Promise.all([eve.sees("ann"), eve.hears("ann"), ann.sees("eve")]);
      assert.deepEqual(await ann.others(), ["eve"]);
      assert.deepEqual(await bob.others(), []);
      assert.equal(await ann.room.evaluate(({ name }) => name), other);
    }),
  );

  it(
    "a track that is muted is heard again only when its owner unmutes it, after the operator allows it",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.publish({ audio: true });
      await bob.hears("ann");
      const session = await sessionOf(ann);
      const path = `${stage.room}/participants/${session}/tracks/microphone`;
      const state = () =>
        ann.room.evaluate(({ localParticipant }) => {
          const microphone = localParticipant.publications.get("microphone");
          return [microphone?.muted, microphone?.mutedByServer];
        });
      const unmute = () =>
        ann.room.evaluate(({ localParticipant }) =>
          localParticipant.publications.get("microphone")?.unmute()
            .then(() => "unmuted", ({ code }) => code)
        );
      await administer(stage, "PATCH", path, { muted: true });
      await bob.heard("trackMuted", "microphone");
      await eventually(async () =>
        assert.deepEqual(await state(), [true, true])
      );
      assert.equal(await unmute(), 53310);
      await administer(stage, "PATCH", path, { muted: false });
      await eventually(async () =>
        assert.deepEqual(await state(), [true, false])
      );
      assert.equal(await unmute(), "unmuted");
      await bob.hears("ann");
    }),
  );

  it(
    "who may not publish any more is seen no longer, and is again when allowed to",
    world.test(async (stage) => {
      const [ann, bob] = await stage.joinAll("ann", "bob");
      await ann.publish({ video: true });
      await bob.sees("ann");
      const path = `${stage.room}/participants/${await sessionOf(ann)}`;
      const grants = { publish: ["microphone"] };
      await administer(stage, "PATCH", path, { grants });
      await bob.heard("trackUnpublished", "camera");
      await eventually(async () =>
        assert.equal(
          await ann.room.evaluate(({ localParticipant }) =>
            localParticipant.publications.size
          ),
          0,
        )
      );
      await administer(stage, "PATCH", path, { grants: { publish: true } });
      await ann.publish({ video: true });
      await bob.sees("ann");
    }),
  );
});
