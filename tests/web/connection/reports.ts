import type { RecoveryReport } from "../../../client/mod.ts";

/** An incident of three seconds that began at `startedAt`. */
export function reportAt(
  startedAt: number,
  change: Partial<RecoveryReport> = {},
): RecoveryReport {
  return {
    trigger: "silence",
    startedAt,
    durationMs: 3_000,
    signalingMs: 3_000,
    mediaMs: 0,
    steps: [],
    outcome: "recovered",
    ...change,
  };
}
