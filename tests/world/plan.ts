/** What happens in a world, and when: made of a seed, or by hand. */
import type { MediaState, Policy } from "../../protocol/mod.ts";
import type { NetworkHint } from "../../client/signaling/io.ts";
import type { Direction, Seen } from "./network.ts";
import type { RpcStatus } from "../../sfu/rpc/status.ts";
import type { ClusterPlan } from "./cluster/cluster.ts";
import { deedOf } from "./deed_of.ts";
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
  /** An operator sends somebody to another room. */
  | { readonly do: "moveTo"; readonly room: number } & Who
  /** An operator keeps somebody out of the room. */
  | { readonly do: "ban" } & Who & For
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
  | { readonly do: "closeRoom"; readonly room?: number }
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
  "moveTo",
  "ban",
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
  /** Of a service of many processes. */
  readonly rooms?: number;
};

/** Milliseconds of peace before all must be well: longer than any grace. */
export const CALM_MS = 45_000;
const STORM_MS = 180_000;

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
      const deed = deedOf({ random, people, left, cluster });
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
  { processes, rooms }: Scale,
): ClusterPlan | undefined {
  const random = new Random(`${seed} cluster plan`);
  const count = processes ?? random.pick([1, 2, 3, 4]);
  const leaseMs = random.pick([1_500, 3_000, 5_000, 10_000]);
  if (count === 1) return undefined;
  const shared = rooms ??
    new Random(`${seed} rooms plan`).pick([1, 1, 2, 3]);
  const operators = new Random(`${seed} operators plan`).int(0, 2);
  return {
    processes: count,
    leaseMs,
    ...(shared > 1 && { rooms: shared }),
    ...(operators > 0 && { operators }),
  };
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
