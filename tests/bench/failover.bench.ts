/**
 * What those in a call see of it when their service is killed (`kill -9`) and
 * started anew at once, in Chromium: the longest gap between two decoded frames,
 * at either end, beside that of times of the same length in which nothing
 * happens; and how long signaling is away.
 *
 * @module
 */
import { launchBrowser } from "../e2e/support/browser.ts";
import { Program } from "../main/program.ts";
import { delay } from "../support/delay.ts";
import { State } from "../support/state.ts";
import { requireTool } from "../support/tools.ts";
import {
  alternate,
  type Bench,
  compare,
  median,
  type Result,
} from "./bench.ts";
import { FailingCall } from "./support/failing_call.ts";
import { KEYS } from "./support/rooms.ts";

const ROUNDS = 7;
/** All is back long before. */
const ROUND_MS = 6_000;
/** Bandwidth and key frames are as they usually are by then. */
const CALM_MS = 5_000;
const CALM_AGAIN_MS = 1_000;
/** By default. */
const LEASE_MS = 5_000;
const PEER = "the same call, undisturbed";

export const bench: Bench = async () => {
  const chromium = requireTool("chromium");
  if (chromium.ignore) return [];
  await using open = new AsyncDisposableStack();
  const service = open.use(await RestartedService.start());
  const browser = await launchBrowser(chromium.bin);
  open.defer(() => browser.close());
  const call = open.use(await FailingCall.open(browser, service.origin));
  await delay(CALM_MS);

  const { ours, theirs } = await alternate(
    ROUNDS,
    async () => {
      await delay(CALM_AGAIN_MS);
      const from = Date.now();
      await service.killAndStart();
      const back = await call.backAfter(from);
      const gap = await gapOf(call, from);
      return { gap, backMs: back - from };
    },
    async () => {
      await delay(CALM_AGAIN_MS);
      return await gapOf(call, Date.now());
    },
  );
  await call.assertWhole();
  const gaps = ours.map(({ gap }) => gap);
  return [
    gapResult("failover.frameGap", median(gaps), median(theirs)),
    gapResult("failover.frameGap.max", Math.max(...gaps), Math.max(...theirs)),
    compare({
      bench: "failover.signaling.max",
      value: Math.max(...ours.map(({ backMs }) => backMs)),
      unit: "ms",
      peer: "the lease and a second",
      peerValue: LEASE_MS + 1_000,
      bound: { atMost: 1 },
    }),
  ];
};

function gapResult(bench: string, value: number, peerValue: number): Result {
  const bound = { atMost: 1.2 };
  return compare({ bench, value, unit: "ms", peer: PEER, peerValue, bound });
}

async function gapOf(call: FailingCall, from: number): Promise<number> {
  const to = from + ROUND_MS;
  // One more frame has to come.
  await delay(to + 500 - Date.now());
  return await call.longestGap(from, to);
}

/** On the same port and in the same folder each time. */
class RestartedService implements AsyncDisposable {
  readonly origin: string;
  readonly #open: AsyncDisposableStack;
  readonly #env: Record<string, string>;
  #program: Program;

  private constructor(
    open: AsyncDisposableStack,
    env: Record<string, string>,
    program: Program,
    port: number,
  ) {
    this.#open = open;
    this.#env = { ...env, PORT: `${port}` };
    this.#program = program;
    this.origin = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<RestartedService> {
    await using open = new AsyncDisposableStack();
    const state = open.use(new State());
    const env = { ...KEYS, STATE_FOLDER: state.path, SFU_WORKERS: "1" };
    const program = open.use(new Program(env));
    const port = await program.port();
    return new RestartedService(open.move(), env, program, port);
  }

  async killAndStart(): Promise<void> {
    await this.#program.die();
    this.#program = this.#open.use(new Program(this.#env));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}
