import type { RecoveryReport, RecoveryStep } from "../../../client/mod.ts";

/** What is known of one recovery. Times are milliseconds since 1970. */
export type Account = {
  readonly fault: string;
  readonly began: number;
  /** When the network was as before. */
  readonly back: number;
  /** One or more: what looks like the end of an incident may be none. */
  readonly reports: readonly RecoveryReport[];
  /** The first new frame at the other end, and at this one. */
  readonly seenThere: number;
  readonly seenHere?: number;
};

/** How long each part took, in one line. */
export function tell(account: Account): string {
  const { fault, began, back, reports, seenThere, seenHere } = account;
  const since = (start: number, time: number | undefined) =>
    time === undefined ? "-" : `${Math.round(time - start)}`;
  const [first] = reports;
  const returned = lastOf(reports, "resumed", "rejoined", "oldSocketSpoke");
  return [
    fault,
    `detection ${since(began, first?.startedAt)} (${first?.trigger})`,
    `then after the end: signaling ${since(back, returned)}`,
    `media ${since(back, lastOf(reports, "mediaFlows"))}`,
    `seen there ${since(back, seenThere)}, here ${since(back, seenHere)} ms`,
    reports.map(({ outcome }) => outcome).join(", "),
  ].join(" | ");
}

function lastOf(
  reports: readonly RecoveryReport[],
  ...names: RecoveryStep["step"][]
): number | undefined {
  const times = reports.flatMap(({ startedAt, steps }) =>
    steps.filter(({ step }) => names.includes(step))
      .map(({ atMs }) => startedAt + atMs)
  );
  return times.at(-1);
}

/** All steps, for who wants to know why it took so long. */
export const tellSteps = ({ steps }: RecoveryReport): string =>
  steps.map(({ atMs, step, detail }) =>
    `  ${Math.round(atMs)} ${step}${detail ? ` (${detail})` : ""}`
  ).join("\n");
