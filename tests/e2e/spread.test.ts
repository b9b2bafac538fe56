/** A call that is too large for one of two sidecars. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Program } from "../main/program.ts";
import { eventually } from "../support/eventually.ts";
import { SIDECAR_SECRET, TestSidecar } from "../support/sidecar.ts";
import { State } from "../support/state.ts";
import { Frames } from "./faults/frames.ts";
import type { Client } from "./support/client.ts";
import { Succession } from "./support/succession.ts";
import { browserSuite } from "./support/world.ts";

const ROOM = "large";
/** For browsers on a machine that has other things to do. */
const WITHIN_MS = 20_000;
/** Milliseconds until a newcomer is one again. */
const AGAIN_MS = 5_000;
/** More than a busy machine makes of 30 a second. */
const MAX_GAP_MS = 1_500;

/** Ann and Bob fill one sidecar; what Eve sends goes to the other. */
async function scene(open: AsyncDisposableStack) {
  const start = () => TestSidecar.start({ SFU_ROOM_CONSUMERS_PER_WORKER: "4" });
  const sidecars = await Promise.all([start(), start()]);
  for (const sidecar of sidecars) open.use(sidecar);
  const state = open.use(new State());
  const env = {
    STATE_FOLDER: state.path,
    SFU_URLS: sidecars.map(({ url }, index) => `${url}|${index}`).join(","),
    SFU_REGION: "0",
    SFU_SECRET: SIDECAR_SECRET,
    ROOM_EMPTY_MS: "500",
  };
  const services = open.use(await Succession.begin(env));
  const { first } = services;
  const join = (identity: string) => services.join(ROOM, identity);
  const [ann, bob] = [await join("ann"), await join("bob")];
  await Promise.all([ann.publish(), bob.publish()]);
  await Promise.all([
    ann.sees("bob"),
    ann.hears("bob"),
    bob.sees("ann"),
    bob.hears("ann"),
  ]);
  const eve = await join("eve");
  await isSpread(first, eve);
  await eve.publish();
  const all = () =>
    Promise.all([
      eve.sees("ann"),
      eve.hears("bob"),
      ann.sees("eve"),
      ann.hears("eve"),
      bob.sees("eve"),
      bob.sees("ann"),
    ]);
  await all();
  const frames = await Frames.of(bob.page);
  const next = () => services.next();
  return { sidecars, first, ann, bob, eve, all, frames, next };
}

/** A sidecar that is busy with other things is none to spread to. */
async function isSpread(program: Program, newcomer: Client): Promise<void> {
  let next = performance.now() + AGAIN_MS;
  await eventually(async () => {
    if (performance.now() > next) {
      next = performance.now() + AGAIN_MS;
      await newcomer.room.evaluate((room) =>
        room.recoverMedia({ recreate: true })
      );
    }
    assert.match(program.stderr, /is spread to/);
  }, { within: WITHIN_MS });
}

/** What is told of tracks and people. */
const storyOf = async (client: Client) =>
  (await client.events()).map(({ event }) => event).filter((event) =>
    ["disconnected", "participantDisconnected", "trackUnpublished"]
      .includes(event)
  );

const replacedFor = async (client: Client) =>
  (await client.events()).filter(({ event }) => event === "trackReplaced")
    .length;

describe(
  "a call that is too large for one of two sidecars",
  browserSuite,
  () => {
    it("SF6, SF7, MD9: is over both, and when the second is killed only who sends there sends anew", async () => {
      await using open = new AsyncDisposableStack();
      const { sidecars, ann, bob, eve, all, frames } = await scene(open);
      const before = (await eve.recoveries()).length;
      const from = Date.now();
      await sidecars[1]?.killAll("SIGKILL");
      for (const client of [ann, bob]) {
        await client.heard("trackReplaced", "camera", { within: WITHIN_MS });
      }
      const tookMs = Date.now() - from;
      await all();
      const reports = (await eve.recoveries()).slice(before);
      assert.deepEqual(reports.map(({ outcome }) => outcome), ["recovered"]);
      for (const client of [ann, bob]) {
        assert.deepEqual(await client.recoveries(), [], "nothing was theirs");
        assert.equal(await replacedFor(client), 2, "Eve's two tracks");
      }
      for (const client of [ann, bob, eve]) {
        assert.deepEqual(await storyOf(client), []);
      }
      const gap = await frames.longestGap(from, Date.now());
      console.log(
        `the second sidecar was killed: replaced after ${tookMs} ms,`,
        `longest gap of any video ${gap} ms`,
      );
      assert.ok(gap < MAX_GAP_MS, `${gap} ms without a frame`);
    });

    it("SF7, HO5: flows on over both while the service is killed and another one starts", async () => {
      await using open = new AsyncDisposableStack();
      const { sidecars, first, ann, bob, eve, all, frames, next } = await scene(
        open,
      );
      const from = Date.now();
      await first.die();
      await next();
      const clients = [ann, bob, eve];
      await Promise.all(
        clients.map((client) =>
          client.heard("reconnected", undefined, { within: WITHIN_MS })
        ),
      );
      const to = Date.now();
      await all();
      for (const client of clients) {
        assert.deepEqual(await storyOf(client), []);
        assert.equal(await replacedFor(client), 0);
      }
      const gap = await frames.longestGap(from, to);
      console.log(`killed: back after ${to - from} ms, longest gap ${gap} ms`);
      assert.ok(gap < MAX_GAP_MS, `${gap} ms without a frame`);
      for (const client of clients) await client.leave();
      await eventually(() => {
        for (const one of sidecars) assert.ok(one.hasClosedAll(), "a router");
      }, { within: WITHIN_MS });
    });
  },
);
