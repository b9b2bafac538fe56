import type {
  DataProducerInfo,
  ParticipantInfo,
  ProducerInfo,
} from "../../protocol/mod.ts";
import type * as api from "../api/participants.ts";
import type { RoomContext } from "./context.ts";
import { RemoteDataPublication } from "./remote_data_publication.ts";
import { RemotePublication } from "./remote_publication.ts";

export class RemoteParticipant implements api.RemoteParticipant {
  readonly sessionId: string;
  readonly identity: string;
  readonly tracks = new Map<string, RemotePublication>();
  readonly data = new Map<string, RemoteDataPublication>();
  readonly #context: RoomContext;
  #name: string;
  #metadata: unknown;
  #state: api.RemoteParticipant["state"];

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

  get state(): api.RemoteParticipant["state"] {
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
