import type { EndReason } from "../../../client/mod.ts";
import type { RoomView } from "../call/view.ts";
import {
  type ConnectionNews,
  follow,
  newConnection,
} from "../connection/connection.ts";
import type { MediaState } from "../media/media_state.ts";
import type { Simulation } from "../simulate/simulator.ts";
import type { Words } from "../words/words.ts";
import type {
  ChatMessage,
  Form,
  InRoom,
  Panel,
  State,
  Toast,
} from "./state.ts";

export type Action =
  | { type: "formChanged"; form: Partial<Form> }
  | { type: "mediaChanged"; media: MediaState }
  | { type: "joining" }
  | { type: "joinFailed"; notice: Words | undefined }
  | { type: "ended"; reason: EndReason }
  | { type: "lobbyOpened"; room: string }
  | { type: "announced"; text: string }
  | { type: "joined"; view: RoomView }
  | RoomAction;

/** These mean something only in a room, and are dropped elsewhere. */
export type RoomAction =
  | { type: "viewChanged"; view: RoomView }
  /** `at`: milliseconds since 1970. */
  | { type: "connectionNews"; news: ConnectionNews; at: number }
  | { type: "simulationChanged"; simulation: Simulation | undefined }
  | { type: "screenChanged"; track: MediaStreamTrack | undefined }
  | { type: "levels"; speaking: ReadonlySet<string> }
  | { type: "speaker"; sessionId: string }
  | { type: "panel"; panel: Panel | undefined }
  | { type: "message"; message: ChatMessage }
  | { type: "toast"; toast: Toast }
  | { type: "toastGone"; id: number };

const MOST_MESSAGES = 500;
const MOST_TOASTS = 3;

export function reduce(state: State, action: Action): State {
  switch (action.type) {
    case "formChanged":
      return { ...state, form: { ...state.form, ...action.form } };
    case "mediaChanged":
      return { ...state, media: action.media };
    case "joining":
      return { ...state, phase: { at: "joining" } };
    case "joinFailed":
      return { ...state, phase: { at: "lobby", notice: action.notice } };
    case "joined":
      return { ...state, phase: enter(action.view) };
    case "ended":
      return { ...state, phase: { at: "ended", reason: action.reason } };
    case "lobbyOpened":
      return {
        ...state,
        form: { ...state.form, room: action.room },
        phase: { at: "lobby", notice: undefined },
      };
    case "announced":
      return { ...state, announcement: action.text };
    default:
      return state.phase.at === "inRoom"
        ? { ...state, phase: reduceRoom(state.phase, action) }
        : state;
  }
}

function enter(view: RoomView): InRoom {
  return {
    at: "inRoom",
    view,
    connection: newConnection,
    simulation: undefined,
    screen: undefined,
    speaking: new Set(),
    speaker: undefined,
    panel: undefined,
    messages: [],
    unread: 0,
    toasts: [],
  };
}

function reduceRoom(room: InRoom, action: RoomAction): InRoom {
  switch (action.type) {
    case "viewChanged":
      return { ...room, view: action.view };
    case "connectionNews": {
      const connection = follow(room.connection, action.news, action.at);
      const isLost = action.news.type === "reconnecting";
      // Nobody would tell that they have stopped.
      const speaking = isLost ? new Set<string>() : room.speaking;
      return { ...room, connection, speaking };
    }
    case "simulationChanged":
      return { ...room, simulation: action.simulation };
    case "screenChanged":
      return { ...room, screen: action.track };
    case "levels":
      return { ...room, speaking: action.speaking };
    case "speaker":
      return { ...room, speaker: action.sessionId };
    case "panel":
      return openPanel(room, action.panel);
    case "message":
      return {
        ...room,
        messages: [...room.messages, action.message].slice(-MOST_MESSAGES),
        unread: room.panel === "chat" || action.message.isOwn
          ? room.unread
          : room.unread + 1,
      };
    case "toast":
      return {
        ...room,
        toasts: [...room.toasts, action.toast].slice(-MOST_TOASTS),
      };
    case "toastGone":
      return {
        ...room,
        toasts: room.toasts.filter(({ id }) => id !== action.id),
      };
  }
}

/** What the chat shows needs no toast and no number. */
function openPanel(room: InRoom, panel: Panel | undefined): InRoom {
  if (panel !== "chat") return { ...room, panel };
  const toasts = room.toasts.filter(({ tone }) => tone !== "message");
  return { ...room, panel, toasts, unread: 0 };
}
