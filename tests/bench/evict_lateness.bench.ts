/**
 * How late those who have fallen silent are evicted, when they are many. It is
 * measured where it counts: from `graceUntil`, as the others were told it, to
 * `participantDisconnected`, when it has come to the one who stays.
 *
 * @module
 */
import assert from "node:assert/strict";
import { TempFolder } from "../support/files.ts";
import { alternate, type Bench, compare, median, percentile } from "./bench.ts";
import { invite, Load, startHoldfast } from "./support/crowd.ts";
import { startBareWs } from "./support/server.ts";

const ROOMS = 500;
/** In each room; beside them there is one who stays. */
const GUESTS = 10;
const ROUNDS = 3;
/** As the defaults of ours are. */
const PING_MS = 1_000;
const EVICT_MS = 12_000;
/** By which the clocks of two processes of one machine may differ. */
const TOLERANCE_MS = 2;

export const bench: Bench = async () => {
  await using state = await TempFolder.make();
  await using service = await startHoldfast({ STATE_FOLDER: state.path });
  await using bare = await startBareWs(
    `--ping=${PING_MS}`,
    `--evict=${EVICT_MS}`,
  );
  await using load = await Load.start("silence.mts");
  const invitations = await invite(service, ROOMS, GUESTS + 1);
  const { port } = service;
  const ours = () => lateness(load, "sessions", { port, invitations });
  const theirs = () =>
    lateness(load, "connections", {
      port: bare.port,
      rooms: ROOMS,
      guests: GUESTS,
    });
  const measured = await alternate(ROUNDS, ours, theirs);
  return [compare({
    bench: "evict.lateness.p99",
    value: median(measured.ours),
    unit: "ms",
    peer: "bare ws, a timer for each connection",
    peerValue: median(measured.theirs),
    bound: { valueAtMost: 100 },
  })];
};

async function lateness(
  load: Load,
  command: string,
  args: object,
): Promise<number> {
  const measured = await load.run<number[]>(command, args);
  const earliest = Math.min(...measured);
  assert.ok(earliest >= -TOLERANCE_MS, `evicted too early: ${earliest} ms`);
  return percentile(measured, 99);
}
