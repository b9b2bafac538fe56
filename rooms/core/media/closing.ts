/**
 * Closing in the SFU what the room does not want any more, and pausing what it
 * does not want to be heard. For the room it is so at once; here it is seen to
 * that the SFU learns it, too.
 *
 * @module
 */
import type { SfuParams } from "../../../sfu/methods.ts";
import { isRetryable, type RpcStatus } from "../../../sfu/rpc/status.ts";
import type { RoomState, Step } from "../state.ts";
import { call, routerId } from "./calls.ts";
import { find } from "./owned.ts";
import type { Close, CloseMethod } from "./pending.ts";

/** Milliseconds until failed closes are tried again; doubles with each failure. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

export function closeInSfu<M extends CloseMethod>(
  step: Step,
  method: M,
  params: SfuParams<M>,
): void {
  attempt(step, { method, params, failures: 0 } as Close);
}

/** The same for a producer that is paused for the room, whoever owns it. */
export function pauseInSfu(step: Step, producerId: string): void {
  const params = { routerId: routerId(step.state), producerId };
  attempt(step, { method: "pauseProducer", params, failures: 0 });
}

export function closeFailed(
  { state, now }: Step,
  close: Close,
  status: RpcStatus,
): void {
  if (!isRetryable(status)) return;
  const wait = Math.min(RETRY_MS * 2 ** close.failures, MAX_RETRY_MS);
  state.unclosed.push({ ...close, failures: close.failures + 1 });
  state.retryClosesAt ??= now + wait * (1 + spread(state));
}

/** Tries all again that failed: now, and not before the SFU is up. */
export function retryCloses(step: Step): void {
  step.state.retryClosesAt = null;
  for (const close of step.state.unclosed.splice(0)) attempt(step, close);
}

function attempt(step: Step, close: Close): void {
  if (!isWanted(step.state, close)) return;
  if (step.state.sfu === "down") step.state.unclosed.push(close);
  else call(step, close.method, close.params, { type: "close", close });
}

/**
 * With its router all is closed; a producer may have been unmuted or closed
 * since.
 */
function isWanted(state: RoomState, close: Close): boolean {
  if (close.method === "closeRouter") return true;
  const { router } = state;
  if (router.state !== "ready" || router.id !== close.params.routerId) {
    return false;
  }
  if (close.method !== "pauseProducer") return true;
  const { producerId } = close.params;
  return find(state, "producers", producerId)?.thing.info.paused ?? false;
}

/**
 * From 0 to 1. Rooms that failed together shall not try again together; chance
 * would do the same, but is not the same when a log is replayed.
 */
const spread = ({ epoch, nextCall }: RoomState): number =>
  ((epoch * 31 + nextCall * 17) % 101) / 100;
