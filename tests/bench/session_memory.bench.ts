/**
 * What one who is only there costs in memory: by how much the process has grown
 * since fewer were there, once what is garbage has been collected. As many
 * connections to the peer are measured the same way.
 *
 * @module
 */
import { delay } from "../support/delay.ts";
import { TempFolder } from "../support/files.ts";
import { alternate, type Bench, compare, median } from "./bench.ts";
import { invite, Load, startHoldfast } from "./support/crowd.ts";
import type { Usage } from "./support/gauge.ts";
import { type Server, startBareWs } from "./support/server.ts";

const PARTICIPANTS = 10;
const ROOMS_BEFORE = 50;
const ROOMS = 500;
const ROUNDS = 5;
/** By then all have acknowledged that the others have come. */
const CALM_MS = 3_000;
/** All that the process has, and what of it are objects. */
const MEASURES = ["rss", "heapUsed"] as const;

export const bench: Bench = async () => {
  const measured = await alternate(ROUNDS, ours, theirs);
  return MEASURES.map((measure) =>
    compare({
      bench: `session.memory.${measure}`,
      value: median(measured.ours.map((growth) => growth[measure])),
      unit: "KiB",
      peer: "bare ws, a connection",
      peerValue: median(measured.theirs.map((growth) => growth[measure])),
      ...(measure === "rss" && { bound: { atMost: 2.5 } }),
    })
  );
};

type Growth = Pick<Usage, (typeof MEASURES)[number]>;

async function ours(): Promise<Growth> {
  await using state = await TempFolder.make();
  await using service = await startHoldfast({ STATE_FOLDER: state.path });
  await using load = await Load.start("crowd.mts");
  const invitations = await invite(
    service,
    ROOMS_BEFORE + ROOMS,
    PARTICIPANTS,
  );
  const join = (rooms: typeof invitations) =>
    load.run("join", { port: service.port, invitations: rooms });
  await join(invitations.slice(0, ROOMS_BEFORE));
  return await growth(service, () => join(invitations.slice(ROOMS_BEFORE)));
}

async function theirs(): Promise<Growth> {
  await using bare = await startBareWs();
  await using load = await Load.start("crowd.mts");
  const connect = (rooms: number) =>
    load.run("connect", { port: bare.port, count: rooms * PARTICIPANTS });
  await connect(ROOMS_BEFORE);
  return await growth(bare, () => connect(ROOMS));
}

/** In KiB for each that `come` brings. */
async function growth(
  server: Server,
  come: () => Promise<unknown>,
): Promise<Growth> {
  await delay(CALM_MS);
  const before = await server.usage();
  await come();
  await delay(CALM_MS);
  const after = await server.usage();
  const each = (measure: keyof Growth) =>
    (after[measure] - before[measure]) / 1_024 / (ROOMS * PARTICIPANTS);
  return { rss: each("rss"), heapUsed: each("heapUsed") };
}
