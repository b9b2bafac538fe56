import type { Handlers } from "../../rpc/handlers.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { exact } from "../exact.ts";
import { make } from "../make.ts";
import { endOf, openEnd } from "../pipes.ts";
import { find, hold, type Within } from "../router_entry.ts";
import { fromRtpParameters, toRtpParameters } from "../rtp.ts";
import { bring } from "../spread.ts";
import type { Services } from "./services.ts";

type OfEnds =
  | "createPipeTransport"
  | "connectPipeTransport"
  | "closePipeTransport";
type OfMedia = "pipeProducer" | "producePiped";
type OfData = "pipeDataProducer" | "produceDataPiped";

export const pipeHandlers = (services: Services) => ({
  ...endHandlers(services),
  ...mediaHandlers(services),
  ...dataHandlers(services),
} satisfies Pick<Handlers, OfEnds | OfMedia | OfData>);

function endHandlers({ routers, pipes }: Services) {
  return {
    createPipeTransport: async ({ routerId, pipeId }, context) => {
      const entry = routers.get(routerId, context);
      const known = entry.pipeEnds.get(pipeId);
      if (known) return known.address;
      const end = await openEnd(entry, pipeId, pipes);
      await make(
        entry,
        entry.router,
        context,
        () => Promise.resolve(end.transport),
      );
      entry.holdEnd(end);
      return end.address;
    },

    connectPipeTransport: async (params, context) => {
      const { routerId, pipeId, remote } = params;
      const entry = routers.get(routerId, context);
      await endOf(entry, params).connect(entry.router, remote, () => {
        entry.tell({ event: "pipeFailed", params: { routerId, pipeId } });
      });
      return {};
    },

    closePipeTransport: ({ routerId, pipeId }, context) => {
      const entry = routers.peek(routerId, context);
      entry?.pipeEnds.get(pipeId)?.transport.close();
      return {};
    },
  } satisfies Pick<Handlers, OfEnds>;
}

function mediaHandlers({ routers }: Services) {
  return {
    pipeProducer: async (params, context) => {
      const entry = routers.get(params.routerId, context);
      const end = endOf(entry, params);
      const producer = find(entry.producers, "producer", params.producerId);
      await bring(entry, "producer", producer.id, entry.main);
      const { kind, rtpParameters } = await end.send(producer.id);
      const { paused } = producer;
      return { kind, rtpParameters: fromRtpParameters(rtpParameters), paused };
    },

    producePiped: async (params, context) => {
      const { routerId, pipeId, producerId: id, kind, paused } = params;
      const entry = routers.get(routerId, context);
      const { transport } = endOf(entry, params);
      if (isThere(entry.producers, id, pipeId)) return {};
      const rtpParameters = toRtpParameters(params.rtpParameters, kind);
      const appData = { transportId: pipeId };
      const producer = await make(
        entry,
        transport,
        context,
        () => transport.produce({ id, kind, rtpParameters, paused, appData }),
      );
      hold(entry.producers, producer);
      return {};
    },
  } satisfies Pick<Handlers, OfMedia>;
}

function dataHandlers({ routers }: Services) {
  return {
    pipeDataProducer: async (params, context) => {
      const entry = routers.get(params.routerId, context);
      const end = endOf(entry, params);
      const { id } = find(
        entry.dataProducers,
        "data producer",
        params.dataProducerId,
      );
      await bring(entry, "dataProducer", id, entry.main);
      const sent = await end.sendData(id);
      const { sctpStreamParameters, label, protocol } = sent;
      if (!sctpStreamParameters) throw new Error("a pipe has SCTP streams");
      return { sctpStreamParameters, label, protocol };
    },

    produceDataPiped: async (params, context) => {
      const { routerId, pipeId, dataProducerId: id, label, protocol } = params;
      const entry = routers.get(routerId, context);
      const { transport } = endOf(entry, params);
      if (isThere(entry.dataProducers, id, pipeId)) return {};
      const sctpStreamParameters = exact(params.sctpStreamParameters);
      const appData = { transportId: pipeId };
      const options = { id, sctpStreamParameters, label, protocol, appData };
      const dataProducer = await make(
        entry,
        transport,
        context,
        () => transport.produceData(options),
      );
      hold(entry.dataProducers, dataProducer);
      return {};
    },
  } satisfies Pick<Handlers, OfData>;
}

/** @throws {RpcError} where it is not from there. */
function isThere(
  held: ReadonlyMap<string, { readonly appData: Within }>,
  id: string,
  pipeId: string,
): boolean {
  const { transportId } = held.get(id)?.appData ?? {};
  if (transportId === undefined || transportId === pipeId) {
    return transportId === pipeId;
  }
  throw new RpcError("FAILED_PRECONDITION", `${id} does not come from there`);
}
