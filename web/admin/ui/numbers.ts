const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long something takes or has taken: `12 s`, `3 min`, `2 h 5 min`. */
export function durationWords(ms: number): string {
  if (ms < MINUTE) return `${Math.max(0, Math.floor(ms / SECOND))} s`;
  const minutes = Math.floor(ms % HOUR / MINUTE);
  if (ms < HOUR) return `${minutes} min`;
  return `${Math.floor(ms / HOUR)} h ${minutes} min`;
}

/** Such as `0.4 s` or `12 s`, for what is measured. */
export const spanWords = (ms: number): string =>
  ms < 10 * SECOND ? `${(ms / SECOND).toFixed(1)} s` : durationWords(ms);

export const clockWords = (at: number): string =>
  new Date(at).toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });

/** Bits per second, for people. */
export function bitrateWords(bps: number): string {
  if (bps < 1_000) return `${Math.round(bps)} bit/s`;
  if (bps < 1_000_000) return `${Math.round(bps / 1_000)} kbit/s`;
  return `${(bps / 1_000_000).toFixed(1)} Mbit/s`;
}

/** Such as `1 track` or `3 tracks`. */
export const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? "" : "s"}`;
