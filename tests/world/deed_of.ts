/** What happens next, by chance. */
import type { ClusterPlan } from "./cluster/cluster.ts";
import type { Deed } from "./plan.ts";
import type { Random } from "./random.ts";

/** All that was ever written. */
const ALL_MS = 1e12;

const weights = {
  cut: 10,
  offline: 5,
  stall: 6,
  drop: 8,
  move: 4,
  refuse: 3,
  slow: 4,
  sleep: 4,
  hide: 2,
  hint: 3,
  reload: 3,
  refresh: 3,
  crash: 3,
  leave: 3,
  twin: 2,
  pause: 2,
  busy: 2,
  serviceCrash: 3,
  serviceStop: 1,
  storeSlow: 1,
  storeAway: 0.7,
  restore: 3,
  expireTokens: 1,
  remove: 1,
  closeRoom: 0.3,
  steal: 4,
  sfuDown: 1,
  workerDies: 1,
  sfuFails: 1.5,
  sfuSlow: 4,
  dtlsStuck: 1,
  collapse: 3,
  ice: 3,
  publish: 14,
  unpublish: 5,
  mute: 10,
  say: 14,
  burst: 2,
  rename: 6,
  media: 3,
  nodeCrash: 0,
  nodeStop: 0,
  nodePause: 0,
  nodeDrain: 0,
  nodeJump: 0,
  nodeDrift: 0,
  cutRedis: 0,
  cutSfu: 0,
  redisSlow: 0,
  redisAway: 0,
  moveTo: 0,
  ban: 0,
} satisfies Record<Deed["do"], number>;

const clusterWeights = {
  ...weights,
  pause: 0,
  serviceCrash: 0,
  serviceStop: 0,
  storeSlow: 0,
  storeAway: 0,
  nodeCrash: 4,
  nodeStop: 2,
  nodePause: 3,
  nodeDrain: 1,
  nodeJump: 0.7,
  nodeDrift: 1,
  cutRedis: 3,
  cutSfu: 1.5,
  redisSlow: 1,
  redisAway: 1.5,
} satisfies typeof weights;

const roomsWeights = {
  ...clusterWeights,
  moveTo: 6,
  ban: 1.5,
} satisfies typeof weights;

const KEYS = ["microphone", "camera", "screen", "data-chat"];

type Around = {
  readonly random: Random;
  readonly people: number;
  readonly left: number;
  readonly cluster: ClusterPlan | undefined;
};

