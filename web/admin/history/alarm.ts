/**
 * Whether recoveries fail more than usual: of those that ended in the last five
 * minutes at least three have failed, and their share is more than twice that of
 * the hour before. Where there is little to compare with, it is taken that one
 * in twenty fails.
 *
 * @module
 */
export type Ended = {
  readonly at: number;
  readonly outcome: "recovered" | "failed";
};

export const WINDOW_MS = 5 * 60_000;
const BASELINE_MS = 60 * 60_000;
const LEAST_FAILED = 3;
const TIMES_USUAL = 2;
/** Counted into the hour before, so that few recoveries do not say much. */
const EXPECTED = { failed: 1, all: 20 };

export type Alarm = {
  readonly failed: number;
  readonly all: number;
  /** Shares, from 0 to 1. */
  readonly now: number;
  readonly usual: number;
  readonly isRaised: boolean;
};

export function alarmOf(recoveries: readonly Ended[], now: number): Alarm {
  const start = now - WINDOW_MS;
  const recent = count(recoveries, start, Infinity);
  const before = count(recoveries, start - BASELINE_MS, start);
  const usual = (before.failed + EXPECTED.failed) /
    (before.all + EXPECTED.all);
  const share = recent.all === 0 ? 0 : recent.failed / recent.all;
  const isRaised = recent.failed >= LEAST_FAILED &&
    share > TIMES_USUAL * usual;
  return { ...recent, now: share, usual, isRaised };
}

function count(recoveries: readonly Ended[], from: number, to: number) {
  const ended = recoveries.filter(({ at }) => at > from && at <= to);
  const failed = ended.filter(({ outcome }) => outcome === "failed").length;
  return { failed, all: ended.length };
}
