/**
 * How a participant's media fares (MD8): the worst of what its own client
 * reports and what the SFU says of its transports.
 *
 * @module
 */
import type { MediaState } from "../../../protocol/mod.ts";
import { done } from "../answer.ts";
import type { Handler } from "../handler.ts";
import { tellOthers } from "../outbox.ts";
import type { JoinedSession } from "../session.ts";
import type { Step } from "../state.ts";
import type { Media, Transport } from "./media.ts";
import { mediaOf } from "./owned.ts";

/** The worst first; `new` says least of all. */
const order: readonly MediaState[] = [
  "failed",
  "closed",
  "disconnected",
  "checking",
  "connected",
  "completed",
];

export const reportMediaState: Handler<"reportMediaState"> = (
  { step, session },
  { state },
) => {
  mediaOf(session).reported = state;
  updateMediaState(step, session);
  return done;
};

/** Tells the others, if it is another than they know. */
export function updateMediaState(step: Step, session: JoinedSession): void {
  const { media, id: sessionId } = session;
  if (media === null) return;
  const state = worst(media);
  if (state === media.state) return;
  media.state = state;
  tellOthers(step, sessionId, "mediaStateChanged", { sessionId, state });
}

function worst({ reported, transports }: Media): MediaState {
  const states = [reported, ...[...transports.values()].map(stateOf)];
  return order.find((state) => states.includes(state)) ?? "new";
}

/** Of a transport in the words of the W3C; one that is not in use is `new`. */
function stateOf({ handshake, ice, dtls }: Transport): MediaState {
  if (dtls === "failed") return "failed";
  if (dtls === "closed" || ice === "closed") return "closed";
  if (ice === "disconnected") return "disconnected";
  if (handshake === "none") return "new";
  if (dtls !== "connected" || ice === "new") return "checking";
  return ice;
}