/** Ends within `left` milliseconds, so that the calm is one. */
export function deedOf({ random, people, left, cluster }: Around): Deed {
  const { rooms = 1 } = cluster ?? {};
  const name = random.weighted(
    rooms > 1 ? roomsWeights : cluster ? clusterWeights : weights,
  );
  const who = random.int(0, people - 1);
  const key = random.pick(KEYS);
  const lasting = (mean: number, max: number) =>
    Math.min(left, 20 + random.wait(mean, max));
  const direction = random.pick(["up", "down", "both", "both"] as const);
  const node = cluster ? random.int(0, cluster.processes - 1) : 0;
  switch (name) {
    case "cut":
    case "stall":
      return { do: name, who, ms: lasting(6_000, 60_000), direction };
    case "offline":
      return { do: name, who, ms: lasting(6_000, 60_000) };
    case "refuse":
      return { do: name, who, ms: lasting(3_000, 20_000) };
    case "drop": {
      const seen = random.pick(["both", "page", "service", "neither"] as const);
      return { do: name, who, seen };
    }
    case "move":
      return { do: name, who, hinted: random.chance(0.5) };
    case "slow": {
      const latencyMs = random.int(100, 2_500);
      return { do: name, who, ms: lasting(8_000, 30_000), latencyMs };
    }
    case "sleep": {
      const withClock = random.chance(0.5);
      return { do: name, who, ms: lasting(8_000, 120_000), withClock };
    }
    case "hide":
      return { do: name, who, ms: lasting(20_000, 120_000) };
    case "hint": {
      const hint = random.pick(
        ["online", "networkChanged", "visible", "retryNow"] as const,
      );
      return { do: name, who, hint };
    }
    case "crash": {
      const withMachine = random.chance(0.5);
      return { do: name, who, withMachine, ms: lasting(5_000, 30_000) };
    }
    case "leave":
    case "twin":
      return { do: name, who, ms: lasting(5_000, 60_000) };
    case "reload":
    case "refresh":
    case "remove":
    case "rename":
      return { do: name, who };
    case "pause":
      return { do: name, ms: Math.min(left, random.wait(400, 6_000)) };
    case "busy":
    case "expireTokens":
    case "dtlsStuck":
      return { do: name, ms: lasting(5_000, 20_000) };
    case "serviceStop":
      return { do: name, ms: lasting(1_000, 8_000) };
    case "storeSlow":
    case "storeAway":
      return { do: name, ms: lasting(3_000, 20_000) };
    case "serviceCrash": {
      const isKept = random.chance(0.9);
      return { do: name, ms: lasting(1_500, 10_000), isKept };
    }
    case "nodeCrash":
    case "nodeStop":
      return { do: name, node, ms: lasting(2_000, 10_000) };
    case "nodePause": {
      const withClock = random.chance(0.25);
      return { do: name, node, ms: lasting(6_000, 40_000), withClock };
    }
    case "nodeDrain":
      return { do: name, node, ms: lasting(5_000, 20_000) };
    case "nodeJump":
      return { do: name, node, ms: random.wait(2_000, 20_000) };
    case "nodeDrift":
      return { do: name, node, rate: 1 + random.int(-40, 40) / 1_000 };
    case "cutRedis": {
      const isSeen = random.chance(0.5);
      return { do: name, node, ms: lasting(4_000, 20_000), isSeen };
    }
    case "cutSfu":
      return { do: name, node, ms: lasting(4_000, 30_000) };
    case "redisSlow":
      return { do: name, ms: lasting(3_000, 20_000) };
    case "redisAway": {
      const lostMs = random.pick([0, 0, 300, 1_500, ALL_MS]);
      return { do: name, ms: lasting(2_000, 15_000), lostMs };
    }
    case "restore":
    case "workerDies":
      return { do: name };
    case "closeRoom":
      return rooms > 1
        ? { do: name, room: random.int(0, rooms - 1) }
        : { do: name };
    case "ban":
      return { do: name, who, ms: lasting(8_000, 40_000) };
    case "moveTo":
      return { do: name, who, room: random.int(0, rooms - 1) };
    case "steal":
      return {
        do: name,
        who,
        secret: random.pick(["wrong", "old", "late"] as const),
      };
    case "sfuDown": {
      const fresh = random.chance(0.3);
      return { do: name, ms: lasting(2_000, 8_000), fresh };
    }
    case "sfuFails": {
      const status = random.pick(
        ["UNAVAILABLE", "RESOURCE_EXHAUSTED"] as const,
      );
      return { do: name, ms: lasting(3_000, 8_000), status };
    }
    case "sfuSlow":
      return { do: name, ms: lasting(3_000, 8_000) };
    case "collapse":
    case "ice":
      return { do: name, pick: random.int(0, 999) };
    case "publish":
    case "unpublish":
    case "mute":
      return { do: name, who, key };
    case "burst": {
      const isLarge = random.chance(0.3);
      const count = random.int(2, isLarge ? 40 : 150);
      return { do: name, who, count, size: isLarge ? 12_000 : 10 };
    }
    case "media": {
      const state = random.pick(["checking", "connected", "failed"] as const);
      return { do: name, who, state };
    }
    case "say": {
      const to = random.chance(0.3) ? random.int(0, people - 1) : null;
      return { do: name, who, to };
    }
  }
}
