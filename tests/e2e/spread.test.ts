/** A call that is too large for one of two sidecars. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Program } from "../main/program.ts";
import { eventually } from "../support/eventually.ts";
import { SIDECAR_SECRET, TestSidecar } from "../support/sidecar.ts";
import { State } from "../support/state.ts";
import { requireTool } from "../support/tools.ts";
import { Frames } from "./faults/frames.ts";
import { launchBrowser } from "./support/browser.ts";
import { Client } from "./support/client.ts";
import { BLANK, browserSuite } from "./support/world.ts";

const chromium = requireTool("chromium");
const ROOM = "large";
/** For browsers on a machine that has other things to do. */
const WITHIN_MS = 20_000;
/** Milliseconds until a newcomer is one again. */
const AGAIN_MS = 5_000;
/** More than a busy machine makes of 30 a second. */
const MAX_GAP_MS = 1_500;

const ready = (origin: string) =>
  eventually(async () => {
    const response = await fetch(`${origin}/readyz`);
    assert.equal(response.status, 200, await response.text());
  }, { within: WITHIN_MS });

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
  const first = open.use(new Program(env));
  const port = await first.port();
  const origin = `http://127.0.0.1:${port}`;
  await ready(origin);
  const browser = await launchBrowser(chromium.bin);
  open.defer(() => browser.close());
  const join = async (identity: string) => {
    const context = await browser.newContext({
      permissions: ["camera", "microphone"],
      baseURL: origin,
    });
    const page = await context.newPage();
    await page.goto(BLANK);
    const response = await fetch(`${origin}/rooms/${ROOM}/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ identity }),
    });
    const { token } = await response.json();
    const url = `${origin}/rooms/${ROOM}`;
    return await Client.join(page, { url, token, options: {} });
  };
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
  const next = async () => {
    const program = open.use(new Program({ ...env, PORT: `${port}` }));
    await program.port();
    await ready(origin);
  };
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

/** The longest time without a new frame. */
function longestGap(times: number[], from: number, to: number): number {
  const within = times.filter((time) => time >= from && time <= to);
  const edges = [from, ...within, to];
  return edges.slice(1).reduce(
    (longest, time, index) => Math.max(longest, time - (edges[index] ?? time)),
    0,
  );
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
      const gap = longestGap(await frames.times(), from, Date.now());
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
      const gap = longestGap(await frames.times(), from, to);
      console.log(`killed: back after ${to - from} ms, longest gap ${gap} ms`);
      assert.ok(gap < MAX_GAP_MS, `${gap} ms without a frame`);
      for (const client of clients) await client.leave();
      await eventually(() => {
        for (const one of sidecars) assert.ok(one.hasClosedAll(), "a router");
      }, { within: WITHIN_MS });
    });
  },
);
