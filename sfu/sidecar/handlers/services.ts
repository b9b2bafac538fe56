import type { Log } from "../log.ts";
import type { PipeOptions } from "../pipes.ts";
import type { Routers } from "../routers.ts";
import type { WorkerPool } from "../worker_pool.ts";

/** What handlers work with. */
export type Services = {
  readonly pool: WorkerPool;
  readonly routers: Routers;
  readonly transport: TransportOptions;
  readonly pipes: PipeOptions;
  /** Consumers of a room on one worker, before another is taken. */
  readonly consumersPerWorker: number;
  readonly log: Log;
};

export type TransportOptions = {
  /** Bits per second, until the estimate knows better. */
  readonly initialOutgoingBitrate: number;
  /** 0: ICE that hears nothing is never given up. */
  readonly iceConsentTimeoutSeconds: number;
};
