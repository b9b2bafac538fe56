/**
 * What consuming media and consuming data have in common.
 *
 * @module
 */
import { type Refusal, refusal } from "../answer.ts";
import type { JoinedSession } from "../session.ts";
import type { RoomState } from "../state.ts";
import { isCarried } from "./carried.ts";
import { count, find } from "./owned.ts";

/** Why a session may not receive what another one publishes. */
export function cannotConsume(
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
