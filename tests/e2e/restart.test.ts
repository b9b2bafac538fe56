/** A call goes on while the service dies, or stops, and another one starts. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { State } from "../support/state.ts";
import { Frames } from "./faults/frames.ts";
import type { Client } from "./support/client.ts";
import { Succession } from "./support/succession.ts";
import { browserSuite } from "./support/world.ts";

const EXIT_MS = 5_000;
/** In which a service must be back for nobody to hear of it. */
const QUICK_MS = 4_000;
/** Less than the service is away, more than a busy machine makes of 30 a second. */
const MAX_GAP_MS = 1_000;

/** Two in a call, with a service that can be taken from under it. */
async function scene(open: AsyncDisposableStack) {
  const state = open.use(new State());
  const env = { STATE_FOLDER: state.path, SFU_WORKERS: "1" };
  const services = open.use(await Succession.begin(env));
  const ann = await services.join("call", "ann");
  const bob = await services.join("call", "bob");
  await Promise.all([ann.publish(), bob.publish()]);
  await Promise.all([ann.sees("bob"), bob.sees("ann")]);
  const frames = await Frames.of(bob.page);
  const { first } = services;
  return { state, first, ann, bob, frames, next: () => services.next() };
}

const sessionOf = (client: Client) =>
  client.room.evaluate(({ localParticipant }) => localParticipant.sessionId);

const say = (client: Client, body: string) =>
  client.room.evaluate((room, body) => room.sendMessage("t", body), body);

/** What would tell that somebody was gone, or media was made anew. */
const DISTURBANCES = [
  "participantDisconnected",
  "disconnected",
  "trackReplaced",
  "trackUnpublished",
];

async function assertUndisturbed(client: Client, ...more: string[]) {
  const names = (await client.events()).map(({ event }) => event);
  const found = names.filter((name) =>
    [...DISTURBANCES, ...more].includes(name)
  );
  assert.deepEqual(found, [], names.join());
}

describe("a call whose service is killed", browserSuite, () => {
  it("HO1: has the same sessions and tracks when another one starts, and its frames never stop", async () => {
    await using open = new AsyncDisposableStack();
    const { state, first, ann, bob, frames, next } = await scene(open);
    const sessions = await Promise.all([ann, bob].map(sessionOf));
    const { sidecar } = state;
    const from = Date.now();
    await first.die();
    await next();
    assert.equal(state.sidecar, sidecar);
    await Promise.all([ann.heard("reconnected"), bob.heard("reconnected")]);
    const to = Date.now();
    await say(ann, "still here");
    await bob.heard("message", { from: "ann", topic: "t", body: "still here" });
    await Promise.all([ann.sees("bob"), bob.sees("ann")]);
    assert.deepEqual(await Promise.all([ann, bob].map(sessionOf)), sessions);
    await Promise.all([ann, bob].map((client) => assertUndisturbed(client)));
    const gap = await frames.longestGap(from, to);
    console.log(`killed: back after ${to - from} ms, longest gap ${gap} ms`);
    assert.ok(gap < MAX_GAP_MS, `${gap} ms without a frame`);
  });
});

describe(
  "what was published in the very moment of a crash",
  browserSuite,
  () => {
    it("HO4: is there again with the next process", async () => {
      await using open = new AsyncDisposableStack();
      const { first, ann, bob, next } = await scene(open);
      await ann.publishScreen();
      await first.die();
      await next();
      await Promise.all([ann.heard("reconnected"), bob.heard("reconnected")]);
      await Promise.all([
        bob.sees("ann", "screen"),
        bob.sees("ann"),
        ann.sees("bob"),
      ]);
    });
  },
);

describe("a call whose service is restarted", browserSuite, () => {
  it("HO6: goes on, and the application hears nothing of a quick one", async () => {
    await using open = new AsyncDisposableStack();
    const { first, ann, bob, frames, next } = await scene(open);
    const sessions = await Promise.all([ann, bob].map(sessionOf));
    const from = Date.now();
    first.kill("SIGTERM");
    assert.equal(await first.code(EXIT_MS), 0);
    const second = await next();
    const to = Date.now();
    await say(ann, "still here");
    await bob.heard("message", { from: "ann", topic: "t", body: "still here" });
    await Promise.all([ann.sees("bob"), bob.sees("ann")]);
    assert.deepEqual(await Promise.all([ann, bob].map(sessionOf)), sessions);
    // A machine that is busy with other things may take longer than anybody waits.
    const isQuick = to - from < QUICK_MS;
    for (const client of [ann, bob]) {
      await assertUndisturbed(client, ...isQuick ? ["reconnecting"] : []);
    }
    const gap = await frames.longestGap(from, Date.now());
    console.log(
      `restarted: ready after ${to - from} ms, longest gap ${gap} ms`,
    );
    assert.ok(gap < MAX_GAP_MS, `${gap} ms without a frame`);
    assert.match(second.stderr, /"rooms restored"/);
  });
});
