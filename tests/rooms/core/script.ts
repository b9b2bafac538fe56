/** Random lives of a room, written so that a counterexample can be read. */
import fc from "fast-check";
import type { Method, Policy } from "../../../protocol/mod.ts";
import { Room } from "../../../rooms/core/room.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import type { Client } from "./client.ts";
import { channel, dtlsParameters, rtpCapabilities, track } from "./media.ts";
import { World } from "./world.ts";

export const policy: Partial<Policy> = {
  maxParticipants: 6,
  maxTransports: 3,
  maxProducers: 3,
  maxDataProducers: 2,
  maxConsumers: 5,
  maxMessageBytes: 40,
  maxMetadataBytes: 40,
};

type Act = (world: World) => void;

/** Picks one of what there is, which differs from run to run. */
const pick = <T>(from: readonly T[], seed: number): T | undefined =>
  from[seed % Math.max(1, from.length)];

const withClient =
  (seed: number, act: (client: Client, world: World) => void): Act =>
  (
    world,
  ) => {
    const open = world.clients.filter(({ closed }) => closed === null);
    const client = pick(open, seed);
    if (client) act(client, world);
  };

/** Finds ids: mostly of what a client owns, at times of anything or nothing. */
const finder = (world: World) => {
  const { owners } = world.room.dump();
  const open = [...world.sfu.open.keys()];
  return ({ sessionId }: Client, kind: string, seed: number): string => {
    const ids = open.filter((id) => id.startsWith(`${kind}-`));
    const own = ids.filter((id) => owners.get(id) === sessionId);
    const isStray = own.length === 0 || seed % 8 === 0;
    return pick(isStray ? [...ids, "nothing"] : own, seed) ?? "nothing";
  };
};

/** Parameters that fit, with ids that may not. */
function paramsFor(
  method: Method,
  client: Client,
  world: World,
  seed: number,
): object {
  const find = finder(world);
  const id = (kind: string) => find(client, kind, seed);
  const transportId = id("transport");
  const producerId = id("producer");
  const consumerId = id("consumer");
  const dataProducerId = id("dataProducer");
  const dataConsumerId = id("dataConsumer");
  const others = world.clients.filter((other) => other !== client);
  const other = pick(others, seed) ?? client;
  const key = `key-${seed % 4}`;
  switch (method) {
    case "join":
      return { token: "token" };
    case "leave":
      return {};
    case "updateMetadata":
      return { name: `name-${seed}`, metadata: "m".repeat(seed % 60) };
    case "sendMessage": {
      const to = other.sessionId;
      const body = "b".repeat(seed % 60);
      return seed % 2 ? { topic: "t", body } : { to: [to], topic: "t", body };
    }
    case "createWebRtcTransport":
      return seed % 2
        ? { direction: "send" }
        : { direction: "recv", rtpCapabilities };
    case "connectWebRtcTransport":
      return { transportId, dtlsParameters };
    case "restartIce":
      return { transportIds: [transportId, "nothing"] };
    case "closeTransport":
      return { transportId };
    case "produce":
      return track(transportId, { key });
    case "pauseProducer":
    case "resumeProducer":
    case "closeProducer":
      return { producerId };
    case "consume":
      return { transportId, producerId: find(other, "producer", seed) };
    case "pauseConsumer":
    case "resumeConsumer":
    case "requestConsumerKeyFrame":
    case "closeConsumer":
      return { consumerId };
    case "setConsumerPreferredLayers":
      return { consumerId, layers: { spatialLayer: seed % 3 } };
    case "setConsumerPriority":
      return { consumerId, priority: 1 + seed % 255 };
    case "produceData":
      return channel(transportId, { key });
    case "closeDataProducer":
      return { dataProducerId };
    case "consumeData":
      return {
        transportId,
        dataProducerId: find(other, "dataProducer", seed),
      };
    case "closeDataConsumer":
      return { dataConsumerId };
    case "reportMediaState":
      return { state: seed % 2 ? "connected" : "disconnected" };
    // A session that is joined can do no more with them than be told so.
    case "resume":
    case "reportRecovery":
      return {};
  }
}

const request = (method: Method, seed: number): Act =>
  withClient(seed, (client, world) => {
    const params = paramsFor(method, client, world, seed >> 3);
    const id = client.nextId(method);
    client.sendFrame({ jsonrpc: "2.0", id, method, params });
  });

const collapse = (seed: number): Act => (world) => {
  const ids = [...world.sfu.open.keys()].filter((id) =>
    !id.startsWith("transport-")
  );
  const id = pick(ids, seed);
  if (id) world.collapse(id);
};

