import type { Heard, Sample } from "./io.ts";

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
export type Reading = Pick<Sample, "pair" | "pairs"> & {
  /** Undefined where the browser does not tell. */
  readonly ice: RTCIceTransportState | undefined;
  readonly dtls: RTCDtlsTransportState | undefined;
  /** Decoded so far, by the id of the track. */
  readonly frames: ReadonlyMap<string, number>;
};

export function readStats(report: RTCStatsReport): Reading {
  const stats: Stat[] = [...report.values()];
  const transport = stats.find(({ type }) => type === "transport");
  const pairs = stats.filter(({ type }) => type === "candidate-pair");
  return {
    pair: transport ? transport.selectedCandidatePairId : nominated(pairs),
    pairs: new Map(pairs.map((pair) => [pair.id, heardOver(pair, transport)])),
    ice: transport?.iceState,
    dtls: transport?.dtlsState,
    frames: framesOf(stats),
  };
}

/** Where the browser has no statistics of transports. */
const nominated = (pairs: readonly Stat[]): string | undefined =>
  pairs.find(({ nominated, state }) => nominated && state === "succeeded")?.id;

function heardOver(
  { id, packetsReceived, responsesReceived = 0 }: Stat,
  transport: Stat | undefined,
): Heard {
  // Not every browser counts packets by the pair.
  const ofTransport = transport?.selectedCandidatePairId === id
    ? transport.packetsReceived
    : undefined;
  return {
    packets: packetsReceived ?? ofTransport ?? 0,
    answers: responsesReceived,
  };
}

function framesOf(stats: readonly Stat[]): Map<string, number> {
  const frames = new Map<string, number>();
  for (const { type, trackIdentifier, framesDecoded } of stats) {
    if (type !== "inbound-rtp" || trackIdentifier === undefined) continue;
    if (framesDecoded !== undefined) frames.set(trackIdentifier, framesDecoded);
  }
  return frames;
}
