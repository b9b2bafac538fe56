/**
 * What it costs to know that thousands are there, who do nothing else.
 *
 * @module
 */
import { delay } from "../support/delay.ts";
import { TempFolder } from "../support/files.ts";
import { alternate, type Bench, compare, median } from "./bench.ts";
import { invite, Load, startHoldfast } from "./support/crowd.ts";
import { type Server, startBareWs } from "./support/server.ts";

const ROOMS = 500;
const PARTICIPANTS = 10;
const PING_MS = 1_000;
const ROUNDS = 5;
const ROUND_MS = 6_000;
/** By then nothing is left to do of what brought them there. */
const CALM_MS = 5_000;

export const bench: Bench = async () => {
  await using state = await TempFolder.make();
  await using service = await startHoldfast({
    STATE_FOLDER: state.path,
    ROOM_PING_INTERVAL_MS: String(PING_MS),
  });
  await using bare = await startBareWs(`--ping=${PING_MS}`);
  await using load = await Load.start("crowd.mts");
  const invitations = await invite(service, ROOMS, PARTICIPANTS);
  await load.run("join", { port: service.port, invitations });
  const count = ROOMS * PARTICIPANTS;
  await load.run("connect", { port: bare.port, count });
  await delay(CALM_MS);

  const { ours, theirs } = await alternate(
    ROUNDS,
    () => cpuOf(service),
    () => cpuOf(bare),
  );
  return [compare({
    bench: "heartbeat.cpu",
    value: median(ours),
    unit: "ms of CPU a second",
    peer: "bare ws, pings all at the same interval",
    peerValue: median(theirs),
  })];
};

/** Milliseconds that the process needs in a second. */
async function cpuOf(server: Server): Promise<number> {
  const [before, start] = [await server.usage(), performance.now()];
  await delay(ROUND_MS);
  const [after, end] = [await server.usage(), performance.now()];
  return (after.cpuMs - before.cpuMs) * 1_000 / (end - start);
}
