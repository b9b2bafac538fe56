/** What the connection panel says of states, steps and incidents. */
import type { RecoveryReport, RecoveryStep } from "../../../client/mod.ts";
import type { Moment } from "../connection/chart.ts";
import type { Lane } from "../connection/history.ts";

export const laneNames: Record<Lane, string> = {
  signaling: "Signaling",
  sendIce: "Sending, ICE",
  sendDtls: "Sending, DTLS",
  recvIce: "Receiving, ICE",
  recvDtls: "Receiving, DTLS",
  media: "Media",
};

export function momentWords(moment: Moment): string {
  return moment.kind === "step"
    ? stepWords(moment)
    : `${laneNames[moment.lane]}: ${moment.state}`;
}

const steps: Record<RecoveryStep["step"], string> = {
  suspected: "Silence was noticed",
  mediaPaused: "Sending was held back",
  socketTried: "A new connection was tried",
  socketOpened: "A new connection opened",
  oldSocketSpoke: "The old connection spoke again",
  resumed: "The stay went on where it was",
  rejoined: "The room was joined anew",
  iceRestarted: "ICE was restarted",
  iceConnected: "ICE found a way",
  mediaResumed: "Sending went on",
  keyFrameRequested: "A whole picture was asked for",
  mediaFlows: "Media moves again",
  mediaServerReady: "The media server is back",
  recreating: "New media connections were begun",
  recreated: "New media connections stand",
  refused: "The service refused",
};

export function stepWords(
  { step, detail }: Pick<RecoveryStep, "step" | "detail">,
): string {
  return detail === undefined ? steps[step] : `${steps[step]} (${detail})`;
}

const triggers: Record<RecoveryReport["trigger"], string> = {
  silence: "The service fell silent",
  socketClosed: "The connection was closed",
  offline: "The device went offline",
  mediaStopped: "Sound and picture stopped",
  iceDisconnected: "Media lost its way",
  iceFailed: "Media found no way",
  transportLost: "The service lost the media",
  mediaServerLost: "The media server was lost",
  asked: "A new try was asked for",
};

const outcomes: Record<
  RecoveryReport["outcome"],
  (duration: string) => string
> = {
  recovered: (duration) => `back after ${duration}`,
  rejoined: (duration) => `joined anew after ${duration}`,
  evicted: (duration) => `too late after ${duration}`,
  gaveUp: (duration) => `given up after ${duration}`,
  left: (duration) => `left after ${duration}`,
};

export function triggerWords({ trigger }: RecoveryReport): string {
  return triggers[trigger];
}

export function outcomeWords({ outcome, durationMs }: RecoveryReport): string {
  return outcomes[outcome](durationWords(durationMs));
}

/** Of which plane was away for how long; those that were not are left out. */
export function shareWords({ signalingMs, mediaMs }: RecoveryReport): string {
  const shares = [
    signalingMs > 0 ? `signaling ${durationWords(signalingMs)}` : "",
    mediaMs > 0 ? `media ${durationWords(mediaMs)}` : "",
  ];
  return shares.filter((share) => share !== "").join(", ");
}

/** For screen readers, what the drawing shows at a glance. */
export function summaryWords(reports: readonly RecoveryReport[]): string {
  if (reports.length === 0) return "No incident in the last five minutes";
  const total = reports.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const count = reports.length === 1
    ? "One incident"
    : `${reports.length} incidents`;
  return `${count} in the last five minutes, ${durationWords(total)} in all`;
}

export function durationWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** On the axis: so long before or after the time from which it counts. */
export function tickWords(ms: number): string {
  if (ms === 0) return "0";
  const sign = ms < 0 ? "−" : "+";
  const size = Math.abs(ms);
  if (size < 60_000) return `${sign}${size / 1_000} s`;
  return `${sign}${size / 60_000} min`;
}

const clock = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
} as const;
const seconds = new Intl.DateTimeFormat(undefined, clock);
const tenths = new Intl.DateTimeFormat(undefined, {
  ...clock,
  fractionalSecondDigits: 1,
});

/** The time of day. */
export function timeWords(at: number): string {
  return seconds.format(at);
}

/** The same, by the tenth of a second. */
export function clockWords(at: number): string {
  return tenths.format(at);
}
