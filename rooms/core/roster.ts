/**
 * Who is in the room, as its clients see it.
 *
 * @module
 */
import type { ParticipantInfo } from "../../protocol/mod.ts";
import { jsonFits } from "./bytes.ts";
import { done, type Handler, refusal } from "./handler.ts";
import { tellOthers } from "./outbox.ts";
import { lossOf } from "./recovery.ts";
import type { JoinedSession } from "./session.ts";
import { joinedSessions, type RoomState } from "./state.ts";

export function participantInfo(
  state: RoomState,
  session: JoinedSession,
): ParticipantInfo {
  const { id, identity, name, metadata, media } = session;
  return {
    sessionId: id,
    identity,
    name,
    metadata,
    ...presenceInfo(state, session),
    mediaState: media?.state ?? "new",
    producers: [...media?.producers.values() ?? []].map(({ info }) => info),
    dataProducers: [...media?.dataProducers.values() ?? []]
      .map(({ info }) => info),
  };
}

/** Who is about to resume is away until that is answered, if it was lost. */
function presenceInfo(
  { policy }: RoomState,
  session: JoinedSession,
): Pick<ParticipantInfo, "state" | "graceUntil"> {
  const { presence } = session;
  if (lossOf(session) === null) return { state: "connected" };
  const graceUntil = presence.state === "reconnecting"
    ? presence.graceUntil
    : Math.ceil(presence.heardAt + policy.evictAfterMs);
  return { state: "reconnecting", graceUntil };
}

/** All but those who still wait to come in. */
export function participants(state: RoomState): ParticipantInfo[] {
  return [...joinedSessions(state)]
    .map((session) => participantInfo(state, session));
}

export const updateMetadata: Handler<"updateMetadata"> = (
  { step, session },
  { name = session.name, metadata = session.metadata },
) => {
  const { maxMetadataBytes } = step.state.policy;
  if (!jsonFits(metadata, maxMetadataBytes)) {
    return refusal("metadataTooLarge", `${maxMetadataBytes} bytes`);
  }
  session.name = name;
  session.metadata = metadata;
  const sessionId = session.id;
  tellOthers(step, sessionId, "participantUpdated", {
    sessionId,
    name,
    metadata,
  });
  return done;
};
