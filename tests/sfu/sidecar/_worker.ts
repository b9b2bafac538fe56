import { once } from "node:events";
import type { types } from "mediasoup";
import { resolveNode } from "../../../sfu/node.ts";
import { resolveWorker } from "../../../sfu/worker/install.ts";

export const IP = "127.0.0.1";
const CLOSE_DEADLINE_MS = 20_000;

export async function workerBin(): Promise<string> {
  const { bin } = await resolveWorker(await resolveNode());
  return bin;
}

/** Resolves when the process of a worker that closes is gone. */
export function subprocessClosed(worker: types.Worker): Promise<unknown> {
  const signal = AbortSignal.timeout(CLOSE_DEADLINE_MS);
  return once(worker, "subprocessclose", { signal });
}
