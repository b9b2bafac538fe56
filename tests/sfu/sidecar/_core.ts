/**
 * The sidecar's handlers in this process, on real mediasoup workers, without the
 * wire: tests see what is left inside a worker, and choose when a call aborts.
 *
 * @module
 */
import { observer, type types } from "mediasoup";
import type { SfuMethod, SfuParams, SfuResult } from "../../../sfu/methods.ts";
import type { Handlers } from "../../../sfu/rpc/handlers.ts";
import { createHandlers } from "../../../sfu/sidecar/handlers/mod.ts";
import { createLog } from "../../../sfu/sidecar/log.ts";
import { Routers } from "../../../sfu/sidecar/routers.ts";
import { WorkerPool } from "../../../sfu/sidecar/worker_pool.ts";
import type { TestOwner } from "./_owner.ts";
import { IP, subprocessClosed, workerBin } from "./_worker.ts";

type Options = { readonly epoch?: number; readonly signal?: AbortSignal };

export class Core implements AsyncDisposable {
  readonly pool: WorkerPool;
  readonly routers: Routers;
  readonly handlers: Handlers;
  readonly logged: readonly Record<string, unknown>[];
  /** Those that run now. */
  readonly workers: ReadonlySet<types.Worker>;
  readonly #stopHearing: () => void;

  private constructor(
    pool: WorkerPool,
    logged: Record<string, unknown>[],
    workers: Set<types.Worker>,
    consumersPerWorker: number,
    stopHearing: () => void,
  ) {
    const log = createLog("debug", (line) => logged.push(JSON.parse(line)));
    this.pool = pool;
    this.logged = logged;
    this.workers = workers;
    this.#stopHearing = stopHearing;
    this.routers = new Routers(log);
    this.handlers = createHandlers({
      pool,
      routers: this.routers,
      transport: { initialOutgoingBitrate: 1e6, iceConsentTimeoutSeconds: 30 },
      pipes: { ip: IP, srtp: true },
      consumersPerWorker,
      log,
    });
  }

  static async start(
    options: { workers?: number; port?: number; consumersPerWorker?: number } =
      {},
  ): Promise<Core> {
    const logged: Record<string, unknown>[] = [];
    const workers = new Set<types.Worker>();
    const hear = (worker: types.Worker) => {
      workers.add(worker);
      worker.on("subprocessclose", () => workers.delete(worker));
    };
    observer.on("newworker", hear);
    const pool = await WorkerPool.start({
      workers: options.workers ?? 1,
      workerBin: await workerBin(),
      logLevel: "error",
      ip: IP,
      port: options.port ?? 0,
    }, createLog("debug", (line) => logged.push(JSON.parse(line))));
    const stop = () => observer.off("newworker", hear);
    const { consumersPerWorker = 500 } = options;
    return new Core(pool, logged, workers, consumersPerWorker, stop);
  }

  call<M extends SfuMethod>(
    owner: TestOwner,
    method: M,
    params: SfuParams<M>,
    { epoch = 1, signal = new AbortController().signal }: Options = {},
  ): Promise<SfuResult<M>> {
    const context = { owner, epoch, signal };
    return new Promise((resolve) =>
      resolve(this.handlers[method](params, context))
    );
  }

  async createRouter(owner: TestOwner, options: Options = {}) {
    return await this.call(owner, "createRouter", { label: "test" }, options);
  }

  /** What the workers themselves hold: the same before and after, or a leak. */
  async holdings(): Promise<unknown> {
    const dumps = await Promise.all([...this.workers].map((w) => w.dump()));
    return dumps.map(({ routerIds, channelMessageHandlers }) => ({
      routerIds,
      requestHandlers: channelMessageHandlers.channelRequestHandlers.toSorted(),
      notificationHandlers: channelMessageHandlers.channelNotificationHandlers
        .toSorted(),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopHearing();
    this.routers.closeAll();
    this.pool.close();
    // Those of another core in this process are seen here, too.
    const own = [...this.workers].filter(({ closed }) => closed);
    await Promise.all(own.map((worker) => subprocessClosed(worker)));
  }
}
