/** A snapshot of a room, as plain data for the page to draw. */
import type {
  MediaState,
  RemoteParticipant,
  Room,
  TrackSource,
} from "../../../client/mod.ts";

export type Sound = "on" | "muted" | "none";

export type Person = {
  sessionId: string;
  name: string;
  isOwn: boolean;
  state: RemoteParticipant["state"];
  /** When the place of one who is reconnecting is given away, if it is known. */
  graceUntil: number | undefined;
  /** Nothing is seen or heard, though it should be. */
  isConnecting: boolean;
  microphone: Sound;
  camera: MediaStreamTrack | undefined;
  screen: MediaStreamTrack | undefined;
  /** What is to be heard of this person: voice, and sound of the screen. */
  sounds: MediaStreamTrack[];
};

export type RoomView = {
  name: string;
  state: Room["state"];
  ownSessionId: string;
  ownName: string;
  others: Person[];
};

type Publication = {
  source: TrackSource;
  muted: boolean;
  track: MediaStreamTrack | undefined;
};
type Participant = {
  sessionId: string;
  name: string;
  publications: ReadonlyMap<string, Publication>;
};
type RemoteOne =
  & Participant
  & Pick<RemoteParticipant, "state" | "graceUntil" | "mediaState">;

/** What a snapshot needs of the SDK's room. */
export type RoomSource = Pick<Room, "name" | "state" | "sessionId"> & {
  localParticipant: Participant;
  participants: ReadonlyMap<string, RemoteOne>;
};

export function viewOf(room: RoomSource): RoomView {
  return {
    name: room.name,
    state: room.state,
    ownSessionId: room.sessionId,
    ownName: room.localParticipant.name,
    others: [...room.participants.values()].map(personOf),
  };
}

function personOf(participant: RemoteOne): Person {
  const find = (source: TrackSource) =>
    [...participant.publications.values()].find((one) => one.source === source);
  const microphone = find("microphone");
  return {
    sessionId: participant.sessionId,
    name: participant.name,
    isOwn: false,
    state: participant.state,
    graceUntil: participant.graceUntil,
    isConnecting: isTrouble(participant.mediaState),
    microphone: microphone === undefined
      ? "none"
      : microphone.muted
      ? "muted"
      : "on",
    camera: visible(find("camera")),
    screen: visible(find("screen")),
    sounds: [microphone, find("screenAudio")]
      .map((publication) => publication?.track)
      .filter((track) => track !== undefined),
  };
}

/** One who is in the room and whose media is closed has lost it. */
function isTrouble(state: MediaState): boolean {
  return state === "checking" || state === "disconnected" ||
    state === "failed" || state === "closed";
}

function visible(publication: Publication | undefined) {
  return publication?.muted === false ? publication.track : undefined;
}
