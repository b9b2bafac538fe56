import type {
  EndReason,
  EventName,
  EventParams,
  HintName,
  HintParams,
  ParticipantInfo,
} from "../../protocol/mod.ts";
import type { Grants } from "../api/grants.ts";
import type { RoomEvents } from "../api/room.ts";
import { errorOf } from "../errors.ts";
import type { RoomEvent, RoomHint } from "../signaling/messages.ts";
import type { RoomContext } from "./context.ts";
import { difference } from "./difference.ts";
import type { LocalParticipant } from "./local_participant.ts";
import type { RemoteDataPublication } from "./remote_data_publication.ts";
import { RemoteParticipant } from "./remote_participant.ts";
import type { RemotePublication } from "./remote_publication.ts";
import { RemotePublications } from "./remote_publications.ts";

type EventHandlers = {
  readonly [E in EventName]: (params: EventParams<E>) => void;
};
type HintHandlers = {
  readonly [H in HintName]?: (params: HintParams<H>) => void;
};

/** Who is in the room and publishes what, as the service tells it. */
export class Roster {
  readonly others = new Map<string, RemoteParticipant>();
  readonly #context: RoomContext;
  readonly #local: LocalParticipant;
  readonly #publications: RemotePublications;

  constructor(
    context: RoomContext,
    local: LocalParticipant,
    participants: readonly ParticipantInfo[],
    options: { readonly autoSubscribe: boolean },
  ) {
    this.#context = context;
    this.#local = local;
    this.#publications = new RemotePublications(context, {
      autoSubscribe: options.autoSubscribe,
      maySubscribe: () => local.grants.subscribe,
    });
    for (const info of participants) {
      if (info.sessionId !== local.sessionId) this.#add(info);
    }
  }

  apply({ name, params }: RoomEvent): void {
    this.#handle(name, params);
  }

  hint({ name, params }: RoomHint): void {
    this.#handleHint(name, params);
  }

  /** Tells what must have happened meanwhile; `reason`: to those who are gone. */
  become(participants: readonly ParticipantInfo[], reason: EndReason): void {
    const { graces } = this.#context;
    const self = participants.find(({ sessionId }) =>
      sessionId === this.#local.sessionId
    );
    if (self !== undefined) this.#local.updated(self);
    const events = difference(
      [...this.others.values()].map(({ known }) => known),
      participants.filter((info) => info !== self),
      { reason, graceMs: (graceUntil) => graces.left(graceUntil) },
    );
    for (const event of events) this.apply(event);
  }

  /** What one may do now, the same as before or not. */
  granted(grants: Grants): void {
    const before = JSON.stringify(this.#local.grants);
    this.#local.setGrants(grants);
    if (JSON.stringify(grants) === before) return;
    this.#emit("grantsChanged", grants);
    if (grants.subscribe) this.#publications.subscribeToWaiting();
  }

  /** To what was there already. */
  subscribe(): void {
    for (const other of this.others.values()) {
      this.#publications.subscribe(other);
    }
  }

  roomClosed(): void {
    for (const { tracks, data } of this.others.values()) {
      for (const track of tracks.values()) track.roomClosed();
      for (const channel of data.values()) channel.unpublished();
    }
  }

  #handle<E extends EventName>(name: E, params: EventParams<E>): void {
    this.#handlers[name](params);
  }

  #handleHint<H extends HintName>(name: H, params: HintParams<H>): void {
    this.#hintHandlers[name]?.(params);
  }

  readonly #handlers: EventHandlers = {
    participantConnected: ({ participant }) => {
      const other = this.#add(participant);
      this.#emit("participantConnected", other);
      this.#publications.connected(other);
    },
    participantDisconnected: ({ sessionId, reason }) => {
      const other = this.others.get(sessionId);
      if (other === undefined) return;
      this.#publications.disconnected(other);
      this.others.delete(sessionId);
      other.disconnected(reason);
      this.#emit("participantDisconnected", other, reason);
    },
    participantUpdated: ({ sessionId, ...changed }) => {
      if (sessionId === this.#local.sessionId) {
        return this.#local.updated(changed);
      }
      const other = this.others.get(sessionId);
      if (other === undefined) return;
      other.updated(changed);
      this.#emit("participantUpdated", other);
    },
    participantReconnecting: ({ sessionId, graceUntil, graceMs }) => {
      const grace = this.#context.graces.told(graceUntil, graceMs);
      const other = this.others.get(sessionId);
      if (other === undefined) return;
      other.reconnecting(grace);
      this.#emit("participantReconnecting", other, {
        graceUntil: grace.here,
        graceMs: this.#context.graces.left(graceUntil),
      });
    },
    participantReconnected: ({ sessionId }) => {
      const other = this.others.get(sessionId);
      if (other?.state !== "reconnecting") return;
      other.reconnected();
      this.#emit("participantReconnected", other);
    },
    mediaStateChanged: ({ sessionId, state }) => {
      const other = this.others.get(sessionId);
      if (other === undefined) return;
      other.mediaStateChanged(state);
      this.#emit("mediaStateChanged", other, state);
    },
    producerAdded: ({ sessionId, producer }) => {
      const other = this.others.get(sessionId);
      if (other) this.#publications.added(other, producer);
    },
    producerRemoved: ({ sessionId, key, producerId }) => {
      if (sessionId === this.#local.sessionId) {
        return this.#local.producerClosed(producerId);
      }
      const other = this.others.get(sessionId);
      const track = other?.tracks.get(key);
      if (track?.producerId !== producerId) return;
      if (other && track) this.#publications.removed(other, track);
    },
    producerReplaced: ({ sessionId, producer }) => {
      const other = this.others.get(sessionId);
      if (other) this.#publications.replaced(other, producer);
    },
    producerPaused: ({ sessionId, key }) => {
      const other = this.others.get(sessionId);
      if (other) this.#publications.muted(other, key, true);
    },
    producerResumed: ({ sessionId, key }) => {
      const other = this.others.get(sessionId);
      if (other) this.#publications.muted(other, key, false);
    },
    dataProducerAdded: ({ sessionId, dataProducer }) => {
      const other = this.others.get(sessionId);
      if (other) this.#publications.addedData(other, dataProducer);
    },
    dataProducerRemoved: ({ sessionId, key, dataProducerId }) => {
      if (sessionId === this.#local.sessionId) {
        return this.#local.dataProducerClosed(dataProducerId);
      }
      const other = this.others.get(sessionId);
      const data = other?.data.get(key);
      if (data?.producerId !== dataProducerId) return;
      if (other && data) this.#publications.removedData(other, data);
    },
    dataProducerReplaced: ({ sessionId, dataProducer }) => {
      const data = this.others.get(sessionId)?.data.get(dataProducer.key);
      data?.replaced(dataProducer);
    },
    transportClosed: (params) => this.#transportClosed(params),
    consumerClosed: ({ consumerId, cause }) => {
      for (const track of this.#tracks()) {
        if (track.consumerId === consumerId) this.#lost(track, cause);
      }
    },
    dataConsumerClosed: ({ dataConsumerId, cause }) => {
      for (const data of this.#data()) {
        if (data.consumerId === dataConsumerId) this.#lost(data, cause);
      }
    },
    message: ({ from, number, topic, body }) => {
      const sender = from === null ? undefined : this.others.get(from);
      if (sender?.admitMessage(number) === false) return;
      const fromSessionId = from ?? undefined;
      this.#emit("message", { from: sender, fromSessionId, topic, body });
    },
    mediaServerLost: () => this.#context.media.serverLost(),
    mediaServerReady: ({ routerRtpCapabilities }) => {
      this.#context.media.serverReady(routerRtpCapabilities);
    },
    grantsChanged: ({ grants }) => this.granted(grants),
    mutedByServer: ({ key, muted }) => this.#local.mutedByServer(key, muted),
    // The connection acts on them, and says so itself.
    moved: () => {},
    sessionEnded: () => {},
    // For those who keep time by it.
    policyChanged: () => {},
  };

  readonly #hintHandlers: HintHandlers = {
    audioLevels: ({ levels }) => {
      const known = levels.flatMap(({ sessionId, volume }) => {
        const participant = this.#participant(sessionId);
        return participant ? [{ participant, volume }] : [];
      });
      this.#emit("audioLevels", known);
    },
    activeSpeaker: ({ sessionId }) => {
      const participant = this.#participant(sessionId);
      if (participant) this.#emit("activeSpeaker", participant);
    },
    iceServers: ({ iceServers }) => {
      this.#context.media.updateIceServers(iceServers);
    },
    transportState: ({ transportId, dtls }) => {
      if (dtls === "failed") this.#emit("exception", errorOf("dtlsFailed"));
      if (dtls === "failed" || dtls === "closed") {
        this.#context.media.transportEnded(transportId);
      }
    },
  };

  /** Media that never flowed ends with it; else it is recreated. */
  #transportClosed(
    { transportId, cause }: EventParams<"transportClosed">,
  ): void {
    const direction = this.#context.media.transportClosed(transportId, cause);
    if (direction === undefined) return;
    this.#emit("exception", errorOf("dtlsFailed", "the stream is unavailable"));
    if (direction === "send") return this.#local.transportClosed();
    for (const track of this.#tracks()) track.consumerClosed();
    for (const data of this.#data()) data.consumerClosed();
  }

  #lost(
    publication: RemotePublication | RemoteDataPublication,
    cause: EventParams<"consumerClosed">["cause"],
  ): void {
    publication.consumerClosed();
    if (cause === "revoked") this.#publications.revoked(publication);
  }

  #add(info: ParticipantInfo): RemoteParticipant {
    const other = new RemoteParticipant(this.#context, info);
    this.others.set(other.sessionId, other);
    return other;
  }

  #participant(
    sessionId: string,
  ): LocalParticipant | RemoteParticipant | undefined {
    return sessionId === this.#local.sessionId
      ? this.#local
      : this.others.get(sessionId);
  }

  *#tracks(): Iterable<RemotePublication> {
    for (const { tracks } of this.others.values()) yield* tracks.values();
  }

  *#data(): Iterable<RemoteDataPublication> {
    for (const { data } of this.others.values()) yield* data.values();
  }

  #emit<E extends keyof RoomEvents>(event: E, ...args: RoomEvents[E]): void {
    this.#context.events.emit(event, ...args);
  }
}
