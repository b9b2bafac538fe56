/**
 * What a room, a session and a message cost in a cluster, beside what
 * `docs/scale.md` reckons with.
 *
 * @module
 */
import { delay } from "../../support/delay.ts";
import { eventually } from "../../support/eventually.ts";
import type { TestSidecar } from "../../support/sidecar.ts";
import { compare, type Result } from "../bench.ts";
import { Cluster, type Spent } from "./cluster.ts";
import type { RoomsLoad } from "./rooms.ts";
import type { Server } from "./server.ts";

const QUIET = { rooms: 80, guests: 5 };
const TALKS = { rooms: 12, guests: 10 };
const TALK_MS = 2_000;
const QUIET_MS = 6_000;
/** By default. */
const LEASE_MS = 5_000;
const RENEWALS = 3;
/** All that was joined is kept by then. */
const SETTLE_MS = 2_000;
const RECOVERY_MS = 60_000;

/** Stands in `docs/scale.md`, too. */
const TOLD = {
  redisBytes: 2_850,
  renewalUs: 18,
  renewalBytes: 45,
  sessionUs: 165,
  relayedBytes: 515,
  relayedUs: 2.1,
  savedBytes: 500_000,
  recoveredRoomMs: 8,
};

export async function constants(
  sidecar: TestSidecar,
  load: RoomsLoad,
): Promise<Result[]> {
  await using cluster = await Cluster.start(sidecar, 2);
  const { servers } = cluster;
  const empty = await cluster.spent(() => delay(QUIET_MS));
  const joined = await cluster.spent(async () => {
    await load.join("quiet", { servers, ...QUIET });
    await delay(SETTLE_MS);
  });
  const quiet = await cluster.spent(() => delay(QUIET_MS));
  const recovered = await recovery(cluster);
  await using other = await Cluster.start(sidecar, 2);
  const talk = { servers: other.servers, ...TALKS };
  await load.join("told at home", talk);
  await load.join("told elsewhere", { ...talk, through: "other" });
  await load.hear("told elsewhere", TALK_MS);
  const home = await other.spent(() => load.hear("told at home", TALK_MS));
  const away = await other.spent(() => load.hear("told elsewhere", TALK_MS));

  const sessions = QUIET.rooms * QUIET.guests;
  const renewals = QUIET.rooms * RENEWALS * QUIET_MS / LEASE_MS;
  const told = (spent: Spent<number>) => spent.result * spent.ms / 1_000;
  const more = (of: (spent: Spent<number>) => number) =>
    of(away) / told(away) - of(home) / told(home);
  return [
    row(
      "redis.memory",
      "bytes/session",
      "redisBytes",
      joined.redis.usedBytes / sessions,
    ),
    row(
      "redis.renewal",
      "us/room",
      "renewalUs",
      (quiet.redis.cpuMs - empty.redis.cpuMs) * 1_000 / renewals,
    ),
    row(
      "bus.renewal",
      "bytes/room",
      "renewalBytes",
      (bytesOf(quiet) - bytesOf(empty)) / renewals,
    ),
    row(
      "session.cpu",
      "us/s",
      "sessionUs",
      (quiet.cpuMs - empty.cpuMs) * 1_000 / sessions / (QUIET_MS / 1_000),
    ),
    row("bus.relay", "bytes/delivery", "relayedBytes", more(bytesOf)),
    row(
      "relay.cpu",
      "us/delivery",
      "relayedUs",
      more(({ cpuMs }) => cpuMs * 1_000),
    ),
    row(
      "bus.save",
      "bytes/s/busy room",
      "savedBytes",
      bytesOf(home) / TALKS.rooms / (home.ms / 1_000),
    ),
    row("recovery.room", "ms/room", "recoveredRoomMs", recovered.roomMs),
    compare({
      bench: "scale.recovery",
      value: recovered.ms,
      unit: "ms",
      peer: "the lease and a second",
      peerValue: LEASE_MS + 1_000,
      bound: { atMost: 1 },
    }),
  ];
}

function row(
  name: string,
  unit: string,
  told: keyof typeof TOLD,
  value: number,
): Result {
  const peer = "docs/scale.md";
  const peerValue = TOLD[told];
  return compare({ bench: `scale.${name}`, value, unit, peer, peerValue });
}

const bytesOf = ({ redis }: Spent<unknown>) => redis.inBytes + redis.outBytes;

/** One of two dies, and the other one takes its rooms up. */
async function recovery({ servers }: Cluster) {
  const [lost, heir] = servers;
  if (!lost || !heir) throw new RangeError("two are needed");
  const before = await roomsOf(heir);
  const diedAt = performance.now();
  lost.die();
  const first = await whenMoreThan(heir, before);
  const last = await whenMoreThan(heir, QUIET.rooms - 1);
  const rooms = last.rooms - first.rooms;
  return {
    ms: last.at - diedAt,
    roomMs: (last.at - first.at) / Math.max(1, rooms),
  };
}

function whenMoreThan(server: Server, count: number) {
  return eventually(async () => {
    const rooms = await roomsOf(server);
    if (rooms <= count) throw new Error(`${rooms} rooms`);
    return { rooms, at: performance.now() };
  }, { within: RECOVERY_MS, every: 5 });
}

async function roomsOf({ port }: Server): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  return Number(/^holdfast_rooms (\d+)$/m.exec(text)?.[1]);
}
