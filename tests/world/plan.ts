/** What happens in a world, and when: made of a seed, or by hand. */
import type { MediaState, Policy } from "../../protocol/mod.ts";
import type { NetworkHint } from "../../client/signaling/io.ts";
import type { Direction, Seen } from "./network.ts";
import type { RpcStatus } from "../../sfu/rpc/status.ts";
import type { ClusterPlan } from "./cluster/cluster.ts";
import { Random } from "./random.ts";

type Who = { readonly who: number };
type For = { readonly ms: number };
/** Which of the service's processes. */
type On = { readonly node: number };

export type Stolen = "wrong" | "old" | "late";

/** What happens to a service of several processes. */
export type ClusterDeed =
  /** One is killed, and another one begins after that time. */
  | { readonly do: "nodeCrash" } & On & For
  /** It is told to stop. */
  | { readonly do: "nodeStop" } & On & For
  /** It does nothing for a while. `withClock`: its clock does not run either. */
  | { readonly do: "nodePause"; readonly withClock: boolean } & On & For
  | { readonly do: "nodeDrain" } & On & For
  /** Its clock is so much later at once. */
  | { readonly do: "nodeJump" } & On & For
  | { readonly do: "nodeDrift"; readonly rate: number } & On
  /** `isSeen`: its connections break; else nothing comes through. */
  | { readonly do: "cutRedis"; readonly isSeen: boolean } & On & For
  | { readonly do: "cutSfu" } & On & For
  | { readonly do: "redisSlow" } & For
  /** What was written in the last `lostMs` is lost. */
  | { readonly do: "redisAway"; readonly lostMs: number } & For;

/** Something that happens. `ms`: how long it lasts. */
export type Deed =
  | ClusterDeed
  /** Nothing passes; sockets stay, and what was said comes late. */
  | { readonly do: "cut"; readonly direction: Direction } & Who & For
  /** A cut that the browser knows of. */
  | { readonly do: "offline" } & Who & For
  /** Sockets of now are stuck for a while; new ones are not. */
  | { readonly do: "stall"; readonly direction: Direction } & Who & For
  /** Sockets of now are gone. */
  | { readonly do: "drop"; readonly seen: Seen } & Who
  /** Another network: old sockets are dead, and nobody is told. */
  | { readonly do: "move"; readonly hinted: boolean } & Who
  | { readonly do: "refuse" } & Who & For
  | { readonly do: "slow"; readonly latencyMs: number } & Who & For
  | { readonly do: "sleep"; readonly withClock: boolean } & Who & For
  | { readonly do: "hide" } & Who & For
  | { readonly do: "hint"; readonly hint: NetworkHint } & Who
  | { readonly do: "reload" } & Who
  | { readonly do: "refresh" } & Who
  | { readonly do: "crash"; readonly withMachine: boolean } & Who & For
  | { readonly do: "leave" } & Who & For
  /** The same person comes in again, from another machine. */
  | { readonly do: "twin" } & Who & For
  /** The service's process does nothing for a while. */
  | { readonly do: "pause" } & For
  | { readonly do: "busy" } & For
  /** `isKept`: what was kept of the room outlives it. */
  | { readonly do: "serviceCrash"; readonly isKept: boolean } & For
  | { readonly do: "serviceStop" } & For
  | { readonly do: "storeSlow" } & For
  | { readonly do: "storeAway" } & For
  | { readonly do: "restore" }
  | { readonly do: "expireTokens" } & For
  | { readonly do: "remove" } & Who
  | { readonly do: "closeRoom" }
  /**
   * A resume that must not succeed: with a wrong secret, with one that was good
   * before, or with the right one, and later than another that was sent after it.
   */
  | { readonly do: "steal"; readonly secret: Stolen } & Who
  | { readonly do: "sfuDown"; readonly fresh: boolean } & For
  | { readonly do: "workerDies" }
  | { readonly do: "sfuFails"; readonly status: RpcStatus } & For
  | { readonly do: "sfuSlow" } & For
  | { readonly do: "dtlsStuck" } & For
  | { readonly do: "collapse"; readonly pick: number }
  | { readonly do: "ice"; readonly pick: number }
  | { readonly do: "publish"; readonly key: string } & Who
  | { readonly do: "unpublish"; readonly key: string } & Who
  | { readonly do: "mute"; readonly key: string } & Who
  | { readonly do: "say"; readonly to: number | null } & Who
  /** Many requests at once, small or large. */
  | { readonly do: "burst"; readonly count: number; readonly size: number }
    & Who
  | { readonly do: "rename" } & Who
  | { readonly do: "media"; readonly state: MediaState } & Who;

