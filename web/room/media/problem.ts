/** Why a microphone, camera or screen cannot be had, by what the browser says. */

export type DeviceKind = "microphone" | "camera";

export type MediaProblem =
  /** The person, or the site's settings in the browser, said no. */
  | "refused"
  /** The operating system keeps the browser from the device. */
  | "refusedBySystem"
  | "notFound"
  /** Another program holds it, or the hardware failed to start. */
  | "inUse"
  /** It was there and went away: unplugged. */
  | "lost"
  /** Browsers give devices to pages on https or localhost only. */
  | "insecure"
  | "unsupported"
  | "unknown";

const problems: Record<string, MediaProblem> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "notFound",
  OverconstrainedError: "notFound",
  NotReadableError: "inUse",
  AbortError: "inUse",
};

/** Classifies what `getUserMedia` rejected with. */
export function problemOf(error: unknown): MediaProblem {
  if (!(error instanceof Error)) return "unknown";
  const problem = problems[error.name] ?? "unknown";
  return problem === "refused" && /system/i.test(error.message)
    ? "refusedBySystem"
    : problem;
}