const seed = fc.nat(0xffff);
const building: Method[] = [
  "createWebRtcTransport",
  "produce",
  "consume",
  "consume",
  "consume",
  "produceData",
  "produceData",
  "consumeData",
  "consumeData",
];
const others: Method[] = [
  "join",
  "leave",
  "updateMetadata",
  "sendMessage",
  "connectWebRtcTransport",
  "restartIce",
  "closeTransport",
  "pauseProducer",
  "resumeProducer",
  "closeProducer",
  "pauseConsumer",
  "resumeConsumer",
  "closeConsumer",
  "setConsumerPreferredLayers",
  "setConsumerPriority",
  "requestConsumerKeyFrame",
  "closeDataProducer",
  "closeDataConsumer",
];
const failures: RpcStatus[] = [
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "INVALID_ARGUMENT",
  "INTERNAL",
];

/** Acts by a name, so that a counterexample can be read. */
const act: fc.Arbitrary<[name: string, act: Act]> = fc.oneof(
  { weight: 4, arbitrary: fc.nat(9).map(knock) },
  {
    weight: 40,
    arbitrary: fc.tuple(fc.constantFrom(...building), seed).map(ask),
  },
  {
    weight: 25,
    arbitrary: fc.tuple(fc.constantFrom(...others), seed).map(ask),
  },
  { weight: 15, arbitrary: seed.map((ms) => wait(ms % 3_000)) },
  { weight: 30, arbitrary: fc.constant(named("answer", answer)) },
  { weight: 10, arbitrary: fc.constant(named("answer all", answerAll)) },
  {
    weight: 5,
    arbitrary: fc.constantFrom(...failures).map((status) =>
      named(`fail ${status}`, (world) => answer(world, status))
    ),
  },
  { weight: 6, arbitrary: fc.tuple(fc.string(), seed).map(garbage) },
  { weight: 2, arbitrary: fc.tuple(fc.boolean(), seed).map(hangUp) },
  { weight: 3, arbitrary: seed.map(fallSilent) },
  {
    weight: 4,
    arbitrary: seed.map((n) => named(`collapse ${n}`, collapse(n))),
  },
  { weight: 3, arbitrary: fc.constant(named("down", (w) => w.sfuDown())) },
  { weight: 6, arbitrary: fc.constant(named("up", (w) => w.sfuUp())) },
  { weight: 1, arbitrary: seed.map(removal) },
  { weight: 4, arbitrary: fc.constant(named("restore", restore)) },
);

function named(name: string, act: Act): [string, Act] {
  return [name, act];
}

function knock(number: number): [string, Act] {
  return named(`knock ${number}`, (world) => {
    world.knock(`identity-${number}`);
  });
}

function ask([method, seed]: [Method, number]): [string, Act] {
  return named(`${method} ${seed}`, request(method, seed));
}

function wait(ms: number): [string, Act] {
  return named(`wait ${ms}`, (world) => world.advance(ms));
}

function answer(world: World, status?: RpcStatus): void {
  const [call] = world.calls;
  if (!call) return;
  const isClose = call.method.startsWith("close");
  // Of what is open, no SFU says that there is no such thing to close.
  const isLie = status === "NOT_FOUND" || status === "INVALID_ARGUMENT";
  world.answerCall(isClose && isLie ? undefined : status);
}

function answerAll(world: World): void {
  world.answerCalls();
}

function garbage([text, seed]: [string, number]): [string, Act] {
  return named(
    `garbage ${text}`,
    withClient(seed, (client) => client.sendText(text)),
  );
}

function hangUp([clean, seed]: [boolean, number]): [string, Act] {
  return named(
    `hang up ${seed} ${clean}`,
    withClient(seed, (client) => client.close({ clean })),
  );
}

function fallSilent(seed: number): [string, Act] {
  return named(
    `fall silent ${seed}`,
    withClient(seed, (client) => {
      client.alive = false;
    }),
  );
}

function removal(seed: number): [string, Act] {
  return named(`remove ${seed}`, (world) => {
    const sessionId = pick(world.clients, seed)?.sessionId ?? "nobody";
    world.admin({ type: "removeSession", sessionId });
  });
}

function restore(world: World): void {
  world.room = Room.restore(world.room.dump());
}

export const script = fc.array(act, { maxLength: 150, size: "max" }).map((
  acts,
) => ({
  acts,
  toString: () => acts.map(([name]) => name).join("; "),
}));

/** Plays a script to its end, or to that of the room. */
export function play({ acts }: { acts: [string, Act][] }): World {
  const world = new World(policy);
  for (const identity of ["identity-1", "identity-2", "identity-3"]) {
    const client = world.join(identity);
    world.publish(client);
    world.openTransport(client, "recv");
  }
  world.answering = false;
  for (const [, act] of acts) {
    if (!world.ended) act(world);
  }
  return world;
}
