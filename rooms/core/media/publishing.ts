/**
 * What publishing media and publishing data have in common.
 *
 * @module
 */
import { jsonFits } from "../bytes.ts";
import { type Refusal, refusal } from "../handler.ts";
import type { ConnectedSession } from "../session.ts";
import type { RoomState } from "../state.ts";

/** Asked twice: what was possible may be so no longer when the SFU has answered. */
export function cannotPublish(
  session: ConnectedSession,
  transportId: string,
  key: string,
): Refusal | undefined {
  if (session.media.transports.get(transportId)?.direction !== "send") {
    return refusal("transportNotFound", "a sending one is needed");
  }
  if (hasKey(session, key)) return refusal("trackKeyDuplicate", key);
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
function hasKey({ media }: ConnectedSession, key: string): boolean {
  for (const things of [media.producers, media.dataProducers]) {
    for (const { info } of things.values()) if (info.key === key) return true;
  }
  return false;
}
