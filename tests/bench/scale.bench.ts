/**
 * Rooms over one, two and three processes, and what each room, session and
 * message costs there: what `docs/scale.md` reckons with. All of them, Redis,
 * the sidecar and those who are in the rooms share this machine.
 *
 * @module
 */
import { TestSidecar } from "../support/sidecar.ts";
import { requireTool } from "../support/tools.ts";
import { type Bench, compare, median, type Result } from "./bench.ts";
import { Cluster } from "./support/cluster.ts";
import { constants } from "./support/constants.ts";
import { type Place, RoomsLoad } from "./support/rooms.ts";

const SIZES = [1, 2, 3] as const;
const ROUNDS = 2;
const TALKS = { rooms: 12, guests: 10 };
const TALK_MS = 1_000;
const VISITED = { rooms: 12, guests: 10 };

type Size = typeof SIZES[number];
/** Of one round. A second, but for what it costs. */
type Sample = {
  /** Through the process that runs the room. */
  home: number;
  /** Through any. */
  spread: number;
  joins: number;
  /** Microseconds of all processes for one who hears, at home. */
  homeUs: number;
  spreadUs: number;
};

export const bench: Bench = async () => {
  if (requireTool("redis-server").ignore) return [];
  await using open = new AsyncDisposableStack();
  const sidecar = open.use(await TestSidecar.start());
  const load = open.use(await RoomsLoad.start());
  const grown = await growth(sidecar, load);
  return [...grown, ...await constants(sidecar, load)];
};

/** One cluster at a time, since even those who say nothing cost something. */
async function growth(
  sidecar: TestSidecar,
  load: RoomsLoad,
): Promise<Result[]> {
  const samples = new Map<Size, Sample[]>(SIZES.map((size) => [size, []]));
  for (const sizes of [SIZES, SIZES.toReversed()]) {
    for (const size of sizes) {
      await using cluster = await Cluster.start(sidecar, size);
      const { servers } = cluster;
      await load.join("home", { servers, ...TALKS });
      await load.join("spread", { servers, through: "each", ...TALKS });
      await measure(cluster, load);
      for (let round = 0; round < ROUNDS; round++) {
        samples.get(size)?.push(await measure(cluster, load));
      }
    }
  }
  const [one = [], two = [], three = []] = samples.values();
  return [...results(2, two, one), ...results(3, three, one)];
}

async function measure(
  cluster: Cluster,
  load: RoomsLoad,
): Promise<Sample> {
  const place: Place = { servers: cluster.servers, ...VISITED };
  const { joinMs, totalMs } = await load.visit(place, VISITED.rooms);
  const [home, spread] = [
    await cluster.spent(() => load.hear("home", TALK_MS)),
    await cluster.spent(() => load.hear("spread", TALK_MS)),
  ];
  const us = ({ result, ms, cpuMs }: typeof home) =>
    cpuMs * 1_000 / (result * ms / 1_000);
  return {
    home: home.result,
    spread: spread.result,
    joins: joinMs.length * 1_000 / totalMs,
    homeUs: us(home),
    spreadUs: us(spread),
  };
}

function results(size: Size, ours: Sample[], theirs: Sample[]): Result[] {
  const row = (name: string, unit: string, of: (sample: Sample) => number) =>
    compare({
      bench: `scale.${name}.${size}`,
      value: median(ours.map(of)),
      unit,
      peer: "one process",
      peerValue: median(theirs.map(of)),
    });
  return [
    row("home", "deliveries/s", ({ home }) => home),
    row("spread", "deliveries/s", ({ spread }) => spread),
    row("join", "joins/s", ({ joins }) => joins),
    row("home.cpu", "us/delivery", ({ homeUs }) => homeUs),
    row("spread.cpu", "us/delivery", ({ spreadUs }) => spreadUs),
  ];
}
