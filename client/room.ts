import type { JoinResult } from "../protocol/mod.ts";
import type { ConnectOptions } from "./api/options.ts";
import type { RemoteParticipant } from "./api/participants.ts";
import type * as api from "./api/room.ts";
import { Emitter } from "./emitter.ts";
import type { HoldfastError } from "./errors.ts";
import { Media } from "./media/media.ts";
import type { RoomContext } from "./model/context.ts";
import { LocalParticipant } from "./model/local_participant.ts";
import { Roster } from "./model/roster.ts";
import type { Ports } from "./ports.ts";
import type { RoomEvent, RoomHint } from "./signaling/messages.ts";
import type { Signaling, SignalingListener } from "./signaling/signaling.ts";

export type Entry = {
  readonly ports: Ports;
  readonly signaling: Signaling;
  readonly name: string;
  readonly options: ConnectOptions;
  readonly result: JoinResult;
};

type Stay = "joined" | "leaving" | "over";

/** What `connect()` hands out, held together with what keeps it going. */
export class Room extends Emitter<api.RoomEvents>
  implements api.Room, SignalingListener {
  readonly name: string;
  readonly localParticipant: LocalParticipant;
  readonly participants: ReadonlyMap<string, RemoteParticipant>;
  readonly #ports: Ports;
  readonly #signaling: Signaling;
  readonly #media: Media;
  readonly #roster: Roster;
  readonly #pageHidden = () => this.#signaling.abandon();
  #stay: Stay = "joined";

  constructor({ ports, signaling, name, options, result }: Entry) {
    super();
    this.name = name;
    this.#ports = ports;
    this.#signaling = signaling;
    const { autoSubscribe = true } = options;
    this.#media = new Media(
      ports,
      {
        ask: signaling.ask,
        routerRtpCapabilities: result.routerRtpCapabilities,
        iceServers: options.iceServers ?? result.iceServers.map(iceServerOf),
        iceTransportPolicy: options.iceTransportPolicy ?? "all",
        forceTcp: options.forceTcp ?? false,
        handlerFactory: ports.handlerFactory,
      },
      (error) => this.exception(error),
    );
    const context: RoomContext = {
      ask: signaling.ask,
      media: this.#media,
      events: this,
    };
    this.localParticipant = new LocalParticipant(context, localInfo(result));
    this.#roster = new Roster(
      context,
      this.localParticipant,
      result.participants,
      { autoSubscribe },
    );
    this.participants = this.#roster.others;
    ports.page.addEventListener("pagehide", this.#pageHidden);
    // A task later: by then the app listens.
    if (autoSubscribe) ports.after(0, () => this.#roster.subscribe());
  }

  get sessionId(): string {
    return this.localParticipant.sessionId;
  }

  get state(): api.Room["state"] {
    return this.#stay === "over" ? "disconnected" : "connected";
  }

  async sendMessage(
    topic: string,
    body: unknown,
    options: { to?: (RemoteParticipant | string)[] } = {},
  ): Promise<void> {
    const to = options.to?.map((other) =>
      typeof other === "string" ? other : other.sessionId
    );
    // To nobody is not to everybody.
    if (to?.length === 0) return;
    await this.#signaling.ask("sendMessage", { to, topic, body });
  }

  async leave(): Promise<void> {
    if (this.#stay === "joined") {
      this.#stay = "leaving";
      const left = this.#signaling.leave();
      this.#close();
      await left;
    } else {
      await this.#signaling.ended;
    }
  }

  event(event: RoomEvent): void {
    this.#roster.apply(event);
  }

  hint(hint: RoomHint): void {
    this.#roster.hint(hint);
  }

  exception(error: HoldfastError): void {
    this.emit("exception", error);
  }

  ended(error: HoldfastError | undefined, reason: api.EndReason): void {
    this.#stay = "over";
    this.#close();
    this.emit("disconnected", error, reason);
    this.silence();
  }

  #close(): void {
    this.#ports.page.removeEventListener("pagehide", this.#pageHidden);
    this.#roster.roomClosed();
    this.localParticipant.roomClosed();
    this.#media.close();
  }
}

function localInfo({ sessionId, identity, participants }: JoinResult) {
  const info = participants.find((other) => other.sessionId === sessionId);
  return info ?? { sessionId, identity, name: identity };
}

function iceServerOf(
  { urls, username, credential }: JoinResult["iceServers"][number],
): RTCIceServer {
  return {
    urls,
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  };
}
