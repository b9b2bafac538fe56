/**
 * Who is in the room, as its clients see it.
 *
 * @module
 */
import type { ParticipantInfo } from "../../protocol/mod.ts";
import { jsonFits } from "./bytes.ts";
import { done, type Handler, refusal } from "./handler.ts";
import { tellOthers } from "./outbox.ts";
import type { ConnectedSession } from "./session.ts";
import type { RoomState } from "./state.ts";

export function participantInfo(session: ConnectedSession): ParticipantInfo {
  const { id, identity, name, metadata, state, media } = session;
  return {
    sessionId: id,
    identity,
    name,
    metadata,
    state,
    producers: [...media.producers.values()].map(({ info }) => info),
    dataProducers: [...media.dataProducers.values()].map(({ info }) => info),
  };
}

/** All but those who still wait to come in. */
export function participants({ sessions }: RoomState): ParticipantInfo[] {
  return [...sessions.values()]
    .filter((session) => session.state === "connected")
    .map(participantInfo);
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
