/**
 * Rights that change while their owner is in the room (AC3).
 *
 * @module
 */
import type { Grants, GrantsPatch } from "../../../protocol/mod.ts";
import { announceUpdate } from "../roster.ts";
import { endSession } from "../end.ts";
import { closeRevoked } from "../media/revoking.ts";
import { tell } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import type { Step } from "../state.ts";
import { isSame, patched, type Rights } from "./access.ts";

/** Goes by another token of the same participant. */
export function takeToken(
  step: Step,
  session: JoinedSession,
  { grants, expiresAt }: Rights,
): void {
  const { access } = session;
  access.expiresAt = expiresAt;
  access.askAt = expiresAt - step.state.policy.tokenRefreshMs;
  setGrants(step, session, patched(grants, access.changed ?? {}));
}

/** By an operator: tokens that come later do not take it back. */
export function changeGrants(
  step: Step,
  session: JoinedSession,
  patch: GrantsPatch,
): void {
  const { access } = session;
  access.changed = patched<GrantsPatch>(access.changed ?? {}, patch);
  setGrants(step, session, patched(access.grants, patch));
}

/** What is not allowed any more ends at once; whoever may not be here, with it. */
function setGrants(step: Step, session: JoinedSession, grants: Grants): void {
  const { access } = session;
  if (isSame(access.grants, grants)) return;
  access.grants = grants;
  tell(step, session, "grantsChanged", { grants });
  announceUpdate(step, session);
  if (!grants.join) return endSession(step, session, "removed");
  closeRevoked(step, session);
}
