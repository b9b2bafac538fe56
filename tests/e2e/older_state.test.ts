/**
 * A call goes on while the service dies, and the next one finds what was kept a
 * while before: the last that was done is unknown to it.
 */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { eventually } from "../support/eventually.ts";
import { State } from "../support/state.ts";
import type { Client } from "./support/client.ts";
import { Succession } from "./support/succession.ts";
import { browserSuite } from "./support/world.ts";

const IS_BACK = { within: 15_000 };

/** A copy of what is kept at this moment, to be put back later. */
function keep({ path }: State): () => void {
  const kept = `${path}/rooms.sqlite`;
  const copy = `${path}/older`;
  const database = new DatabaseSync(kept, { readOnly: true });
  database.prepare("VACUUM INTO ?").run(copy);
  database.close();
  return () => {
    for (const end of ["-wal", "-shm"]) {
      Deno.removeSync(`${kept}${end}`);
    }
    Deno.renameSync(copy, kept);
  };
}

/** Two in a room. */
async function scene(open: AsyncDisposableStack) {
  const state = open.use(new State());
  const env = { STATE_FOLDER: state.path, SFU_WORKERS: "1" };
  const services = open.use(await Succession.begin(env));
  const ann = await services.join("call", "ann");
  const bob = await services.join("call", "bob");
  return { state, services, ann, bob };
}

/** Each shows the other camera and microphone. */
async function call(ann: Client, bob: Client): Promise<void> {
  await Promise.all([ann.publish(), bob.publish()]);
  await Promise.all([ann.sees("bob"), bob.sees("ann")]);
}

/** As soon as that is so, in milliseconds. */
async function seesAnew(client: Client, identity: string): Promise<number> {
  const from = Date.now();
  await client.heard("reconnected", undefined, IS_BACK);
  await eventually(() => client.reception(identity, "camera"), IS_BACK);
  await client.sees(identity);
  return Date.now() - from;
}

/** What one sees that somebody else publishes, by key, and whether it is muted. */
const offered = (client: Client, identity: string) =>
  client.room.evaluate(
    (room, identity) => {
      const found = [...room.participants.values()]
        .find((other) => other.identity === identity);
      const publications = [...found?.publications.values() ?? []];
      const entries = publications.map(({ key, muted }) => [key, muted]);
      return Object.fromEntries(entries.sort()) as Record<string, boolean>;
    },
    identity,
  );

const metadataOf = (client: Client, identity: string) =>
  client.room.evaluate(
    (room, identity) =>
      [...room.participants.values()]
        .find((other) => other.identity === identity)?.metadata,
    identity,
  );

describe("a call whose service finds an older state", browserSuite, () => {
  it("HO13: has again what was published and not what was unpublished, muted as it was, with no act of the app", async () => {
    await using open = new AsyncDisposableStack();
    const { state, services, ann, bob } = await scene(open);
    await call(ann, bob);
    const putBack = keep(state);

    await ann.publishScreen();
    const chat = await ann.room.evaluateHandle((room) =>
      room.localParticipant.publishData({ label: "chat" })
    );
    await ann.room.evaluate(async ({ localParticipant }) => {
      await localParticipant.publications.get("microphone")?.mute();
      await localParticipant.update({ metadata: { hand: "up" } });
    });
    await bob.room.evaluate(({ localParticipant }) =>
      localParticipant.publications.get("camera")?.unpublish()
    );
    await bob.sees("ann", "screen");
    await ann.heard("trackUnpublished", "camera");
    const published = await ann.room.evaluateHandle((
      { localParticipant },
    ) => [...localParticipant.publications.values()]);

    await services.first.die();
    putBack();
    const from = Date.now();
    await services.next();
    await Promise.all([
      ann.heard("reconnected", undefined, IS_BACK),
      bob.heard("reconnected", undefined, IS_BACK),
    ]);
    await eventually(async () => {
      const expected = { camera: false, microphone: true, screen: false };
      assert.deepEqual(await offered(bob, "ann"), expected);
      assert.deepEqual(await offered(ann, "bob"), { microphone: false });
    }, IS_BACK);
    await bob.sees("ann", "screen");
    await bob.sees("ann");
    console.log(`as before ${Date.now() - from} ms after the crash`);
    await eventually(async () =>
      assert.deepEqual(await metadataOf(bob, "ann"), { hand: "up" })
    );
    await eventually(async () => {
      await chat.evaluate((channel) => channel.send("still here"));
      const heard = (await bob.events()).map(({ detail }) => detail);
      assert.ok(
        heard.some((detail) => JSON.stringify(detail)?.includes("still here")),
        JSON.stringify(heard),
      );
    });
    const isSame = await published.evaluate((before, room) => {
      const now = [...room.localParticipant.publications.values()];
      return now.length === before.length &&
        now.every((publication) => before.includes(publication));
    }, ann.room);
    assert.ok(isSame, "others are published than before");

    const eve = await services.join("call", "eve");
    await Promise.all([
      eve.sees("ann"),
      eve.sees("ann", "screen"),
      eve.hears("bob"),
    ]);
    assert.deepEqual(await offered(eve, "bob"), { microphone: false });
    for (const client of [ann, bob]) {
      const events = (await client.events()).map(({ event }) => event);
      assert.ok(!events.includes("exception"), events.join());
      assert.ok(!events.includes("participantDisconnected"), events.join());
    }
  });

  it("HO13: makes all media anew where it knows of none", async () => {
    await using open = new AsyncDisposableStack();
    const { state, services, ann, bob } = await scene(open);
    const putBack = keep(state);
    await call(ann, bob);
    await services.first.die();
    putBack();
    await services.next();
    const times = await Promise.all([
      seesAnew(ann, "bob"),
      seesAnew(bob, "ann"),
    ]);
    console.log(`seen again ${times.join(" and ")} ms after the start`);
    const expected = { camera: false, microphone: false };
    assert.deepEqual(await offered(bob, "ann"), expected);
    assert.deepEqual(await offered(ann, "bob"), expected);
  });

  it("HO13: has once what was being published", async () => {
    await using open = new AsyncDisposableStack();
    const { state, services, ann, bob } = await scene(open);
    await call(ann, bob);
    const putBack = keep(state);
    const publishing = await ann.page.evaluateHandle(async (room) => {
      const media = { video: true };
      const stream = await navigator.mediaDevices.getDisplayMedia(media);
      const [track] = stream.getVideoTracks();
      if (!track) throw new Error("there is no track");
      return {
        done: room.localParticipant.publish(track, { source: "screen" }),
      };
    }, ann.room);
    await services.first.die();
    putBack();
    await services.next();
    await publishing.evaluate(({ done }) => done.then(() => {}));
    await bob.heard("reconnected", undefined, IS_BACK);
    await eventually(async () =>
      assert.deepEqual(await offered(bob, "ann"), {
        camera: false,
        microphone: false,
        screen: false,
      })
    );
    await bob.sees("ann", "screen");
    await bob.sees("ann");
  });
});