export type Act = Deed & { readonly at: number };

const ofNetwork: ReadonlySet<Deed["do"]> = new Set<Deed["do"]>([
  "cut",
  "offline",
  "stall",
  "drop",
  "move",
  "refuse",
  "slow",
  "crash",
  "twin",
  "remove",
  "steal",
]);

/** Whether it is done by a page, and therefore not while its machine sleeps. */
export const isOfPage = (act: Act): act is Extract<Act, Who> =>
  "who" in act && !ofNetwork.has(act.do);

export type Plan = {
  readonly seed: number;
  readonly people: number;
  /** Milliseconds. */
  readonly length: number;
  /** Times at which nothing has been wrong for long: all must be well. */
  readonly calms: readonly number[];
  readonly policy: Partial<Policy>;
  /** Missing: the service is one process, and keeps its rooms itself. */
  readonly cluster?: ClusterPlan;
  readonly acts: readonly Act[];
};

export type Scale = {
  readonly people?: number;
  readonly minutes?: number;
  /** Of the service; 1: it keeps its rooms itself. */
  readonly processes?: number;
};

/** Milliseconds of peace before all must be well: longer than any grace. */
export const CALM_MS = 45_000;
const STORM_MS = 180_000;
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

/** Storms with calms between them, until the time is over. */
export function planOf(seed: number, scale: Scale = {}): Plan {
  const random = new Random(`${seed} plan`);
  const people = scale.people ?? random.int(2, 6);
  const minutes = scale.minutes ?? random.int(4, 12);
  const policy = policyOf(random);
  const cluster = clusterOf(seed, scale);
  // From storms in which all comes at once to those with time for recovery.
  const gapMs = random.pick([400, 1_200, 2_500, 6_000]);
  const acts: Act[] = [];
  const calms: number[] = [];
  const end = minutes * 60_000;
  let at = 3_000;
  while (at < end) {
    const stormEnd = Math.min(at + random.wait(STORM_MS, 600_000), end);
    for (; at < stormEnd; at += random.wait(gapMs)) {
      const left = stormEnd - at;
      const name = random.weighted(cluster ? clusterWeights : weights);
      const deed = deedOf(name, { random, people, left, cluster });
      acts.push({ at, ...deed });
    }
    at = stormEnd + CALM_MS;
    calms.push(at);
    at++;
  }
  const plan = { seed, people, length: at, calms, policy, acts };
  return cluster ? { ...plan, cluster } : plan;
}

/** A stream of its own: worlds of one process are what they were. */
function clusterOf(
  seed: number,
  { processes }: Scale,
): ClusterPlan | undefined {
  const random = new Random(`${seed} cluster plan`);
  const count = processes ?? random.pick([1, 2, 3, 4]);
  const leaseMs = random.pick([1_500, 3_000, 5_000, 10_000]);
  return count > 1 ? { processes: count, leaseMs } : undefined;
}

/** Mostly as usual; at times short of what makes things easy. */
function policyOf(random: Random): Partial<Policy> {
  if (random.chance(0.4)) return {};
  return {
    ...(random.chance(0.4) && { maxLogEvents: random.int(1, 20) }),
    ...(random.chance(0.3) && { evictAfterMs: random.int(5, 20) * 1_000 }),
    ...(random.chance(0.2) && { pingIntervalMs: random.int(5, 15) * 100 }),
    ...(random.chance(0.2) && { emptyRoomMs: random.int(0, 5) * 1_000 }),
    ...(random.chance(0.2) && { requireTokenOnResume: true }),
    ...(random.chance(0.2) && {
      duplicateIdentity: random.pick(["replace", "reject", "allow"]),
    }),
  };
}

const KEYS = ["microphone", "camera", "screen", "data-chat"];

type Around = {
  readonly random: Random;
  readonly people: number;
  readonly left: number;
  readonly cluster: ClusterPlan | undefined;
};

/** Ends within `left` milliseconds, so that the calm is one. */
function deedOf(
  name: Deed["do"],
  { random, people, left, cluster }: Around,
): Deed {
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
    case "closeRoom":
    case "workerDies":
      return { do: name };
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
