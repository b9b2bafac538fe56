/**
 * What the RPC costs beside bare JSON lines, between the same two programs.
 *
 * @module
 */
import type { SfuLink } from "../../sfu/link.ts";
import { connectSfu } from "../../sfu/rpc/connect.ts";
import { alternate, type Bench, compare, median, percentile } from "./bench.ts";
import { EchoClient } from "./peers/echo_client.ts";
import { NodeProgram } from "./peers/node_program.ts";
import { consume } from "./peers/rpc_payload.ts";

/** Asks once, and says when the answer is there. */
type Ask = (done: () => void) => void;

const ROUNDS = 20;
const TRIPS = 2_000;
const CALLS = 20_000;
const IN_FLIGHT = 64;
const PEER = "bare JSON lines, TCP";

export const bench: Bench = async () => {
  const secret = crypto.randomUUID();
  await using node = await NodeProgram.start("rpc_node.ts", [secret]);
  const { rpc, echo } = await node.next<{ rpc: string; echo: number }>();
  const link = connectSfu({ url: rpc, secret });
  const client = await EchoClient.connect(echo);
  const ours = asking(link);
  const theirs: Ask = (done) => client.call(consume, done);
  try {
    // Until both are compiled.
    await alternate(3, () => perSecond(ours), () => perSecond(theirs));
    const trips = await alternate(
      ROUNDS,
      () => times(ours),
      () => times(theirs),
    );
    const rates = await alternate(
      ROUNDS,
      () => perSecond(ours),
      () => perSecond(theirs),
    );
    return [
      compare({
        bench: "rpc.roundtrip.p50",
        value: percentile(trips.ours.flat(), 50),
        unit: "ms",
        peer: PEER,
        peerValue: percentile(trips.theirs.flat(), 50),
        bound: { atMost: 1.5 },
      }),
      compare({
        bench: "rpc.throughput.64",
        value: median(rates.ours),
        unit: "calls/s",
        peer: PEER,
        peerValue: median(rates.theirs),
        bound: { atLeast: 0.6 },
      }),
    ];
  } finally {
    link.close();
    client.close();
  }
};

function asking(link: SfuLink): Ask {
  return (done) =>
    link.call("consume", consume, { epoch: 1 }, (reply) => {
      if (!reply.ok) throw new Error(`${reply.status}: ${reply.message}`);
      done();
    });
}

/** Milliseconds of each of many round trips, one after the other. */
async function times(ask: Ask): Promise<number[]> {
  const samples: number[] = [];
  for (let trip = 0; trip < TRIPS; trip++) {
    const start = performance.now();
    await new Promise<void>(ask);
    samples.push(performance.now() - start);
  }
  return samples;
}

/** Calls a second with many in flight. */
async function perSecond(ask: Ask): Promise<number> {
  const start = performance.now();
  await new Promise<void>((resolve) => {
    let begun = 0;
    let done = 0;
    const next = () => {
      if (begun++ < CALLS) ask(answered);
    };
    const answered = () => {
      if (++done === CALLS) resolve();
      else next();
    };
    for (let slot = 0; slot < IN_FLIGHT; slot++) next();
  });
  return CALLS * 1_000 / (performance.now() - start);
}
