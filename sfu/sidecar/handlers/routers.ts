import { type types, version } from "mediasoup";
import type { SfuParams } from "../../methods.ts";
import type { CallContext, Handlers } from "../../rpc/handlers.ts";
import { observeAudio, tellAudio } from "../audio.ts";
import { codecsNamed, defaultMediaCodecs } from "../codecs.ts";
import { exact } from "../exact.ts";
import { RpcError } from "../../rpc/rpc_error.ts";
import { assertWanted } from "../make.ts";
import { RouterEntry } from "../router_entry.ts";
import { fromMediaCodecs, fromRtpCapabilities } from "../rtp.ts";
import type { Services } from "./services.ts";

type Methods =
  | "getStatus"
  | "createRouter"
  | "claimRouter"
  | "closeRouter"
  | "describeRouter"
  | "dumpRouter";

const DEFAULT_LEVEL_INTERVAL_MS = 500;

export function routerHandlers(services: Services) {
  const { pool, routers } = services;
  return {
    getStatus: () => ({
      mediasoup: version,
      workers: pool.status,
      routers: routers.size,
    }),

    createRouter: async (params, context) => {
      const { id, router } = await createRouter(services, params, context);
      const rtpCapabilities = fromRtpCapabilities(router.rtpCapabilities);
      return { routerId: id, rtpCapabilities };
    },

    claimRouter: ({ routerId }, context) =>
      routers.claim(routerId, context).dump(),

    closeRouter: ({ routerId }, context) => {
      routers.close(routerId, context);
      return {};
    },

    describeRouter: ({ routerId }, context) => {
      const { settings, router } = routers.get(routerId, context);
      return {
        ...settings,
        mediaCodecs: fromMediaCodecs(settings.mediaCodecs),
        rtpCapabilities: fromRtpCapabilities(router.rtpCapabilities),
      };
    },

    dumpRouter: ({ routerId }, context) =>
      routers.get(routerId, context).dump(),
  } satisfies Pick<Handlers, Methods>;
}

function codecsOf(
  { mediaCodecs, codecs }: SfuParams<"createRouter">,
): types.RouterRtpCodecCapability[] {
  if (mediaCodecs) return exact(mediaCodecs);
  return codecs === undefined ? defaultMediaCodecs : codecsNamed(codecs);
}

async function createRouter(
  { pool, routers, log }: Services,
  params: SfuParams<"createRouter">,
  { owner, epoch, signal }: CallContext,
): Promise<RouterEntry> {
  const worker = pool.leastBurdened;
  const { partOf: id, label } = params;
  const { audioLevelIntervalMs = DEFAULT_LEVEL_INTERVAL_MS } = params;
  const mediaCodecs = codecsOf(params);
  const router = await worker.createRouter(mediaCodecs);
  try {
    const audio = await observeAudio(router, audioLevelIntervalMs);
    assertWanted(signal);
    if (id !== undefined && routers.has(id)) {
      throw new RpcError("FAILED_PRECONDITION", `router ${id} is here already`);
    }
    const main = { router, worker };
    const settings = { label, mediaCodecs, audioLevelIntervalMs };
    const entry = new RouterEntry({ id, main, settings, audio, owner, epoch });
    tellAudio(entry);
    routers.add(entry);
    const { pid } = worker.worker;
    log.info("router created", { routerId: entry.id, label, epoch, pid });
    return entry;
  } catch (error) {
    router.close();
    throw error;
  }
}
