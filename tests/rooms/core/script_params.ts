/** What the requests of a random life say. */
import type { Method, Params } from "../../../protocol/mod.ts";
import type { Client } from "./client.ts";
import { channel, dtlsParameters, rtpCapabilities, track } from "./media.ts";
import type { World } from "./world.ts";

/** Picks one of what there is, which differs from run to run. */
export const pick = <T>(from: readonly T[], seed: number): T | undefined =>
  from[seed % Math.max(1, from.length)];

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
export function paramsFor(
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
  const key = seed % 2 ? "microphone" : `key-${seed % 4}`;
  switch (method) {
    case "join":
      return { token: "token" };
    case "leave":
      return {};
    case "refreshToken":
      return { token: "token" };
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
      return track(transportId, { key, replace: seed % 3 > 0 });
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
      return channel(transportId, { key, replace: seed % 3 > 0 });
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
    case "reportRecovery":
      return {
        ...report,
        steps: seed % 2 ? [{ atMs: 1, step: "resumed" }] : [],
      };
    // A session that is joined can do no more with it than be told so.
    case "resume":
      return {};
  }
}

const report: Params<"reportRecovery"> = {
  trigger: "silence",
  startedAt: 0,
  durationMs: 1,
  signalingMs: 1,
  mediaMs: 1,
  steps: [],
  outcome: "recovered",
};
