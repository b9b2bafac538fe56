/**
 * How long it takes to see each other again, once the network is back: from then
 * to the first new frame in real browsers, at whichever end it comes later.
 *
 * @module
 */
import { Network } from "../e2e/support/netns.ts";
import { launchBrowserOn } from "../e2e/support/netns_browser.ts";
import type { Fault, Host } from "../e2e/support/netns_host.ts";
import { requireNamespaces } from "../e2e/support/netns_namespace.ts";
import { delay } from "../support/delay.ts";
import { eventually } from "../support/eventually.ts";
import { requireTool } from "../support/tools.ts";
import { type Bench, compare, median, type Result } from "./bench.ts";
import { ProtooCalls } from "./peers/protoo_calls.ts";
import type { Calls, Ground } from "./support/calls.ts";
import { HoldfastCalls } from "./support/holdfast_calls.ts";

type Trial = {
  readonly name: string;
  readonly ms: number;
  readonly begin: (host: Host) => Promise<Fault>;
  /** What is still on its way is no sign that the way is there again. */
  readonly onItsWayMs?: number;
  /** Milliseconds, of the median and of the worst. */
  readonly targets: { readonly p50: number; readonly max: number };
};

const TRIALS: readonly Trial[] = [
  {
    name: "drop3",
    ms: 3_000,
    begin: (host) => host.drop(),
    targets: { p50: 200, max: 500 },
  },
  {
    name: "drop9",
    ms: 9_000,
    begin: (host) => host.drop(),
    targets: { p50: 200, max: 500 },
  },
  {
    name: "drop20",
    ms: 20_000,
    begin: (host) => host.drop(),
    targets: { p50: 700, max: 1_500 },
  },
  {
    name: "link7",
    ms: 7_000,
    begin: (host) => host.unplug(),
    targets: { p50: 250, max: 500 },
  },
  {
    name: "udp7",
    ms: 7_000,
    begin: (host) => host.drop("udp"),
    targets: { p50: 300, max: 500 },
  },
  {
    name: "address",
    ms: 0,
    begin: async (host) => {
      await host.changeAddress();
      return { end: () => Promise.resolve(Date.now()) };
    },
    onItsWayMs: 500,
    targets: { p50: 2_300, max: 4_000 },
  },
];

const SAMPLES = 5;
/**
 * Each sample of a fault begins later and lasts for longer by so much: pings
 * come every second and attempts every 2 s, later 4 s, and the network is not to
 * go and to come back at the same point between two of them.
 */
const STAGGER_MS = { begin: 200, length: 800 };
const PEER = "protoo-server, closes and joins anew";
/** By then pauses, bandwidth and key frames are as they usually are. */
const CALM_MS = 5_000;
/** What is not back by then is not counted for longer. */
const NEVER_MS = 30_000;

export const bench: Bench = async () => {
  const chromium = requireTool("chromium");
  if (chromium.ignore || requireNamespaces().ignore) return [];
  await using open = new AsyncDisposableStack();
  const network = open.use(await Network.open());
  const ours = open.use(await HoldfastCalls.start(network));
  const theirs = open.use(await ProtooCalls.start(network));

  // Each has machines of its own, so that both can be measured at the same time.
  const groundFor = async ({ origin }: Calls): Promise<Ground> => {
    const host = open.use(await network.addHost());
    const other = open.use(await network.addHost());
    const inside = await launchBrowserOn(host, chromium.bin, origin);
    open.defer(() => inside.close());
    const outside = await launchBrowserOn(other, chromium.bin, origin);
    open.defer(() => outside.close());
    return { host, inside, outside };
  };
  const grounds = [await groundFor(ours), await groundFor(theirs)] as const;
  const [oursTimes, theirTimes] = await Promise.all([
    measure(ours, grounds[0]),
    measure(theirs, grounds[1]),
  ]);
  return TRIALS.flatMap((trial) =>
    results(trial, oursTimes.get(trial) ?? [], theirTimes.get(trial) ?? [])
  );
};

async function measure(
  calls: Calls,
  ground: Ground,
): Promise<Map<Trial, number[]>> {
  const times = new Map<Trial, number[]>();
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (const trial of TRIALS) {
      const ms = trial.ms && trial.ms + sample * STAGGER_MS.length;
      const calmMs = CALM_MS + sample * STAGGER_MS.begin;
      const time = await measureOnce(calls, ground, { ...trial, ms }, calmMs);
      times.set(trial, [...times.get(trial) ?? [], time]);
    }
  }
  return times;
}

/** With a call of its own: a browser holds failures against a page. */
async function measureOnce(
  calls: Calls,
  ground: Ground,
  { name, ms, begin, onItsWayMs = 0 }: Trial,
  calmMs: number,
): Promise<number> {
  await using call = await calls.open(ground);
  await delay(calmMs);
  const fault = await begin(ground.host);
  await delay(ms);
  const back = await fault.end();
  const ends = [call.shownInside, call.shownOutside].map(async (shown) => {
    try {
      const probe = () => shown.firstAfter(back + onItsWayMs);
      return await eventually(probe, { within: NEVER_MS }) - back;
    } catch {
      return NEVER_MS;
    }
  });
  const [inside = NEVER_MS, outside = NEVER_MS] = await Promise.all(ends);
  console.error(`${calls.name} ${name}: inside ${inside}, outside ${outside}`);
  return Math.max(inside, outside);
}

function results(
  { name, targets }: Trial,
  ours: readonly number[],
  theirs: readonly number[],
): Result[] {
  const of = {
    p50: median,
    max: (times: readonly number[]) => Math.max(...times),
  };
  return (["p50", "max"] as const).map((measure) =>
    compare({
      bench: `recovery.${name}.${measure}`,
      value: of[measure](ours),
      unit: "ms",
      peer: PEER,
      peerValue: of[measure](theirs),
      bound: { valueAtMost: targets[measure] },
    })
  );
}
