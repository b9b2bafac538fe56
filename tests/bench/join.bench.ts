/**
 * How long it takes to be in a room, when many come at once.
 *
 * @module
 */
import { Service } from "../support/service.ts";
import {
  alternate,
  type Bench,
  compare,
  median,
  percentile,
  type Result,
} from "./bench.ts";
import { DemoServer } from "./peers/demo_server.ts";
import { holdfast, mediasoupDemo } from "./peers/dialects.ts";
import { type Guest, timeJoins } from "./peers/join_client.ts";

const ROOMS = 20;
const CLIENTS = 200;
const ROUNDS = 30;
const WARM_UP_ROUNDS = 3;
const PEER = "protoo-server room, mediasoup in its process";

export const bench: Bench = async () => {
  await using service = await Service.start({
    LOG_LEVEL: "warn",
    ROOM_EMPTY_MS: "0",
  });
  await using demo = await DemoServer.start();
  const ours = async () => await timeJoins(await holdfastGuests(service));
  const theirs = async () => await timeJoins(demoGuests(demo));

  await alternate(WARM_UP_ROUNDS, ours, theirs);
  const times = await alternate(ROUNDS, ours, theirs);
  return [50, 99].map((p) => result(p, times.ours, times.theirs));
};

/** Of each round, then the median of the rounds: one bad moment counts once. */
function result(p: number, ours: number[][], theirs: number[][]): Result {
  const typical = (rounds: number[][]) =>
    median(rounds.map((times) => percentile(times, p)));
  return compare({
    bench: `join.p${p}`,
    value: typical(ours),
    unit: "ms",
    peer: PEER,
    peerValue: typical(theirs),
    bound: { atMost: 1 },
  });
}

let round = 0;

/** Each round has rooms of its own; tokens are there before the clock starts. */
function holdfastGuests(service: Service): Promise<Guest[]> {
  const { host } = new URL(service.origin);
  const prefix = `round-${round++}`;
  return Promise.all(Array.from({ length: CLIENTS }, async (_, index) => {
    const room = `${prefix}-${index % ROOMS}`;
    const token = await service.token(room, `guest-${index}`);
    return {
      url: `ws://${host}/rooms/${room}/ws`,
      dialect: holdfast(token),
    };
  }));
}

function demoGuests({ port }: DemoServer): Guest[] {
  const prefix = `round-${round++}`;
  return Array.from({ length: CLIENTS }, (_, index) => {
    const room = `${prefix}-${index % ROOMS}`;
    return {
      url: `ws://127.0.0.1:${port}/?roomId=${room}&peerId=guest-${index}`,
      dialect: mediasoupDemo(`guest-${index}`),
    };
  });
}
