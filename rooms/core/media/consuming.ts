/**
 * What consuming media and consuming data have in common.
 *
 * @module
 */
import { type Refusal, refusal } from "../answer.ts";
import type { Asked } from "../handler.ts";
import type { JoinedSession } from "../session.ts";
import type { RoomState } from "../state.ts";
import { isCarried } from "./carried.ts";
import type { Transport } from "./media.ts";
import { count, find, own } from "./owned.ts";

type Receiving = Extract<Transport, { readonly direction: "recv" }>;

/**
 * The transport over which a session may receive what another one publishes, or
 * why it may not.
 */
export function receivingTransport(
  { step: { state }, session }: Asked,
  transportId: string,
  kind: "producers" | "dataProducers",
  id: string,
): Receiving | Refusal {
  if (!session.access.grants.subscribe) return refusal("forbidden");
  const transport = own(session, "transports", transportId);
  if (transport?.direction !== "recv") {
    return refusal("transportNotFound", "a receiving one is needed");
  }
  return cannotConsume(state, session, kind, id) ?? transport;
}

/** Why a session has no use for it any more once the SFU has made it. */
export function cannotReceive(
  session: JoinedSession,
  transportId: string,
): Refusal | undefined {
  if (!session.access.grants.subscribe) return refusal("forbidden");
  if (!own(session, "transports", transportId)) {
    return refusal("transportNotFound");
  }
}

function cannotConsume(
  state: RoomState,
  session: JoinedSession,
  kind: "producers" | "dataProducers",
  id: string,
): Refusal | undefined {
  const published = find(state, kind, id);
  if (!published || published.owner === session) {
    return refusal("producerNotFound");
  }
  if (!isCarried(published.owner, published.thing)) {
    return refusal("producerNotFound", "not yet: it will be replaced");
  }
  if (consumesEnough(state, session)) return refusal("tooManyConsumers");
}

/** Media and data count together. */
const consumesEnough = ({ policy }: RoomState, session: JoinedSession) =>
  count(session, "consumers") + count(session, "dataConsumers") >=
    policy.maxConsumers;
