/**
 * What those in a call see of it when the process that runs their room is killed
 * (`kill -9`), in Chromium: the longest gap between two decoded frames, at
 * either end, beside that of times of the same length in which nothing happens;
 * and how long signaling is away. `failover`: one process, started anew at once.
 * `failover.redis`: two, and the other one takes the room up after the lease.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { launchBrowser } from "../e2e/support/browser.ts";
import { delay } from "../support/delay.ts";
import { requireTool } from "../support/tools.ts";
import {
  alternate,
  type Bench,
  compare,
  median,
  type Result,
} from "./bench.ts";
import { FailingCall } from "./support/failing_call.ts";
import {
  type Killable,
  RestartedService,
  TwoServices,
} from "./support/killable.ts";

const ROUNDS = 7;
/** All is back before. */
const ROUND_MS = 7_000;
/** Bandwidth and key frames are as they usually are by then. */
const CALM_MS = 5_000;
const CALM_AGAIN_MS = 1_000;
/** By default. */
const LEASE_MS = 5_000;
const PEER = "the same call, undisturbed";

export const bench: Bench = async () => {
  const chromium = requireTool("chromium");
  if (chromium.ignore) return [];
  const browser = await launchBrowser(chromium.bin);
  try {
    const alone = await failover("failover", RestartedService, browser);
    if (requireTool("redis-server").ignore) return alone;
    return [
      ...alone,
      ...await failover("failover.redis", TwoServices, browser),
    ];
  } finally {
    await browser.close();
  }
};

async function failover(
  name: string,
  { start }: { start(): Promise<Killable> },
  browser: Browser,
): Promise<Result[]> {
  await using service = await start();
  await using call = await FailingCall.open(browser, service.origins);
  await delay(CALM_MS);
  const { ours, theirs } = await alternate(
    ROUNDS,
    async () => {
      await delay(CALM_AGAIN_MS);
      const from = Date.now();
      await service.kill();
      const back = await call.backAfter(from);
      const gap = await gapOf(call, from);
      await service.restore();
      return { gap, backMs: back - from };
    },
    async () => {
      await delay(CALM_AGAIN_MS);
      return await gapOf(call, Date.now());
    },
  );
  await call.assertWhole();
  return [
    ...gaps(name, ours.map(({ gap }) => gap), theirs),
    ...signaling(name, ours.map(({ backMs }) => backMs)),
  ];
}

function gaps(name: string, ours: number[], theirs: number[]): Result[] {
  const row = (bench: string, value: number, peerValue: number) => {
    const bound = { atMost: 1.2 };
    return compare({ bench, value, unit: "ms", peer: PEER, peerValue, bound });
  };
  return [
    row(`${name}.frameGap`, median(ours), median(theirs)),
    row(`${name}.frameGap.max`, Math.max(...ours), Math.max(...theirs)),
  ];
}

function signaling(name: string, backMs: number[]): Result[] {
  const row = (bench: string, value: number) => {
    const peer = "the lease and a second";
    const peerValue = LEASE_MS + 1_000;
    const bound = { atMost: 1 };
    return compare({ bench, value, unit: "ms", peer, peerValue, bound });
  };
  return [
    row(`${name}.signaling`, median(backMs)),
    row(`${name}.signaling.max`, Math.max(...backMs)),
  ];
}

async function gapOf(call: FailingCall, from: number): Promise<number> {
  const to = from + ROUND_MS;
  // One more frame has to come.
  await delay(to + 500 - Date.now());
  return await call.longestGap(from, to);
}
