import { type types, version } from "mediasoup";
import type { SfuParams } from "../../methods.ts";
import type { CallContext, Handlers } from "../../rpc/handlers.ts";
import { observeAudio, tellAudio } from "../audio.ts";
import { codecsNamed, defaultMediaCodecs } from "../codecs.ts";
import { exact } from "../exact.ts";
import { assertWanted } from "../make.ts";
import { RouterEntry } from "../router_entry.ts";
import { fromRtpCapabilities } from "../rtp.ts";
import type { Services } from "./services.ts";

type Methods =
  | "getStatus"
  | "createRouter"
  | "claimRouter"
  | "closeRouter"
  | "dumpRouter";

export function routerHandlers(services: Services) {
  const { pool, routers } = services;
  return {
    getStatus: () => ({
      mediasoup: version,
      workers: pool.status,
      routers: routers.size,
    }),

    createRouter: async (params, context) => {
      const { router } = await createRouter(services, params, context);
      const rtpCapabilities = fromRtpCapabilities(router.rtpCapabilities);
      return { routerId: router.id, rtpCapabilities };
    },

    claimRouter: ({ routerId }, context) =>
      routers.claim(routerId, context).dump(),

    closeRouter: ({ routerId }, context) => {
      routers.close(routerId, context);
      return {};
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
  const mediaCodecs = codecsOf(params);
  const router = await worker.createRouter(mediaCodecs);
  try {
    const audio = await observeAudio(router, params.audioLevelIntervalMs);
    assertWanted(signal);
    const main = { router, worker };
    const entry = new RouterEntry({ main, mediaCodecs, audio, owner, epoch });
    tellAudio(entry);
    routers.add(entry);
    const { label } = params;
    const { pid } = worker.worker;
    log.info("router created", { routerId: router.id, label, epoch, pid });
    return entry;
  } catch (error) {
    router.close();
    throw error;
  }
}
