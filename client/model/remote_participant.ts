import type {
  DataProducerInfo,
  ParticipantInfo,
  ProducerInfo,
} from "../../protocol/mod.ts";
import type { RemoteParticipant } from "../api/participants.ts";
import type {
  RemoteDataPublication,
  RemotePublication,
} from "../api/publications.ts";
import type { RoomContext } from "./context.ts";
import { RemoteData } from "./remote_data.ts";
import { RemoteTrack } from "./remote_track.ts";

export class Other implements RemoteParticipant {
  readonly sessionId: string;
  readonly identity: string;
  readonly tracks = new Map<string, RemoteTrack>();
  readonly data = new Map<string, RemoteData>();
  readonly #context: RoomContext;
  #name: string;
  #metadata: unknown;
  #state: RemoteParticipant["state"];

  constructor(context: RoomContext, info: ParticipantInfo) {
    this.#context = context;
    this.sessionId = info.sessionId;
    this.identity = info.identity;
    this.#name = info.name;
    this.#metadata = info.metadata;
    this.#state = info.state;
    for (const producer of info.producers) this.addTrack(producer);
    for (const producer of info.dataProducers) this.addData(producer);
  }

  get name(): string {
    return this.#name;
  }

  get metadata(): unknown {
    return this.#metadata;
  }

  get state(): RemoteParticipant["state"] {
    return this.#state;
  }

  get publications(): ReadonlyMap<string, RemotePublication> {
    return this.tracks;
  }

  get dataPublications(): ReadonlyMap<string, RemoteDataPublication> {
    return this.data;
  }

  updated({ name, metadata }: { name: string; metadata?: unknown }): void {
    this.#name = name;
    this.#metadata = metadata;
  }

  disconnected(): void {
    this.#state = "disconnected";
  }

  addTrack(info: ProducerInfo): RemoteTrack {
    const track = new RemoteTrack(this.#context, this, info);
    this.tracks.set(track.key, track);
    return track;
  }

  addData(info: DataProducerInfo): RemoteData {
    const data = new RemoteData(this.#context, this, info);
    this.data.set(data.key, data);
    return data;
  }
}
