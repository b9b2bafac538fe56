import type { EndReason } from "../../../client/mod.ts";
import type { Person, RoomView } from "../call/view.ts";
import type { Connection } from "../connection/connection.ts";
import {
  activeTrack,
  type MediaState,
  openTrack,
} from "../media/media_state.ts";
import type { Simulation } from "../simulate/simulator.ts";
import type { Words } from "../words/words.ts";

/** What one fills in before a call. */
export type Form = { name: string; room: string };

export type Panel = "chat" | "people" | "connection";

export type ChatMessage = {
  id: number;
  from: string;
  isOwn: boolean;
  text: string;
  /** Milliseconds since 1970. */
  at: number;
};

export type Toast = {
  id: number;
  text: string;
  tone: "news" | "message" | "problem";
};

export type InRoom = {
  at: "inRoom";
  view: RoomView;
  connection: Connection;
  simulation: Simulation | undefined;
  /** One's own shared screen. */
  screen: MediaStreamTrack | undefined;
  speaking: ReadonlySet<string>;
  /** The one who spoke last. */
  speaker: string | undefined;
  panel: Panel | undefined;
  messages: ChatMessage[];
  unread: number;
  toasts: Toast[];
};

export type Phase =
  | { at: "lobby"; notice: Words | undefined }
  | { at: "joining" }
  | InRoom
  | { at: "ended"; reason: EndReason };

export type State = {
  form: Form;
  media: MediaState;
  phase: Phase;
  /** For screen readers. */
  announcement: string;
};

/** For the browser's tab: where one is, and what one has not read. */
export function titleOf({ phase }: State): string {
  if (phase.at !== "inRoom") return "Holdfast";
  const unread = phase.unread === 0 ? "" : `(${phase.unread}) `;
  return `${unread}${phase.view.name} · Holdfast`;
}

/** Everyone in the room, oneself last. */
export function everyone(room: InRoom, media: MediaState): Person[] {
  return [...room.view.others, ownPerson(room, media)];
}

export function ownPerson(room: InRoom, media: MediaState): Person {
  return {
    sessionId: room.view.ownSessionId,
    name: room.view.ownName,
    isOwn: true,
    state: room.view.state,
    graceUntil: undefined,
    isConnecting: false,
    microphone: openTrack(media.microphone) === undefined
      ? "none"
      : media.microphone.on
      ? "on"
      : "muted",
    camera: activeTrack(media.camera),
    screen: room.screen,
    sounds: [],
  };
}
