import type { types } from "mediasoup";
import type { CallContext, Handlers } from "../../rpc/handlers.ts";
import { exact } from "../exact.ts";
import { ask } from "../failure.ts";
import { make } from "../make.ts";
import { find, hold, type RouterEntry, type Within } from "../router_entry.ts";
import { fromRtpParameters, toRtpCapabilities } from "../rtp.ts";
import { bringTo } from "../spread.ts";
import type { Services } from "./services.ts";

type Methods =
  | "consume"
  | "pauseConsumer"
  | "resumeConsumer"
  | "setConsumerPreferredLayers"
  | "setConsumerPriority"
  | "requestConsumerKeyFrame"
  | "getConsumerStats"
  | "closeConsumer";

type Named = { readonly routerId: string; readonly consumerId: string };

export function consumerHandlers({ routers }: Services) {
  const get = ({ routerId, consumerId }: Named, context: CallContext) =>
    find(routers.get(routerId, context).consumers, "consumer", consumerId);

  return {
    consume: async (params, context) => {
      const { routerId, transportId, producerId, paused } = params;
      const entry = routers.get(routerId, context);
      const transport = find(entry.transports, "transport", transportId);
      find(entry.producers, "producer", producerId);
      await bringTo(entry, transportId, "producer", producerId);
      const { preferredLayers } = params;
      const options: types.ConsumerOptions<Within> = {
        producerId,
        rtpCapabilities: toRtpCapabilities(params.rtpCapabilities),
        paused,
        appData: { transportId },
        ...(preferredLayers && { preferredLayers: exact(preferredLayers) }),
      };
      const consumer = await make(
        entry,
        transport,
        context,
        () => transport.consume(options),
      );
      tellConsumer(entry, consumer);
      hold(entry.consumers, consumer);
      const { id, kind, type, producerPaused } = consumer;
      const rtpParameters = fromRtpParameters(consumer.rtpParameters);
      return { consumerId: id, kind, type, rtpParameters, producerPaused };
    },

    pauseConsumer: async (params, context) => {
      const consumer = get(params, context);
      await ask(consumer, () => consumer.pause());
      return {};
    },

    resumeConsumer: async (params, context) => {
      const consumer = get(params, context);
      await ask(consumer, () => consumer.resume());
      return {};
    },

    setConsumerPreferredLayers: async (params, context) => {
      const consumer = get(params, context);
      const layers = exact(params.layers);
      await ask(consumer, () => consumer.setPreferredLayers(layers));
      return {};
    },

    setConsumerPriority: async (params, context) => {
      const consumer = get(params, context);
      await ask(consumer, () => consumer.setPriority(params.priority));
      return {};
    },

    requestConsumerKeyFrame: async (params, context) => {
      const consumer = get(params, context);
      await ask(consumer, () => consumer.requestKeyFrame());
      return {};
    },

    getConsumerStats: async (params, context) => {
      const consumer = get(params, context);
      const stats = await ask(consumer, () => consumer.getStats());
      return { stats: stats.map((stat) => ({ ...stat })) };
    },

    closeConsumer: ({ routerId, consumerId }, context) => {
      routers.peek(routerId, context)?.consumers.get(consumerId)?.close();
      return {};
    },
  } satisfies Pick<Handlers, Methods>;
}

function tellConsumer(
  entry: RouterEntry,
  consumer: types.Consumer<Within>,
): void {
  const params = { routerId: entry.id, consumerId: consumer.id };
  const tellClosed = (cause: "producerClosed" | "transportClosed") =>
    entry.tell({ event: "consumerClosed", params: { ...params, cause } });
  consumer.on(
    "score",
    ({ score, producerScore, producerScores }) =>
      entry.tell({
        event: "consumerScore",
        params: { ...params, score: { score, producerScore, producerScores } },
      }),
  );
  consumer.on("layerschange", (layers) =>
    entry.tell({
      event: "consumerLayers",
      params: { ...params, layers: layers ?? null },
    }));
  consumer.on("producerclose", () => tellClosed("producerClosed"));
  consumer.on("transportclose", () => tellClosed("transportClosed"));
}
