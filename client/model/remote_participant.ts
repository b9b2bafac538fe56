import type {
  DataProducerInfo,
  ParticipantInfo,
  ProducerInfo,
} from "../../protocol/mod.ts";
import type * as api from "../api/participants.ts";
import type { MediaState } from "../api/recovery.ts";
import type { EndReason } from "../api/end_reason.ts";
import { Emitter } from "../emitter.ts";
import type { RoomContext } from "./context.ts";
import type { KnownParticipant } from "./difference.ts";
import type { GraceEnd } from "./grace_clock.ts";
import { RemoteDataPublication } from "./remote_data_publication.ts";
import { RemotePublication } from "./remote_publication.ts";

type State =
  | { readonly name: "connected" | "disconnected" }
  /** Its end is not known of one that is coming back at this moment. */
  | { readonly name: "reconnecting"; readonly grace: GraceEnd | undefined };

export class RemoteParticipant extends Emitter<api.RemoteParticipantEvents>
  implements api.RemoteParticipant {
  readonly sessionId: string;
  readonly identity: string;
  readonly tracks = new Map<string, RemotePublication>();
  readonly data = new Map<string, RemoteDataPublication>();
  readonly #context: RoomContext;
  #name: string;
  #metadata: unknown;
  #mediaState: MediaState;
  #state: State;
  /** Of the last message. */
  #lastNumber = 0;

  constructor(context: RoomContext, info: ParticipantInfo) {
    super();
    this.#context = context;
    this.sessionId = info.sessionId;
    this.identity = info.identity;
    this.#name = info.name;
    this.#metadata = info.metadata;
    this.#mediaState = info.mediaState;
    this.#state = info.state === "connected" ? { name: "connected" } : {
      name: "reconnecting",
      grace: graceOf(context, info),
    };
    for (const producer of info.producers) this.addTrack(producer);
    for (const producer of info.dataProducers) this.addData(producer);
  }

  /** Lets each message in once, and gives whether it was let in now. */
  admitMessage(number: number | undefined): boolean {
    if (number === undefined) return true;
    if (number <= this.#lastNumber) return false;
    this.#lastNumber = number;
    return true;
  }

  get name(): string {
    return this.#name;
  }

  get metadata(): unknown {
    return this.#metadata;
  }

  get state(): api.RemoteParticipant["state"] {
    return this.#state.name;
  }

  get graceUntil(): number | undefined {
    const state = this.#state;
    return state.name === "reconnecting" ? state.grace?.here : undefined;
  }

  get mediaState(): MediaState {
    return this.#mediaState;
  }

  get publications(): ReadonlyMap<string, RemotePublication> {
    return this.tracks;
  }

  get dataPublications(): ReadonlyMap<string, RemoteDataPublication> {
    return this.data;
  }

  /** As the service describes it, for comparison. */
  get known(): KnownParticipant {
    const state = this.#state;
    return {
      sessionId: this.sessionId,
      name: this.#name,
      metadata: this.#metadata,
      mediaState: this.#mediaState,
      ...(state.name === "reconnecting"
        ? { state: "reconnecting", graceUntil: state.grace?.service }
        : { state: "connected" }),
      producers: [...this.tracks.values()].map((track) => track.known),
      dataProducers: [...this.data.values()].map((data) => data.known),
    };
  }

  updated({ name, metadata }: { name: string; metadata?: unknown }): void {
    this.#name = name;
    this.#metadata = metadata;
  }

  reconnecting(grace: GraceEnd): void {
    this.#state = { name: "reconnecting", grace };
    this.emit("reconnecting");
  }

  reconnected(): void {
    this.#state = { name: "connected" };
    this.emit("reconnected");
  }

  mediaStateChanged(state: MediaState): void {
    this.#mediaState = state;
    this.emit("mediaStateChanged", state);
  }

  disconnected(reason: EndReason): void {
    this.#state = { name: "disconnected" };
    this.emit("disconnected", reason);
    this.silence();
  }

  addTrack(info: ProducerInfo): RemotePublication {
    const track = new RemotePublication(this.#context, this, info);
    this.tracks.set(track.key, track);
    return track;
  }

  addData(info: DataProducerInfo): RemoteDataPublication {
    const data = new RemoteDataPublication(this.#context, this, info);
    this.data.set(data.key, data);
    return data;
  }
}

function graceOf(
  { graces }: RoomContext,
  { graceUntil }: ParticipantInfo,
): GraceEnd | undefined {
  return graceUntil === undefined ? undefined : graces.end(graceUntil);
}
