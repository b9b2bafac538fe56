/**
 * The mediasoup workers, each in a slot of its own. One that dies is replaced,
 * and the others go on.
 *
 * @module
 */
import type { z } from "zod";
import type { WorkerStatus } from "../methods.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import { isSteady, restartDelay } from "./restart.ts";
import type { Log } from "./log.ts";
import { MediaWorker, type MediaWorkerOptions } from "./media_worker.ts";

export type WorkerPoolOptions = MediaWorkerOptions & {
  readonly workers: number;
};

type Timer = ReturnType<typeof setTimeout>;
type Slot =
  | { readonly state: "up"; readonly worker: MediaWorker }
  | { readonly state: "waiting"; readonly timer: Timer }
  | { readonly state: "starting" }
  | { readonly state: "closed" };

const MEASURE_MS = 2_000;

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #log: Log;
  readonly #slots: Slot[] = [];
  readonly #measuring: ReturnType<typeof setInterval>;

  private constructor(options: WorkerPoolOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.#measuring = setInterval(() => this.#measure(), MEASURE_MS);
  }

  /** @throws {Error} when any of them does not start. */
  static async start(
    options: WorkerPoolOptions,
    log: Log,
  ): Promise<WorkerPool> {
    const pool = new WorkerPool(options, log);
    const indexes = Array.from({ length: options.workers }, (_, i) => i);
    const starts = await Promise.allSettled(
      indexes.map((index) => pool.#launch(index, 0)),
    );
    const failed = starts.find((start) => start.status === "rejected");
    if (!failed) return pool;
    pool.close();
    throw failed.reason;
  }

  /** Those that are up. */
  get workers(): readonly MediaWorker[] {
    return this.#slots.flatMap((slot) =>
      slot.state === "up" ? [slot.worker] : []
    );
  }

  /** @throws {RpcError} `UNAVAILABLE` while no worker is up. */
  get leastBurdened(): MediaWorker {
    const [first, ...others] = this.workers;
    if (!first) throw new RpcError("UNAVAILABLE", "no media worker is up");
    return others.reduce((a, b) => b.burden < a.burden ? b : a, first);
  }

  /** Undefined where every one that is up is among these. */
  leastBurdenedBut(
    taken: ReadonlySet<MediaWorker>,
  ): MediaWorker | undefined {
    const [least] = this.workers.filter((worker) => !taken.has(worker))
      .toSorted((a, b) => a.burden - b.burden);
    return least;
  }

  get status(): z.infer<typeof WorkerStatus>[] {
    return this.workers.map((worker) => worker.status);
  }

  close(): void {
    clearInterval(this.#measuring);
    for (const [index, slot] of this.#slots.entries()) {
      if (slot.state === "waiting") clearTimeout(slot.timer);
      if (slot.state === "up") slot.worker.close();
      this.#slots[index] = { state: "closed" };
    }
  }

  async #launch(index: number, attempt: number): Promise<void> {
    this.#slots[index] = { state: "starting" };
    const { port } = this.#options;
    const worker = await MediaWorker.start({
      ...this.#options,
      port: port === 0 ? 0 : port + index,
    });
    if (this.#isClosed(index)) return worker.close();
    this.#slots[index] = { state: "up", worker };
    worker.worker.on("died", (error) => {
      this.#log.error("worker died", {
        pid: worker.worker.pid,
        reason: error.message,
      });
      const lifeMs = performance.now() - worker.startedAt;
      this.#relaunch(index, isSteady(lifeMs) ? 0 : attempt);
    });
    this.#log.info("worker started", { pid: worker.worker.pid });
  }

  #relaunch(index: number, attempt: number): void {
    const retry = () => {
      this.#launch(index, attempt + 1).catch((error) => {
        if (this.#isClosed(index)) return;
        this.#log.error("worker not started", { reason: String(error) });
        this.#relaunch(index, attempt + 1);
      });
    };
    const timer = setTimeout(retry, restartDelay(attempt));
    this.#slots[index] = { state: "waiting", timer };
  }

  #isClosed(index: number): boolean {
    return this.#slots[index]?.state === "closed";
  }

  #measure(): void {
    for (const worker of this.workers) {
      worker.measure().catch((error) =>
        this.#log.debug("worker not measured", { reason: String(error) })
      );
    }
  }
}
