/**
 * A room that is too large for one worker. Its transports are on routers of
 * several, and what is received elsewhere than it is sent is piped there. To its
 * owner it is one router.
 *
 * @module
 */
import { RpcError } from "../rpc/rpc_error.ts";
import { ask } from "./failure.ts";
import type { Log } from "./log.ts";
import type { Part, RouterEntry } from "./router_entry.ts";
import type { WorkerPool } from "./worker_pool.ts";

export type SpreadOptions = {
  readonly pool: WorkerPool;
  /** Of a room on one worker, before another is taken. */
  readonly consumersPerWorker: number;
  readonly log: Log;
};

/**
 * Where a transport that is to be made goes: to the emptiest part, or to a new
 * one where that is full and there is another worker.
 *
 * @throws {RpcError}
 */
export async function partFor(
  entry: RouterEntry,
  options: SpreadOptions,
): Promise<Part> {
  const [first, ...others] = entry.parts.map((part) => ({
    part,
    burden: burdenOf(entry, part),
  }));
  if (first === undefined) throw new RpcError("NOT_FOUND", "it is closed");
  const { part, burden } = others.reduce(
    (a, b) => b.burden < a.burden ? b : a,
    first,
  );
  if (burden < options.consumersPerWorker) return part;
  return await grow(entry, options) ?? part;
}

/** Whether no worker has room for another transport of it that receives so much. */
export function isCrowded(
  entry: RouterEntry,
  expected: number,
  { pool, consumersPerWorker }: SpreadOptions,
): boolean {
  entry.expected = expected;
  return pool.workers.every((worker) => {
    const part = entry.parts.find((one) => one.worker === worker);
    if (worker.isBusy) return true;
    return part !== undefined && burdenOf(entry, part) >= consumersPerWorker;
  });
}

/**
 * Sees to it that what was published can be consumed in a part.
 *
 * @throws {RpcError}
 */
export async function bring(
  entry: RouterEntry,
  kind: "producer" | "dataProducer",
  id: string,
  to: Part,
): Promise<void> {
  const thing = (kind === "producer" ? entry.producers : entry.dataProducers)
    .get(id);
  const from = thing && entry.homeOf(thing.appData.transportId);
  if (from === undefined) throw gone(id);
  if (from === to) return;
  const key = `${id} ${to.router.id}`;
  let pipe = entry.pipes.get(key);
  if (pipe === undefined) {
    const forget = () => entry.pipes.delete(key);
    pipe = openPipe(from, to, kind, id, forget);
    entry.pipes.set(key, pipe);
    pipe.catch(forget);
  }
  try {
    await pipe;
  } catch (error) {
    if (thing?.closed) throw gone(id);
    throw error;
  }
}

/** The same for what is to be received over a transport. */
export async function bringTo(
  entry: RouterEntry,
  transportId: string,
  kind: "producer" | "dataProducer",
  id: string,
): Promise<void> {
  const home = entry.homeOf(transportId);
  if (home === undefined) throw gone(transportId);
  await bring(entry, kind, id, home);
}

/** `closed` hears of the end of the pipe, which comes with that of what it carries. */
async function openPipe(
  { router: from }: Part,
  { router }: Part,
  kind: "producer" | "dataProducer",
  id: string,
  closed: () => void,
): Promise<void> {
  const what = kind === "producer"
    ? { producerId: id }
    : { dataProducerId: id };
  const { pipeProducer, pipeDataProducer } = await ask(
    from,
    () => from.pipeToRouter({ ...what, router }),
  );
  pipeProducer?.observer.on("close", closed);
  pipeDataProducer?.observer.on("close", closed);
  if (pipeProducer?.closed || pipeDataProducer?.closed) throw gone(id);
}

/** `undefined`: every worker has a part already. */
async function grow(
  entry: RouterEntry,
  { pool, log }: SpreadOptions,
): Promise<Part | undefined> {
  if (entry.growing) return await entry.growing;
  const taken = new Set(entry.parts.map(({ worker }) => worker));
  const worker = pool.leastBurdenedBut(taken);
  if (worker === undefined) return undefined;
  entry.growing = worker.createRouter([...entry.settings.mediaCodecs])
    .then((router) => entry.add({ router, worker }))
    .finally(() => entry.growing = undefined);
  const part = await entry.growing;
  const { pid } = worker.worker;
  log.info("router spread", { routerId: entry.id, pid });
  return part;
}

/** What it carries, and what those who have just come will soon receive. */
function burdenOf(entry: RouterEntry, part: Part): number {
  const used = new Set<string>();
  let burden = 0;
  for (const held of [entry.consumers, entry.dataConsumers]) {
    for (const { appData: { transportId } } of held.values()) {
      used.add(transportId);
      if (entry.homeOf(transportId) === part) burden++;
    }
  }
  for (const held of [entry.producers, entry.dataProducers]) {
    for (const { appData } of held.values()) used.add(appData.transportId);
  }
  const here = entry.producers.size + entry.dataProducers.size;
  const expected = Math.max(here, entry.expected);
  for (const transportId of entry.transports.keys()) {
    if (used.has(transportId) || entry.homeOf(transportId) !== part) continue;
    burden += expected;
  }
  return burden;
}

const gone = (id: string) =>
  new RpcError("NOT_FOUND", `${id} was closed in the meantime`);
