import type { EndReason, Room } from "../../../client/mod.ts";
import type { LocalMedia } from "../media/local_media.ts";
import {
  type MediaState,
  openTrack,
  problemIn,
  type Source,
} from "../media/media_state.ts";
import { problemOf } from "../media/problem.ts";
import type { Toast } from "../state/state.ts";
import type { Action } from "../state/reducer.ts";
import type { Store } from "../state/store.ts";
import { CHAT_TOPIC, chatBody } from "./chat.ts";
import { Publisher, type Wish } from "./publisher.ts";
import { followRoom, type Reporter } from "./room_events.ts";
import { ScreenShare } from "./screen_share.ts";
import { viewOf } from "./view.ts";

/** One stay in a room: carries what happens there to the store, and back. */
export class Call {
  readonly #room: Room;
  readonly #store: Store;
  readonly #media: LocalMedia;
  readonly #microphone: Publisher;
  readonly #camera: Publisher;
  readonly #screen: ScreenShare;
  readonly #unsubscribe: () => void;
  #published: MediaState | undefined;
  #lastId = 0;
  #over = false;

  constructor(room: Room, store: Store, media: LocalMedia) {
    this.#room = room;
    this.#store = store;
    this.#media = media;
    const { localParticipant } = room;
    const publisher = (source: "microphone" | "camera") =>
      new Publisher(
        localParticipant,
        source,
        () =>
          this.#complain(
            `Your ${source} could not be sent. Turn it off and on.`,
          ),
      );
    this.#microphone = publisher("microphone");
    this.#camera = publisher("camera");
    this.#screen = new ScreenShare(
      localParticipant,
      (track) => this.#dispatch({ type: "screenChanged", track }),
    );
    store.dispatch({ type: "joined", view: viewOf(room) });
    followRoom(room, this.#reporter());
    this.#unsubscribe = store.subscribe(({ media }) => this.#publish(media));
    this.#publish(media.state);
  }

  async send(text: string): Promise<void> {
    try {
      await this.#room.sendMessage(CHAT_TOPIC, chatBody(text));
      this.#chat({ from: "You", isOwn: true, text });
    } catch {
      this.#complain("Your message was not sent. Try again.");
    }
  }

  /** Asks for a person's camera in the layer that fits its tile. */
  preferLayer(sessionId: string, spatialLayer: number): void {
    const publications = this.#room.participants.get(sessionId)?.publications;
    for (const publication of publications?.values() ?? []) {
      if (publication.source !== "camera") continue;
      // Too much or too little is sent, then, which is no harm.
      publication.setPreferredLayers({ spatialLayer }).catch(() => {});
    }
  }

  async shareScreen(): Promise<void> {
    try {
      await this.#screen.start();
    } catch (error) {
      if (problemOf(error) === "refused") return;
      this.#complain("Your screen could not be shared. Try again.");
    }
  }

  async stopSharing(): Promise<void> {
    await this.#screen.stop();
  }

  retryNow(): void {
    this.#room.retryNow();
  }

  /** The page moves on at once; the service is told meanwhile. */
  leave(): void {
    this.#ended("left");
    this.#room.leave().catch(() => {});
  }

  #publish(media: MediaState): void {
    if (media === this.#published) return;
    this.#published = media;
    this.#microphone.wish(wishFor(media.microphone));
    this.#camera.wish(wishFor(media.camera));
  }

  #reporter(): Reporter {
    return {
      dispatch: (action) => this.#dispatch(action),
      tell: (text) => this.#toast(text, "news"),
      announce: (text) => this.#announce(text),
      chat: (message) => this.#chat(message),
      ended: (reason) => this.#ended(reason),
    };
  }

  #ended(reason: EndReason): void {
    if (this.#over) return;
    this.#over = true;
    this.#unsubscribe();
    void this.#screen.stop();
    this.#media.close();
    this.#store.dispatch({ type: "ended", reason });
  }

  #chat(message: { from: string; isOwn: boolean; text: string }): void {
    const full = { ...message, id: ++this.#lastId, at: Date.now() };
    this.#dispatch({ type: "message", message: full });
    if (message.isOwn) return;
    const { phase } = this.#store.state;
    const news = `${message.from}: ${message.text}`;
    if (phase.at === "inRoom" && phase.panel === "chat") this.#announce(news);
    else this.#toast(news, "message");
  }

  #complain(text: string): void {
    this.#toast(text, "problem");
  }

  #toast(text: string, tone: Toast["tone"]): void {
    const toast = { id: ++this.#lastId, text, tone };
    this.#dispatch({ type: "toast", toast });
    this.#announce(text);
  }

  #announce(text: string): void {
    this.#dispatch({ type: "announced", text });
  }

  /** What a room says that was left is of no interest to the next call. */
  #dispatch(action: Action): void {
    if (!this.#over) this.#store.dispatch(action);
  }
}

/** While another device is being opened, the last picture stays. */
function wishFor(source: Source): Wish {
  return {
    track: openTrack(source),
    muted: !source.on || problemIn(source) !== undefined,
  };
}
