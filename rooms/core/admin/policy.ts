/**
 * A policy that changes while the room runs.
 *
 * @module
 */
import { describe, Policy, type PolicyPatch } from "../../../protocol/mod.ts";
import { patched } from "../access/access.ts";
import { tellEach } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import { setAlarm } from "../session_clock.ts";
import { joinedSessions, type Step } from "../state.ts";
import { type AdminOutcome, done, refused } from "./command.ts";

export type Patched =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly detail: string };

export function patchPolicy(policy: Policy, patch: PolicyPatch): Patched {
  const parsed = Policy.safeParse(patched(policy, patch));
  if (!parsed.success) return { ok: false, detail: describe(parsed.error) };
  const { pingIntervalMs, timeoutMs } = parsed.data;
  // Else whoever answers every ping is lost between two of them.
  return pingIntervalMs < timeoutMs
    ? { ok: true, policy: parsed.data }
    : { ok: false, detail: "pingIntervalMs must be less than timeoutMs" };
}

/** What is promised already stays: the graces that run, and who is in. */
export function setPolicy(step: Step, patch: PolicyPatch): AdminOutcome {
  const { state, now } = step;
  const changed = patchPolicy(state.policy, patch);
  if (!changed.ok) return refused("invalidPolicy", changed.detail);
  const { policy } = changed;
  if (state.router.state !== "none" && patch.codecs !== undefined) {
    const detail = "codecs cannot change once the room has begun";
    return refused("invalidPolicy", detail);
  }
  state.policy = policy;
  if (state.emptyAt !== null) state.emptyAt = now + policy.emptyRoomMs;
  for (const session of joinedSessions(state)) keepTime(step, session);
  tellEach(step, joinedSessions(state), "policyChanged", { policy });
  return done;
}

/** Nobody is lost by a timeout of which it could not know. */
function keepTime({ state, now }: Step, session: JoinedSession): void {
  const { presence, access } = session;
  const { pingIntervalMs, tokenRefreshMs } = state.policy;
  if (presence.state === "connected") {
    presence.heardAt = now;
    presence.nextPingAt = Math.min(presence.nextPingAt, now + pingIntervalMs);
  }
  access.askAt = access.expiresAt - tokenRefreshMs;
  setAlarm(state, session);
}
