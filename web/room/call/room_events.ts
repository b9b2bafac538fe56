import type {
  EndReason,
  Listenable,
  RemotePublication,
  RoomEvents,
} from "../../../client/mod.ts";
import type { ConnectionNews } from "../connection/connection.ts";
import type { RoomAction } from "../state/reducer.ts";
import { chatText } from "./chat.ts";
import {
  backNews,
  joinedNews,
  leftNews,
  lostNews,
  mutedNews,
  sharingNews,
} from "./news.ts";
import { type RoomSource, viewOf } from "./view.ts";

/** In dBov; quieter is breathing and keyboards. */
const SPEAKING = -55;

export type Reporter = {
  dispatch(action: RoomAction): void;
  /** Seen by all. */
  tell(text: string): void;
  /** For screen readers only. */
  announce(text: string): void;
  chat(message: { from: string; isOwn: boolean; text: string }): void;
  ended(reason: EndReason): void;
};

/** What is followed of the SDK's room. */
export type FollowedRoom = RoomSource & Listenable<RoomEvents>;

/** Turns the SDK's events into the page's. */
export function followRoom(room: FollowedRoom, to: Reporter): void {
  const redraw = () => to.dispatch({ type: "viewChanged", view: viewOf(room) });
  const muted = (publication: RemotePublication, name: string) => {
    const news = mutedNews(name, publication.source, publication.muted);
    if (news !== undefined) to.announce(news);
    redraw();
  };

  room.on("participantConnected", ({ name }) => {
    to.tell(joinedNews(name));
    redraw();
  });
  room.on("participantDisconnected", ({ name }, reason) => {
    to.tell(leftNews(name, reason));
    redraw();
  });
  room.on("participantUpdated", redraw);
  room.on("participantReconnecting", ({ name }) => {
    to.announce(lostNews(name));
    redraw();
  });
  room.on("participantReconnected", ({ name }) => {
    to.announce(backNews(name));
    redraw();
  });
  room.on("mediaStateChanged", redraw);
  room.on("trackPublished", ({ source }, { name }) => {
    if (source === "screen") to.tell(sharingNews(name));
    redraw();
  });
  room.on("trackUnpublished", redraw);
  room.on("trackSubscribed", redraw);
  room.on("trackReplaced", redraw);
  room.on("trackUnsubscribed", redraw);
  room.on("trackMuted", (publication, { name }) => muted(publication, name));
  room.on("trackUnmuted", (publication, { name }) => muted(publication, name));
  room.on("audioLevels", (levels) => {
    const loud = levels.filter(({ volume }) => volume > SPEAKING);
    const speaking = new Set(loud.map((one) => one.participant.sessionId));
    to.dispatch({ type: "levels", speaking });
  });
  room.on(
    "activeSpeaker",
    ({ sessionId }) => to.dispatch({ type: "speaker", sessionId }),
  );
  room.on("message", ({ from, topic, body }) => {
    const text = chatText(topic, body);
    if (text === undefined) return;
    to.chat({ from: from?.name ?? "Someone", isOwn: false, text });
  });
  followConnection(room, to, redraw);
  room.on("disconnected", (_error, reason) => to.ended(reason));
  redraw();
}

/** One's own connection. */
function followConnection(
  room: FollowedRoom,
  { dispatch }: Reporter,
  redraw: () => void,
): void {
  const tell = (news: ConnectionNews) =>
    dispatch({ type: "connectionNews", news, at: Date.now() });
  room.on(
    "diagnostic",
    (diagnostic) => tell({ type: "diagnosed", diagnostic }),
  );
  room.on("roundTrip", (ms) => tell({ type: "roundTrip", ms }));
  room.on("recovery", (report) => tell({ type: "reported", report }));
  room.on("reconnecting", () => {
    tell({ type: "reconnecting" });
    redraw();
  });
  room.on("reconnected", () => {
    tell({ type: "reconnected" });
    redraw();
  });
}
