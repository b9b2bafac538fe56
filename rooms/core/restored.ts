/**
 * How a room goes on that another process has kept (HO1): those who were
 * connected are lost for the moment, with their full grace.
 *
 * @module
 */
import { watchClaim } from "./claim.ts";
import { hold } from "./lose.ts";
import { beginIncident, lossOf } from "./recovery.ts";
import { joinedSessions, type Step } from "./state.ts";
import { ensureRouter } from "./router.ts";

export function takeUp(step: Step): void {
  for (const session of joinedSessions(step.state)) {
    const { presence } = session;
    if (presence.state !== "reconnecting") continue;
    if (lossOf(session) === null) {
      beginIncident(step, session, "socketClosed", presence.heardAt);
    }
    hold(step, session, presence);
  }
  watchClaim(step);
  ensureRouter(step);
}
