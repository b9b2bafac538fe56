import type { types } from "mediasoup";
import type { CallContext, Handlers } from "../../rpc/handlers.ts";
import { hear } from "../audio.ts";
import { ask } from "../failure.ts";
import { make } from "../make.ts";
import { find, hold, type RouterEntry, type Within } from "../router_entry.ts";
import { toRtpParameters } from "../rtp.ts";
import type { Services } from "./services.ts";

type Methods =
  | "produce"
  | "pauseProducer"
  | "resumeProducer"
  | "getProducerStats"
  | "closeProducer";

type Named = { readonly routerId: string; readonly producerId: string };

export function producerHandlers({ routers, log }: Services) {
  const get = ({ routerId, producerId }: Named, context: CallContext) =>
    find(routers.get(routerId, context).producers, "producer", producerId);

  return {
    produce: async (params, context) => {
      const { routerId, transportId, kind, paused } = params;
      const entry = routers.get(routerId, context);
      const transport = find(entry.transports, "transport", transportId);
      const rtpParameters = toRtpParameters(params.rtpParameters, kind);
      const appData = { transportId };
      const producer = await make(
        entry,
        transport,
        context,
        () => transport.produce({ kind, rtpParameters, paused, appData }),
      );
      tellProducer(entry, producer);
      hold(entry.producers, producer);
      void hear(entry, producer, log);
      return { producerId: producer.id, type: producer.type };
    },

    pauseProducer: async (params, context) => {
      const producer = get(params, context);
      await ask(producer, () => producer.pause());
      return {};
    },

    resumeProducer: async (params, context) => {
      const producer = get(params, context);
      await ask(producer, () => producer.resume());
      return {};
    },

    getProducerStats: async (params, context) => {
      const producer = get(params, context);
      const stats = await ask(producer, () => producer.getStats());
      return { stats: stats.map((stat) => ({ ...stat })) };
    },

    closeProducer: ({ routerId, producerId }, context) => {
      routers.peek(routerId, context)?.producers.get(producerId)?.close();
      return {};
    },
  } satisfies Pick<Handlers, Methods>;
}

function tellProducer(
  entry: RouterEntry,
  producer: types.Producer<Within>,
): void {
  const params = { routerId: entry.id, producerId: producer.id };
  producer.on(
    "score",
    (scores) =>
      entry.tell({ event: "producerScore", params: { ...params, scores } }),
  );
  producer.on("transportclose", () =>
    entry.tell({
      event: "producerClosed",
      params: { ...params, cause: "transportClosed" },
    }));
}
