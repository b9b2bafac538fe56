/**
 * One mediasoup worker, the port on which it takes media, and how busy it is.
 *
 * @module
 */
import process from "node:process";
import { createWorker, type types } from "mediasoup";
import type { z } from "zod";
import type { WorkerStatus } from "../methods.ts";
import { ask, type Target } from "./failure.ts";
import { LoadMeter } from "./load.ts";
import { freePort } from "./ports.ts";

export type MediaWorkerOptions = {
  /** mediasoup's own choice if absent. */
  readonly workerBin?: string;
  readonly logLevel: types.WorkerLogLevel;
  readonly ip: string;
  readonly announcedAddress?: string;
  /** UDP and TCP; 0 takes a free one. */
  readonly port: number;
};

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** A free port may be taken by another program before the worker has it. */
const PORT_ATTEMPTS = 3;
/** Samples without an answer, after which a worker counts as hung. */
const MAX_UNANSWERED = 5;
/** What mediasoup gives as the rule of thumb for one core. */
const CONSUMERS_A_CORE = 500;
/** Of one core: more would not come in time. */
const BUSY_LOAD = 0.9;
/** A room that was just made will soon have consumers: about those of a call of three. */
const CONSUMERS_A_NEW_ROUTER = 10;

export class MediaWorker implements Target {
  readonly worker: types.Worker;
  readonly webRtcServer: types.WebRtcServer;
  /** As `performance.now` tells it. */
  readonly startedAt = performance.now();
  #routers = 0;
  #transports = 0;
  #consumers = 0;
  #unanswered = 0;
  readonly #load = new LoadMeter();

  private constructor(worker: types.Worker, server: types.WebRtcServer) {
    this.worker = worker;
    this.webRtcServer = server;
  }

  /** @throws {Error} when the worker does not start, or its port is taken. */
  static async start(options: MediaWorkerOptions): Promise<MediaWorker> {
    const { workerBin, logLevel } = options;
    const worker = await withoutSignals(() =>
      createWorker({
        logLevel,
        ...(workerBin !== undefined && { workerBin }),
      }).catch(explain)
    );
    try {
      return new MediaWorker(worker, await listen(worker, options));
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  get id(): string {
    return `worker ${this.worker.pid}`;
  }

  get closed(): boolean {
    return this.worker.closed;
  }

  /**
   * In cores: what is measured lags behind what was just opened, so both count.
   * Less than a tenth of a core is noise.
   */
  get burden(): number {
    const measured = Math.floor(this.#load.value * 10) / 10;
    const expected = this.#consumers + this.#routers * CONSUMERS_A_NEW_ROUTER;
    return Math.max(measured, expected / CONSUMERS_A_CORE);
  }

  get isBusy(): boolean {
    return this.#load.value >= BUSY_LOAD;
  }

  get status(): z.infer<typeof WorkerStatus> {
    return {
      pid: this.worker.pid,
      routers: this.#routers,
      transports: this.#transports,
      consumers: this.#consumers,
      load: this.#load.value,
    };
  }

  /** @throws {RpcError} */
  async createRouter(
    mediaCodecs: types.RouterRtpCodecCapability[],
  ): Promise<types.Router> {
    this.#routers++;
    try {
      const router = await ask(
        this,
        () => this.worker.createRouter({ mediaCodecs }),
      );
      this.#count(router);
      return router;
    } catch (error) {
      this.#routers--;
      throw error;
    }
  }

  /** To be called every few seconds; a worker that no longer answers is killed. */
  async measure(): Promise<void> {
    if (this.closed) return;
    if (++this.#unanswered > MAX_UNANSWERED) {
      process.kill(this.worker.pid, "SIGKILL");
      return;
    }
    const usage = await this.worker.getResourceUsage();
    this.#unanswered = 0;
    this.#load.add(usage.ru_utime + usage.ru_stime, performance.now());
  }

  close(): void {
    this.worker.close();
  }

  #count(router: types.Router): void {
    router.observer.on("close", () => this.#routers--);
    router.observer.on("newtransport", (transport) => {
      this.#transports++;
      transport.observer.on("close", () => this.#transports--);
      transport.observer.on("newconsumer", (consumer) => {
        this.#consumers++;
        consumer.observer.on("close", () => this.#consumers--);
      });
    });
  }
}

/**
 * Signals are for the whole program to handle: a worker would close by itself at
 * them, and one that has died would listen for ever.
 */
function withoutSignals<T>(create: () => T): T {
  const before = SIGNALS.map((signal) => process.listeners(signal));
  const created = create();
  for (const [index, signal] of SIGNALS.entries()) {
    for (const listener of process.listeners(signal)) {
      if (before[index]?.includes(listener)) continue;
      process.removeListener(signal, listener);
    }
  }
  return created;
}

/** A spawn that found nothing names a path, and not what to do. */
function explain(error: Error): never {
  // mediasoup passes on the text alone, without code and path.
  const [, path] = /^spawn (.+) ENOENT$/.exec(error.message) ?? [];
  if (path === undefined) throw error;
  throw new Error(
    `there is no mediasoup worker at ${path}: "deno task sidecar" finds or makes one, or set MEDIASOUP_WORKER_BIN`,
    { cause: error },
  );
}

async function listen(
  worker: types.Worker,
  options: MediaWorkerOptions,
): Promise<types.WebRtcServer> {
  const { ip, announcedAddress } = options;
  const attempts = options.port === 0 ? PORT_ATTEMPTS : 1;
  let reason = "";
  for (let attempt = 0; attempt < attempts; attempt++) {
    const port = options.port || await freePort(ip);
    const at = (protocol: types.TransportProtocol) => ({
      protocol,
      ip,
      port,
      ...(announcedAddress !== undefined && { announcedAddress }),
    });
    try {
      return await worker.createWebRtcServer({
        listenInfos: [at("udp"), at("tcp")],
      });
    } catch (error) {
      reason = `port ${port} of ${ip}: ${
        error instanceof Error ? error.message : error
      }`;
    }
  }
  throw new Error(`cannot take media on ${reason}`);
}
