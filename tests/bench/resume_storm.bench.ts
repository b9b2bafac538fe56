/**
 * How long it takes until everybody is back, when all have lost their sockets
 * at the same moment. While they are away others speak; all of that, who was
 * away and who came back has to reach them, once and in order. The clock runs
 * from the first resume to the moment at which the last one has been answered
 * and has heard what it had missed; the loss before has a row of its own.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Storm } from "./peers/load/storm.mts";
import { delay } from "../support/delay.ts";
import { TempFolder } from "../support/files.ts";
import { alternate, type Bench, compare, median } from "./bench.ts";
import { invite, Load, startHoldfast } from "./support/crowd.ts";
import { type Server, startBareWs } from "./support/server.ts";

const ROOMS = 500;
/** In each room; beside them there is one who stays. */
const GUESTS = 10;
const ROUNDS = 9;
const WARM_UP_ROUNDS = 2;
/** By then nothing is left to do of the round before. */
const CALM_MS = 1_500;

export const bench: Bench = async () => {
  await using state = await TempFolder.make();
  await using service = await startHoldfast({ STATE_FOLDER: state.path });
  await using bare = await startBareWs();
  await using load = await Load.start("storm.mts");
  const { port } = service;
  const invitations = await invite(service, ROOMS, GUESTS + 1);
  await load.run("join", { port, invitations });

  const ours = () => storm(load);
  const theirs = () => connect(load, bare);
  await alternate(WARM_UP_ROUNDS, ours, theirs);
  const times = await alternate(ROUNDS, ours, theirs);
  const peer = "bare ws, as many new connections";
  const peerValue = median(times.theirs);
  return [
    compare({
      bench: "resume.storm",
      value: median(times.ours.map(({ resumeMs }) => resumeMs)),
      unit: "ms",
      peer,
      peerValue,
      bound: { atMost: 2 },
    }),
    compare({
      bench: "resume.storm.loss",
      value: median(times.ours.map(({ lossMs }) => lossMs)),
      unit: "ms",
      peer,
      peerValue,
    }),
  ];
};

async function storm(load: Load): Promise<Storm> {
  await delay(CALM_MS);
  const storm = await load.run<Storm>("storm");
  assert.deepEqual(storm.faults, { evicted: 0, gaps: 0, messages: 0 });
  return storm;
}

async function connect(load: Load, { port }: Server): Promise<number> {
  await delay(CALM_MS);
  const args = { port, count: ROOMS * GUESTS };
  const { ms } = await load.run<{ ms: number }>("connect", args);
  return ms;
}
