import type { Lane, LaneState } from "./history.ts";

/** How much a state matters to a person. */
export type Tone = "good" | "doubtful" | "bad" | "idle";

const ice: Record<RTCIceTransportState, Tone> = {
  new: "idle",
  checking: "doubtful",
  connected: "good",
  completed: "good",
  disconnected: "bad",
  failed: "bad",
  closed: "idle",
};

const dtls: Record<RTCDtlsTransportState, Tone> = {
  new: "idle",
  connecting: "doubtful",
  connected: "good",
  failed: "bad",
  closed: "idle",
};

const tones: { [L in Lane]: Record<LaneState<L>, Tone> } = {
  signaling: { connected: "good", suspected: "doubtful", lost: "bad" },
  sendIce: ice,
  sendDtls: dtls,
  recvIce: ice,
  recvDtls: dtls,
  media: { none: "idle", flowing: "good", paused: "doubtful", stopped: "bad" },
};

export function toneOf<L extends Lane>(lane: L, state: LaneState<L>): Tone {
  return tones[lane][state];
}
