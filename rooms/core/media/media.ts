/**
 * What a session owns in the SFU. An id is looked up among the session's own
 * things, so that somebody else's is simply not found.
 *
 * @module
 */
import type {
  DataProducerInfo,
  ProducerInfo,
  RtpCapabilities,
} from "../../../protocol/mod.ts";
import type { ConnectedSession } from "../session.ts";
import { connected, type RoomState } from "../state.ts";

export type Transport =
  | { readonly direction: "send" }
  | { readonly direction: "recv"; readonly rtpCapabilities: RtpCapabilities };

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

export type Media = { readonly [K in Kind]: Map<string, Things[K]> };

/** Calls to the SFU that are not answered yet, and what they are about to make. */
export type UnderWay = { [K in Kind | "calls"]: number };

export const createMedia = (): Media => ({
  transports: new Map(),
  producers: new Map(),
  dataProducers: new Map(),
  consumers: new Map(),
  dataConsumers: new Map(),
});

/** How many a session has or is about to have. */
export const count = (
  { media, underWay }: ConnectedSession,
  kind: Kind,
): number => media[kind].size + underWay[kind];

export function add<K extends Kind>(
  state: RoomState,
  session: ConnectedSession,
  kind: K,
  id: string,
  thing: Things[K],
): void {
  session.media[kind].set(id, thing);
  state.owners.set(id, session.id);
}

export function remove<K extends Kind>(
  state: RoomState,
  session: ConnectedSession,
  kind: K,
  id: string,
): Things[K] | undefined {
  const thing = session.media[kind].get(id);
  session.media[kind].delete(id);
  state.owners.delete(id);
  return thing;
}

/** A thing of anybody, with its owner. */
export function find<K extends Kind>(
  state: RoomState,
  kind: K,
  id: string,
): { owner: ConnectedSession; thing: Things[K] } | undefined {
  const owner = connected(state, state.owners.get(id));
  const thing = owner?.media[kind].get(id);
  return owner && thing && { owner, thing };
}
