/**
 * How long it takes until everybody is back, when all have lost their sockets
 * at the same moment. Meanwhile others speak; nothing of it may be lost.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Faults } from "./peers/load/storm.mts";
import { delay } from "../support/delay.ts";
import { alternate, type Bench, compare, median } from "./bench.ts";
import { invite, Load, startHoldfast } from "./support/crowd.ts";
import { startBareWs } from "./support/server.ts";

const ROOMS = 500;
/** In each room; beside them there is one who stays. */
const GUESTS = 10;
const ROUNDS = 9;
const WARM_UP_ROUNDS = 2;
/** By then nothing is left to do of the round before. */
const CALM_MS = 1_500;

export const bench: Bench = async () => {
  await using service = await startHoldfast();
  await using bare = await startBareWs();
  await using load = await Load.start("storm.mts");
  const { port } = service;
  const invitations = await invite(service, ROOMS, GUESTS + 1);
  await load.run("join", { port, invitations });

  const ours = () => storm(load);
  const theirs = async () => {
    await delay(CALM_MS);
    const args = { port: bare.port, count: ROOMS * GUESTS };
    const { ms } = await load.run<{ ms: number }>("connect", args);
    return ms;
  };
  await alternate(WARM_UP_ROUNDS, ours, theirs);
  const times = await alternate(ROUNDS, ours, theirs);
  return [compare({
    bench: "resume.storm",
    value: median(times.ours),
    unit: "ms",
    peer: "bare ws, as many new connections",
    peerValue: median(times.theirs),
    bound: { atMost: 2 },
  })];
};

async function storm(load: Load): Promise<number> {
  await delay(CALM_MS);
  const { ms, faults } = await load.run<{ ms: number; faults: Faults }>(
    "storm",
  );
  assert.deepEqual(faults, { evicted: 0, gaps: 0, messages: 0 });
  return ms;
}
