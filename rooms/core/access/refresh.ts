/**
 * Access tokens that are replaced while their owner is connected (RS8).
 *
 * @module
 */
import { type Answer, deferred, type Refusal, refusal } from "../answer.ts";
import type { Handler } from "../handler.ts";
import type { Verdict, Verified } from "../input.ts";
import { hint, respond } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import { setAlarm } from "../session_clock.ts";
import { joined, type Step } from "../state.ts";
import { takeToken } from "./grants.ts";

/** Milliseconds until a client that was asked for a token is asked again. */
const ASK_AGAIN_MS = 15_000;
/** Milliseconds that the check of a token may take. */
const VERIFY_LIMIT_MS = 10_000;
const RETRY_MS = 2_000;

const busy: Refusal = {
  type: "refusal",
  error: "busy",
  retryAfterMs: RETRY_MS,
};

export const refreshToken: Handler<"refreshToken"> = (
  { step, session, id: requestId },
  { token },
) => {
  const { state, effects, now } = step;
  const { access, id: sessionId } = session;
  if (access.verifying) {
    return { ...busy, detail: "another token is looked at" };
  }
  access.verifying = { requestId, until: now + VERIFY_LIMIT_MS };
  setAlarm(state, session);
  effects.push({ type: "verify", sessionId, requestId, token });
  return deferred;
};

/** Hears what the token says; one that says something else is ignored. */
export function verified(
  step: Step,
  { sessionId, requestId, verdict }: Verified,
): void {
  const session = joined(step.state, sessionId);
  if (session?.access.verifying?.requestId !== requestId) return;
  session.access.verifying = null;
  const answer = judge(step, session, verdict);
  respond(step, session, requestId, answer);
}

function judge(
  step: Step,
  session: JoinedSession,
  verdict: Verdict,
): Answer<"refreshToken"> {
  const refused = refusalOf(session, verdict);
  if (refused) return { ...refused, fatal: false };
  if (verdict.ok) takeToken(step, session, verdict.claims);
  const { expiresAt, grants } = session.access;
  setAlarm(step.state, session);
  return { type: "result", result: { expiresAt, grants } };
}

/** Why a token gives a session nothing. */
export function refusalOf(
  { identity }: JoinedSession,
  verdict: Verdict,
): Refusal | undefined {
  if (!verdict.ok) {
    const { ok: _, ...refused } = verdict;
    return { type: "refusal", ...refused };
  }
  const { claims } = verdict;
  if (claims.identity !== identity) {
    return refusal("tokenInvalid", "it is somebody else's");
  }
  if (!claims.grants.join) return refusal("tokenGrantsInvalid");
}

/** Waits no longer for what a token says. */
export function watchVerifying(step: Step, session: JoinedSession): void {
  const { verifying } = session.access;
  if (verifying === null || step.now < verifying.until) return;
  session.access.verifying = null;
  respond(step, session, verifying.requestId, busy);
}

/** Asks for another token in time, and again until there is one. */
export function watchToken(step: Step, session: JoinedSession): void {
  const { access } = session;
  if (step.now < access.askAt) return;
  access.askAt = step.now + ASK_AGAIN_MS;
  if (access.verifying) return;
  const { expiresAt } = access;
  hint(step, session, "tokenExpiring", { expiresAt });
}
