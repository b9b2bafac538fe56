/**
 * What it costs a room that the SFU is another process: one transport, made
 * through the link, beside the same call inside a Node process. Both speak to a
 * worker process; ours has the way from Deno to Node and back on top.
 *
 * @module
 */
import type { SfuLink } from "../../sfu/link.ts";
import type { SfuMethod, SfuParams, SfuResult } from "../../sfu/methods.ts";
import { resolveNode } from "../../sfu/node.ts";
import { connectSfu } from "../../sfu/rpc/connect.ts";
import { spawnSidecar } from "../../sfu/spawn/spawn.ts";
import { resolveWorker } from "../../sfu/worker/install.ts";
import { alternate, type Bench, compare, percentile } from "./bench.ts";
import { NodeProgram } from "./peers/node_program.ts";

const ROUNDS = 20;
const TRANSPORTS = 100;
const WARM_UP_ROUNDS = 3;

export const bench: Bench = async () => {
  const node = await resolveNode();
  const worker = await resolveWorker(node);
  const silent = () => {};
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const sidecar = await spawnSidecar({
    nodeBin: node.bin,
    workerBin: worker.bin,
    env: { ...Deno.env.toObject(), SFU_WORKERS: "1", SFU_RTC_IP: "127.0.0.1" },
    log,
  });
  await using alone = await NodeProgram.start("mediasoup_alone.mts", [], {
    MEDIASOUP_WORKER_BIN: worker.bin,
  });
  const link = connectSfu({ url: sidecar.url, secret: sidecar.secret });
  try {
    const { routerId } = await ask(link, "createRouter", { label: "bench" });
    const ours = () => throughLink(link, routerId);
    const theirs = async () => {
      await alone.tell(String(TRANSPORTS));
      return await alone.next<number[]>();
    };
    await alternate(WARM_UP_ROUNDS, ours, theirs);
    const times = await alternate(ROUNDS, ours, theirs);
    return [compare({
      bench: "rpc.createWebRtcTransport.p50",
      value: percentile(times.ours.flat(), 50),
      unit: "ms",
      peer: "mediasoup in its process",
      peerValue: percentile(times.theirs.flat(), 50),
      bound: { atMost: 1.3 },
    })];
  } finally {
    link.close();
    await sidecar.stop();
  }
};

/** Milliseconds of each of many transports, one after the other. */
async function throughLink(link: SfuLink, routerId: string): Promise<number[]> {
  const samples: number[] = [];
  for (let count = 0; count < TRANSPORTS; count++) {
    const start = performance.now();
    const { transportId } = await ask(link, "createWebRtcTransport", {
      routerId,
      sctp: true,
    });
    samples.push(performance.now() - start);
    await ask(link, "closeTransport", { routerId, transportId });
  }
  return samples;
}

function ask<M extends SfuMethod>(
  link: SfuLink,
  method: M,
  params: SfuParams<M>,
): Promise<SfuResult<M>> {
  return new Promise((resolve, reject) => {
    link.call(method, params, { epoch: 1 }, (reply) => {
      if (reply.ok) resolve(reply.result);
      else reject(new Error(`${method}: ${reply.status} ${reply.message}`));
    });
  });
}
