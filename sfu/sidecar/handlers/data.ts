import type { types } from "mediasoup";
import type { Handlers } from "../../rpc/handlers.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { exact } from "../exact.ts";
import { make } from "../make.ts";
import { find, hold, type RouterEntry, type Within } from "../router_entry.ts";
import { bringTo } from "../spread.ts";
import type { Services } from "./services.ts";

type Methods =
  | "produceData"
  | "closeDataProducer"
  | "consumeData"
  | "closeDataConsumer";

export function dataHandlers({ routers }: Services) {
  return {
    produceData: async (params, context) => {
      const { routerId, transportId, label, protocol } = params;
      const entry = routers.get(routerId, context);
      const transport = dataTransport(entry, transportId);
      const sctpStreamParameters = exact(params.sctpStreamParameters);
      const appData = { transportId };
      const options = { sctpStreamParameters, label, protocol, appData };
      const dataProducer = await make(
        entry,
        transport,
        context,
        () => transport.produceData(options),
      );
      tellDataProducer(entry, dataProducer);
      hold(entry.dataProducers, dataProducer);
      return { dataProducerId: dataProducer.id };
    },

    closeDataProducer: ({ routerId, dataProducerId }, context) => {
      const entry = routers.peek(routerId, context);
      entry?.dataProducers.get(dataProducerId)?.close();
      return {};
    },

    consumeData: async (params, context) => {
      const { routerId, transportId, dataProducerId } = params;
      const entry = routers.get(routerId, context);
      const transport = dataTransport(entry, transportId);
      find(entry.dataProducers, "data producer", dataProducerId);
      await bringTo(entry, transportId, "dataProducer", dataProducerId);
      const appData = { transportId };
      const dataConsumer = await make(
        entry,
        transport,
        context,
        () => transport.consumeData({ dataProducerId, appData }),
      );
      tellDataConsumer(entry, dataConsumer);
      hold(entry.dataConsumers, dataConsumer);
      const { id, sctpStreamParameters, label, protocol } = dataConsumer;
      return {
        dataConsumerId: id,
        sctpStreamParameters: overSctp(sctpStreamParameters),
        label,
        protocol,
      };
    },

    closeDataConsumer: ({ routerId, dataConsumerId }, context) => {
      const entry = routers.peek(routerId, context);
      entry?.dataConsumers.get(dataConsumerId)?.close();
      return {};
    },
  } satisfies Pick<Handlers, Methods>;
}

function dataTransport(
  entry: RouterEntry,
  transportId: string,
): types.WebRtcTransport {
  const transport = find(entry.transports, "transport", transportId);
  if (transport.sctpParameters) return transport;
  throw new RpcError(
    "FAILED_PRECONDITION",
    `transport ${transportId} was made without data channels`,
  );
}

/** Only data consumers of direct transports, which we do not make, have none. */
function overSctp(
  parameters: types.SctpStreamParameters | undefined,
): types.SctpStreamParameters {
  if (parameters) return parameters;
  throw new Error("a data consumer of a WebRTC transport has no SCTP stream");
}

function tellDataProducer(
  entry: RouterEntry,
  dataProducer: types.DataProducer<Within>,
): void {
  dataProducer.on("transportclose", () =>
    entry.tell({
      event: "dataProducerClosed",
      params: {
        routerId: entry.id,
        dataProducerId: dataProducer.id,
        cause: "transportClosed",
      },
    }));
}

function tellDataConsumer(
  entry: RouterEntry,
  dataConsumer: types.DataConsumer<Within>,
): void {
  const tellClosed = (cause: "producerClosed" | "transportClosed") =>
    entry.tell({
      event: "dataConsumerClosed",
      params: {
        routerId: entry.id,
        dataConsumerId: dataConsumer.id,
        cause,
      },
    });
  dataConsumer.on("dataproducerclose", () => tellClosed("producerClosed"));
  dataConsumer.on("transportclose", () => tellClosed("transportClosed"));
}
