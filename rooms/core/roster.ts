/**
 * Who is in the room, as its clients see it.
 *
 * @module
 */
import type { ParticipantInfo } from "../../protocol/mod.ts";
import { announce, who } from "./announce.ts";
import { done, refusal } from "./answer.ts";
import { jsonFits } from "./bytes.ts";
import type { Handler } from "./handler.ts";
import { tellOthers } from "./outbox.ts";
import { lossOf } from "./recovery.ts";
import type { JoinedSession } from "./session.ts";
import { joinedSessions, type RoomState, type Step } from "./state.ts";

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
  changes,
) => {
  if (!session.access.grants.updateMetadata) return refusal("forbidden");
  const { maxMetadataBytes } = step.state.policy;
  if (!jsonFits(changes.metadata, maxMetadataBytes)) {
    return refusal("metadataTooLarge", `${maxMetadataBytes} bytes`);
  }
  changeInfo(step, session, changes);
  return done;
};

/** Changes what is given, and tells the others. */
export function changeInfo(
  step: Step,
  session: JoinedSession,
  { name = session.name, metadata = session.metadata }: {
    readonly name?: string | undefined;
    readonly metadata?: unknown;
  },
): void {
  session.name = name;
  session.metadata = metadata;
  const sessionId = session.id;
  tellOthers(step, sessionId, "participantUpdated", {
    sessionId,
    name,
    metadata,
  });
  announceUpdate(step, session);
}

export function announceUpdate(step: Step, session: JoinedSession): void {
  const { name, metadata, access } = session;
  announce(step, {
    type: "participantUpdated",
    ...who(session),
    name,
    ...(metadata !== undefined && { metadata }),
    grants: access.grants,
  });
}
