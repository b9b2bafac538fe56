/**
 * ICE restarts (MD3): all transports of an incident together, and only so many.
 *
 * @module
 */
import type { SfuResult } from "../../../sfu/methods.ts";
import { deferred, mediaServerUnavailable, type Refusal } from "../answer.ts";
import { spend, waitFor } from "../budget.ts";
import type { Handler } from "../handler.ts";
import type { SfuReply } from "../input.ts";
import { respond } from "../outbox.ts";
import { joined, type Step } from "../state.ts";
import { call, routerId } from "./calls.ts";
import { mediaOf, own } from "./owned.ts";
import type { RestartCall } from "./pending.ts";
import { loseTransport } from "./transports.ts";

/** Transports that never were connected, or are gone, come back without parameters. */
export const restartIce: Handler<"restartIce"> = (
  { step, session, id: requestId },
  { transportIds },
) => {
  const { state, now } = step;
  const ids = [...new Set(transportIds)];
  const possible = ids.filter((id) =>
    own(session, "transports", id)?.handshake === "done"
  );
  const transports = ids.filter((id) => !possible.includes(id))
    .map((transportId) => ({ transportId }));
  if (possible.length === 0) return { type: "result", result: { transports } };
  if (state.sfu === "down") return mediaServerUnavailable;
  const media = mediaOf(session);
  const { maxIceRestarts: max, iceRestartWindowMs: windowMs } = state.policy;
  const limit = { max, windowMs };
  const retryAfterMs = waitFor(media.restartBudget, limit, now);
  if (retryAfterMs > 0) return tooMany(retryAfterMs);
  media.restartBudget = spend(media.restartBudget, limit, now);
  media.restarts.set(requestId, { waiting: possible.length, transports });
  for (const transportId of possible) {
    const params = { routerId: routerId(state), transportId };
    const sessionId = session.id;
    const record = {
      type: "restart",
      sessionId,
      requestId,
      transportId,
    } as const;
    call(step, "restartIce", params, record);
  }
  return deferred;
};

/** The last reply brings the answer; the first failure is one. */
export function restarted(
  step: Step,
  { sessionId, requestId, transportId }: RestartCall,
  reply: SfuReply,
): void {
  const session = joined(step.state, sessionId);
  const restart = session?.media?.restarts.get(requestId);
  if (!session?.media || !restart) return;
  if (!reply.ok && reply.status !== "NOT_FOUND") {
    session.media.restarts.delete(requestId);
    return respond(step, session, requestId, mediaServerUnavailable);
  }
  if (reply.ok) {
    const { iceParameters } = reply.result as SfuResult<"restartIce">;
    restart.transports.push({ transportId, iceParameters });
  } else {
    loseTransport(step, session, transportId, "lost");
    restart.transports.push({ transportId });
  }
  restart.waiting -= 1;
  if (restart.waiting > 0) return;
  session.media.restarts.delete(requestId);
  const { transports } = restart;
  const answer = { type: "result", result: { transports } } as const;
  respond(step, session, requestId, answer, "passing");
}

const tooMany = (retryAfterMs: number): Refusal => ({
  type: "refusal",
  error: "tooManyRequests",
  detail: "ICE restarts",
  retryAfterMs,
});
