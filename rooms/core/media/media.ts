/**
 * What a session owns in the SFU. An id is looked up among the session's own
 * things, so that somebody else's is simply not found.
 *
 * @module
 */
import type {
  DataProducerInfo,
  MediaState,
  ProducerInfo,
  RtpCapabilities,
} from "../../../protocol/mod.ts";
import type { SfuEvent } from "../../../sfu/methods.ts";
import type { Budget } from "../budget.ts";
import type { JoinedSession } from "../session.ts";
import { joined, type RoomState } from "../state.ts";
import type { Restart } from "./restart.ts";

export type TransportStates = Pick<
  Extract<SfuEvent, { event: "transportState" }>["params"],
  "ice" | "dtls"
>;

export type Direction =
  | { readonly direction: "send" }
  | { readonly direction: "recv"; readonly rtpCapabilities: RtpCapabilities };

export type Transport = Direction & TransportStates & {
  /** Of DTLS: not asked for yet, to be done in time (MD1), or done once. */
  handshake: "none" | { readonly until: number } | "done";
  /** What had come in when its owner was lost; `null`: unknown. */
  bytesAtLoss: number | null;
};

/** Milliseconds of the clock; `Infinity`: nothing is waited for. */
export const handshakeDeadline = ({ handshake }: Transport): number =>
  typeof handshake === "object" ? handshake.until : Infinity;

export type Producer = {
  readonly transportId: string;
  readonly info: ProducerInfo;
  readonly consumers: Set<string>;
};

export type DataProducer = {
  readonly transportId: string;
  readonly info: DataProducerInfo;
  readonly consumers: Set<string>;
};

export type Consumer = {
  readonly transportId: string;
  readonly producerId: string;
};

export type DataConsumer = {
  readonly transportId: string;
  readonly dataProducerId: string;
};

type Things = {
  transports: Transport;
  producers: Producer;
  dataProducers: DataProducer;
  consumers: Consumer;
  dataConsumers: DataConsumer;
};

export type Kind = keyof Things;

type Held = { readonly [K in Kind]: Map<string, Things[K]> };

export type Media = Held & {
  /** What calls to the SFU are about to make. */
  readonly underWay: Record<Kind, number>;
  /** Keys of tracks that are muted, also while nothing publishes them (MD7). */
  readonly muted: Set<string>;
  /** Keys of tracks that an operator has muted; `null`: none ever was. */
  held: Set<string> | null;
  /** Requests to restart ICE that are not answered, by their ids. */
  readonly restarts: Map<number, Restart>;
  /** Restarts of the present incident (MD3). */
  restartBudget: Budget | null;
  /**
   * By when what the media server has lost is to be published anew (MD9);
   * `null`: nothing is, or it cannot be yet.
   */
  rebuildBy: number | null;
  /** As the client reports it; `null`: it has not. */
  reported: MediaState | null;
  /** As the others know it (MD8). */
  state: MediaState;
};

export const createMedia = (): Media => ({
  transports: new Map(),
  producers: new Map(),
  dataProducers: new Map(),
  consumers: new Map(),
  dataConsumers: new Map(),
  underWay: {
    transports: 0,
    producers: 0,
    dataProducers: 0,
    consumers: 0,
    dataConsumers: 0,
  },
  muted: new Set(),
  held: null,
  restarts: new Map(),
  restartBudget: null,
  rebuildBy: null,
  reported: null,
  state: "new",
});

/** What a session has, made with the first of it. */
export function mediaOf(session: JoinedSession): Media {
  session.media ??= createMedia();
  return session.media;
}

/** How many a session has or is about to have. */
export const count = ({ media }: JoinedSession, kind: Kind): number =>
  media === null ? 0 : media[kind].size + media.underWay[kind];

export const idsOf = (
  { media }: JoinedSession,
  kinds: readonly Kind[],
): string[] => kinds.flatMap((kind) => [...media?.[kind].keys() ?? []]);

/** One of a session's own things. */
export function own<K extends Kind>(
  { media }: JoinedSession,
  kind: K,
  id: string,
): Things[K] | undefined {
  const held: Held | null = media;
  return held?.[kind].get(id);
}

export function add<K extends Kind>(
  state: RoomState,
  session: JoinedSession,
  kind: K,
  id: string,
  thing: Things[K],
): void {
  const held: Held = mediaOf(session);
  held[kind].set(id, thing);
  state.owners.set(id, session.id);
}

export function remove<K extends Kind>(
  state: RoomState,
  session: JoinedSession,
  kind: K,
  id: string,
): Things[K] | undefined {
  const thing = own(session, kind, id);
  session.media?.[kind].delete(id);
  state.owners.delete(id);
  return thing;
}

/** A thing of anybody, with its owner. */
export function find<K extends Kind>(
  state: RoomState,
  kind: K,
  id: string,
): { owner: JoinedSession; thing: Things[K] } | undefined {
  const owner = joined(state, state.owners.get(id));
  const thing = owner && own(owner, kind, id);
  return owner && thing && { owner, thing };
}
