import type { types } from "mediasoup";
import type { SfuParams, SfuResult } from "../../methods.ts";
import type { CallContext, Handlers } from "../../rpc/handlers.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { connectOnce } from "../connecting.ts";
import { exact } from "../exact.ts";
import { ask } from "../failure.ts";
import { make } from "../make.ts";
import {
  find,
  type Part,
  type RouterEntry,
  statesOf,
} from "../router_entry.ts";
import { isCrowded, partFor } from "../spread.ts";
import type { Services } from "./services.ts";

type Methods =
  | "createWebRtcTransport"
  | "connectWebRtcTransport"
  | "restartIce"
  | "setMaxIncomingBitrate"
  | "setMaxOutgoingBitrate"
  | "getTransportStats"
  | "closeTransport";

type Named = { readonly routerId: string; readonly transportId: string };

export function transportHandlers(services: Services) {
  const { routers } = services;
  const get = ({ routerId, transportId }: Named, context: CallContext) =>
    find(routers.get(routerId, context).transports, "transport", transportId);

  return {
    createWebRtcTransport: async (params, context) => {
      const entry = routers.get(params.routerId, context);
      const { expected } = params;
      if (expected !== undefined && isCrowded(entry, expected, services)) {
        throw new RpcError("RESOURCE_EXHAUSTED", "no worker has room for it");
      }
      const part = await partFor(entry, services);
      const transport = await make(
        entry,
        part.router,
        context,
        () => createTransport(part, services, params),
      );
      tellStates(entry, transport);
      entry.hold(transport, part);
      return infoOf(transport);
    },

    connectWebRtcTransport: async (params, context) => {
      const transport = get(params, context);
      await connectOnce(transport, exact(params.dtlsParameters));
      return {};
    },

    restartIce: async (params, context) => {
      const transport = get(params, context);
      const iceParameters = await ask(transport, () => transport.restartIce());
      return { iceParameters };
    },

    setMaxIncomingBitrate: async (params, context) => {
      const transport = get(params, context);
      const { bitrate } = params;
      await ask(transport, () => transport.setMaxIncomingBitrate(bitrate));
      return {};
    },

    setMaxOutgoingBitrate: async (params, context) => {
      const transport = get(params, context);
      const { bitrate } = params;
      await ask(transport, () => transport.setMaxOutgoingBitrate(bitrate));
      return {};
    },

    getTransportStats: async (params, context) => {
      const transport = get(params, context);
      const stats = await ask(transport, () => transport.getStats());
      return { stats: stats.map((stat) => ({ ...stat })) };
    },

    closeTransport: ({ routerId, transportId }, context) => {
      routers.peek(routerId, context)?.transports.get(transportId)?.close();
      return {};
    },
  } satisfies Pick<Handlers, Methods>;
}

async function createTransport(
  { router, worker }: Part,
  { transport: options }: Services,
  params: SfuParams<"createWebRtcTransport">,
): Promise<types.WebRtcTransport> {
  const transport = await router.createWebRtcTransport({
    webRtcServer: worker.webRtcServer,
    enableUdp: !params.forceTcp,
    preferUdp: true,
    enableSctp: params.sctp ?? false,
    initialAvailableOutgoingBitrate: options.initialOutgoingBitrate,
    iceConsentTimeout: options.iceConsentTimeoutSeconds,
  });
  const { maxIncomingBitrate, maxOutgoingBitrate } = params;
  try {
    await Promise.all([
      maxIncomingBitrate && transport.setMaxIncomingBitrate(maxIncomingBitrate),
      maxOutgoingBitrate && transport.setMaxOutgoingBitrate(maxOutgoingBitrate),
    ]);
    return transport;
  } catch (error) {
    transport.close();
    throw error;
  }
}

function tellStates(
  entry: RouterEntry,
  transport: types.WebRtcTransport,
): void {
  const tell = () =>
    entry.tell({
      event: "transportState",
      params: {
        routerId: entry.id,
        transportId: transport.id,
        ...statesOf(transport),
      },
    });
  transport.on("icestatechange", tell);
  transport.on("dtlsstatechange", tell);
  transport.on("sctpstatechange", tell);
}

function infoOf(
  transport: types.WebRtcTransport,
): SfuResult<"createWebRtcTransport"> {
  const { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } =
    transport;
  return {
    transportId: id,
    iceParameters,
    iceCandidates,
    dtlsParameters,
    ...(sctpParameters && { sctpParameters }),
  };
}
