/**
 * What it costs that rooms are shared by a Redis: the same service with one and
 * without. `home`: one process, which runs all rooms; `relayed`: two, and all
 * but the first of a room come through the one that does not run it.
 *
 * @module
 */
import { requireTool } from "../support/tools.ts";
import { TestSidecar } from "../support/sidecar.ts";
import { type Bench, compare, median, type Result } from "./bench.ts";
import { Cluster, startWith } from "./support/cluster.ts";
import { type Place, RoomsLoad } from "./support/rooms.ts";

const ROUNDS = 7;
const WARM_UP_ROUNDS = 2;
const PEER = "the same service, alone";
const TALKS = { rooms: 4, guests: 10 };
const MESSAGES = 25;
const CROWD = { rooms: 2, guests: 101 };
const CROWD_MS = 1_500;
const VISITED = { rooms: 10, guests: 5 };

type Name = "alone" | "home" | "relayed";
type Where = Pick<Place, "servers" | "through">;
/** Of one round. */
type Sample = { joinMs: number; messageMs: number; deliveries: number };

export const bench: Bench = async () => {
  if (requireTool("redis-server").ignore) return [];
  await using open = new AsyncDisposableStack();
  const sidecar = open.use(await TestSidecar.start());
  const alone = await startWith(sidecar, open);
  const one = open.use(await Cluster.start(sidecar, 1));
  const two = open.use(await Cluster.start(sidecar, 2));
  const load = open.use(await RoomsLoad.start());
  const places: Record<Name, Where> = {
    alone: { servers: [alone], through: "one" },
    home: { servers: one.servers, through: "one" },
    relayed: { servers: two.servers, through: "other" },
  };
  for (const [name, where] of Object.entries(places)) {
    await load.join(`${name} talks`, { ...where, ...TALKS });
    await load.join(`${name} crowd`, { ...where, ...CROWD });
  }
  const measure = async (name: Name): Promise<Sample> => {
    const { joinMs } = await load.visit({ ...places[name], ...VISITED }, 1);
    return {
      joinMs: median(joinMs),
      messageMs: median(await load.speak(`${name} talks`, MESSAGES)),
      deliveries: await load.hear(`${name} crowd`, CROWD_MS),
    };
  };
  const samples = await inTurns(measure);
  return (["home", "relayed"] as const).flatMap((name) =>
    results(name, samples[name], samples.alone)
  );
};

async function inTurns(measure: (name: Name) => Promise<Sample>) {
  const names: Name[] = ["alone", "home", "relayed"];
  const samples: Record<Name, Sample[]> = { alone: [], home: [], relayed: [] };
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await measure(name);
      if (round >= WARM_UP_ROUNDS) samples[name].push(sample);
    }
  }
  return samples;
}

function results(name: Name, ours: Sample[], theirs: Sample[]): Result[] {
  const row = (what: string, unit: string, of: (sample: Sample) => number) =>
    compare({
      bench: `redis.cost.${what}.${name}`,
      value: median(ours.map(of)),
      unit,
      peer: PEER,
      peerValue: median(theirs.map(of)),
    });
  return [
    row("join.p50", "ms", ({ joinMs }) => joinMs),
    row("message.p50", "ms", ({ messageMs }) => messageMs),
    row("fanout.100", "deliveries/s", ({ deliveries }) => deliveries),
  ];
}
