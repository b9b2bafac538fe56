/**
 * What publishing media and publishing data have in common.
 *
 * @module
 */
import { type Refusal, refusal } from "../answer.ts";
import { jsonFits } from "../bytes.ts";
import type { JoinedSession } from "../session.ts";
import type { RoomState } from "../state.ts";
import type { DataProducer, Producer } from "./media.ts";
import { own } from "./owned.ts";

type Published = { producers: Producer; dataProducers: DataProducer };
type PublishedKind = keyof Published;

/**
 * Asked twice: what was possible may be so no longer when the SFU has answered.
 * `replaces` is the kind of thing that may be there by this key already.
 */
export function cannotPublish(
  session: JoinedSession,
  transportId: string,
  key: string,
  replaces: PublishedKind | null,
): Refusal | undefined {
  if (own(session, "transports", transportId)?.direction !== "send") {
    return refusal("transportNotFound", "a sending one is needed");
  }
  for (const kind of ["producers", "dataProducers"] as const) {
    if (kind !== replaces && byKey(session, kind, key)) {
      return refusal("trackKeyDuplicate", key);
    }
  }
}

export function appDataTooLarge(
  { policy }: RoomState,
  appData: unknown,
): Refusal | undefined {
  if (jsonFits(appData, policy.maxMetadataBytes)) return;
  const detail = `appData, ${policy.maxMetadataBytes} bytes`;
  return refusal("metadataTooLarge", detail);
}

/** A key names one thing, be it a track or a data channel. */
export function byKey<K extends PublishedKind>(
  { media }: JoinedSession,
  kind: K,
  key: string,
): { readonly id: string; readonly thing: Published[K] } | undefined {
  const things: ReadonlyMap<string, Published[K]> = media?.[kind] ?? new Map();
  for (const [id, thing] of things) {
    if (thing.info.key === key) return { id, thing };
  }
}
