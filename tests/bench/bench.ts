/**
 * What every `*.bench.ts` in this folder exports as `bench`, and what they
 * share. Each measures ours beside a peer, in the same run.
 *
 * @module
 */

/** What the ratio may be, at most or at least, or what the value may be. */
export type Bound =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly valueAtMost: number };

export type Result = {
  /** Such as `rpc.roundtrip.p50`. */
  readonly bench: string;
  readonly value: number;
  readonly unit: string;
  /** What ours is compared with, in a few words. */
  readonly peer: string;
  readonly peerValue: number;
  /** Ours divided by the peer's. */
  readonly ratio: number;
  readonly bound?: Bound;
};

/** Runs once, in a process of its own. */
export type Bench = () => Promise<Result[]>;

/** Puts ours and the peer's in proportion. */
export function compare(measured: Omit<Result, "ratio">): Result {
  return { ...measured, ratio: measured.value / measured.peerValue };
}

/** Whether a result is within its bound; one without always is. */
export function isKept({ ratio, value, bound }: Result): boolean {
  if (!bound) return true;
  if ("valueAtMost" in bound) return value <= bound.valueAtMost;
  return "atMost" in bound ? ratio <= bound.atMost : ratio >= bound.atLeast;
}

/**
 * Measures ours and the peer in turns, and the other one first in every second
 * round, so that what slows the machine for a while slows both.
 */
export async function alternate<T, U = T>(
  rounds: number,
  ours: () => Promise<T>,
  theirs: () => Promise<U>,
): Promise<{ ours: T[]; theirs: U[] }> {
  const measured: { ours: T[]; theirs: U[] } = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    const oursFirst = round % 2 === 0;
    if (oursFirst) measured.ours.push(await ours());
    measured.theirs.push(await theirs());
    if (!oursFirst) measured.ours.push(await ours());
  }
  return measured;
}

/**
 * The nearest-rank percentile, `p` from 0 to 100.
 *
 * @throws {RangeError} when there are no samples.
 */
export function percentile(samples: readonly number[], p: number): number {
  const rank = Math.max(1, Math.ceil(samples.length * p / 100));
  const value = samples.toSorted((a, b) => a - b)[rank - 1];
  if (value === undefined) {
    throw new RangeError(`Cannot take a percentile of ${samples.length}`);
  }
  return value;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 50);
}
