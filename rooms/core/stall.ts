/**
 * What the room makes of having been asleep itself.
 *
 * @module
 */
import { hold } from "./lose.ts";
import { delayDtls } from "./media/dtls.ts";
import { delayRebuild } from "./media/lost.ts";
import { joinedSessions, type Step } from "./state.ts";

/**
 * Milliseconds by which an input may come late before the room concludes that
 * it was itself asleep: less is ordinary load, and must not delay evictions.
 */
const STALL_MS = 200;

/**
 * A room that missed its deadline was asleep: what was sent to it meanwhile is
 * still on its way, so the time since it last listened counts for nobody.
 */
export function forgiveStall(step: Step, deadline: number): void {
  const { state, now } = step;
  if (now - Math.max(state.lastInputAt, deadline) <= STALL_MS) return;
  const asleepMs = Math.ceil(now - state.lastInputAt);
  for (const session of joinedSessions(state)) {
    const { presence } = session;
    delayDtls(session, asleepMs);
    delayRebuild(session, asleepMs);
    if (presence.state === "connected") {
      presence.heardAt += asleepMs;
      presence.timed = null;
    } else if (presence.state === "reconnecting") {
      const graceUntil = presence.graceUntil + asleepMs;
      hold(step, session, { ...presence, graceUntil });
    }
  }
}
