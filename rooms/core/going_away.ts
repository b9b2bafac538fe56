/**
 * What those who are connected are told when the process goes, and the room is
 * to go on (HO6).
 *
 * @module
 */
import type { GoingAway } from "./input.ts";
import { hint } from "./outbox.ts";
import { joinedSessions, type Step } from "./state.ts";

/** Spread, so that they do not come back all at once. */
export function sendAway(
  step: Step,
  { resumeInMs, overMs, offset, url }: GoingAway,
): void {
  const { size } = step.state.connections;
  let index = 0;
  for (const session of joinedSessions(step.state)) {
    if (session.presence.state !== "connected") continue;
    const part = (offset + index / size) % 1;
    index += 1;
    hint(step, session, "goingAway", {
      resumeInMs: Math.round(resumeInMs + part * overMs),
      ...(url !== undefined && { url }),
    });
  }
}
