import type { Sample } from "./io.ts";

/** As far as it is looked at. Not every browser has every field. */
type Stat = {
  readonly id: string;
  readonly type: string;
  readonly selectedCandidatePairId?: string;
  readonly iceState?: RTCIceTransportState;
  readonly dtlsState?: RTCDtlsTransportState;
  readonly nominated?: boolean;
  readonly state?: string;
  readonly packetsReceived?: number;
  readonly responsesReceived?: number;
  readonly trackIdentifier?: string;
  readonly framesDecoded?: number;
};

/** What is read from the statistics of a transport. */
export type Reading = Pick<Sample, "pair" | "packets" | "answers"> & {
  /** Undefined where the browser does not tell. */
  readonly ice: RTCIceTransportState | undefined;
  readonly dtls: RTCDtlsTransportState | undefined;
  /** Decoded so far, by the id of the track. */
  readonly frames: ReadonlyMap<string, number>;
};

export function readStats(report: RTCStatsReport): Reading {
  const stats: Stat[] = [...report.values()];
  const transport = stats.find(({ type }) => type === "transport");
  const pair = selectedPair(stats, transport);
  const frames = new Map<string, number>();
  for (const { type, trackIdentifier, framesDecoded } of stats) {
    if (type !== "inbound-rtp" || trackIdentifier === undefined) continue;
    if (framesDecoded !== undefined) frames.set(trackIdentifier, framesDecoded);
  }
  return {
    pair: pair?.id,
    // Not every browser counts them by the pair.
    packets: pair?.packetsReceived ?? transport?.packetsReceived ?? 0,
    answers: pair?.responsesReceived ?? 0,
    ice: transport?.iceState,
    dtls: transport?.dtlsState,
    frames,
  };
}

function selectedPair(
  stats: readonly Stat[],
  transport: Stat | undefined,
): Stat | undefined {
  const selected = transport?.selectedCandidatePairId;
  return stats.find(({ id, type, nominated, state }) =>
    type === "candidate-pair" &&
    (selected === undefined
      ? nominated === true && state === "succeeded"
      : id === selected)
  );
}
