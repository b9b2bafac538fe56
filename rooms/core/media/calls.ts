/**
 * Calls to the SFU. Each leaves a record of what its reply is for, so that the
 * state of a room is data also while calls are under way.
 *
 * @module
 */
import type { Method } from "../../../protocol/mod.ts";
import type { SfuMethod, SfuParams, SfuResult } from "../../../sfu/methods.ts";
import {
  type Answer,
  deferred,
  mediaServerUnavailable,
  type Refusal,
} from "../answer.ts";
import type { Call } from "../effect.ts";
import type { Asked } from "../handler.ts";
import type { SessionId } from "../input.ts";
import type { JoinedSession } from "../session.ts";
import { joined, type RoomState, type Step } from "../state.ts";
import type { Kind } from "./media.ts";
import { mediaOf } from "./owned.ts";
import type { Pending, Purpose, PurposeType, RequestCall } from "./pending.ts";

/** Methods that a client has of its consumers, and the SFU carries out. */
export type RelayedMethod =
  | "pauseConsumer"
  | "resumeConsumer"
  | "setConsumerPreferredLayers"
  | "setConsumerPriority"
  | "requestConsumerKeyFrame";

type MethodOf<T extends PurposeType> = T extends Method ? T
  : T extends "relay" ? RelayedMethod
  : T extends "muteNew" ? "pauseProducer"
  : "pauseProducer" | "resumeProducer";

/** The method of the client that is answered in the end. */
type AskedMethod<T extends PurposeType> = T extends "muteNew" ? "produce"
  : MethodOf<T>;

export type ResultOf<T extends PurposeType> = SfuResult<MethodOf<T>>;

/**
 * Takes what the SFU has done onto the books. When it refuses, because of what
 * has happened since the request, what the SFU has made is closed again.
 */
export type ReplyHandler<T extends PurposeType> = (
  step: Step,
  session: JoinedSession,
  call: RequestCall<T>,
  result: ResultOf<T>,
) => Answer<AskedMethod<T>>;

/** What a call adds to its session when it succeeds. */
const makes = {
  createWebRtcTransport: "transports",
  connectWebRtcTransport: null,
  produce: "producers",
  muteNew: "producers",
  produceData: "dataProducers",
  consume: "consumers",
  consumeData: "dataConsumers",
  mute: null,
  relay: null,
} as const satisfies Record<PurposeType, Kind | null>;

export const makesSomething = (type: PurposeType): boolean =>
  makes[type] !== null;

/** Calls the SFU; the answer comes as `sfuReplied` with the returned number. */
export function call<M extends SfuMethod>(
  { state, effects }: Step,
  method: M,
  params: SfuParams<M>,
  pending: Pending,
): number {
  const number = state.nextCall;
  state.nextCall += 1;
  state.pending.set(number, pending);
  effects.push({ type: "call", call: number, method, params } as Call);
  return number;
}

/** Calls the SFU for a client, whose request the reply will answer. */
export function callFor<M extends SfuMethod>(
  { step, session, id }: Asked,
  method: M,
  params: SfuParams<M>,
  purpose: Purpose,
): Refusal | typeof deferred {
  const { sfu, router } = step.state;
  if (sfu === "down" || router.state !== "ready") return mediaServerUnavailable;
  note(session, purpose.type, 1);
  const pending = { ...purpose, sessionId: session.id, requestId: id };
  call(step, method, params, pending);
  return deferred;
}

/** Notes that a call is answered; returns its session, if that is still here. */
export function settle(
  state: RoomState,
  sessionId: SessionId,
  type: PurposeType,
): JoinedSession | undefined {
  const session = joined(state, sessionId);
  if (session) note(session, type, -1);
  return session;
}

function note(
  session: JoinedSession,
  type: PurposeType,
  change: 1 | -1,
): void {
  const kind = makes[type];
  if (kind !== null) mediaOf(session).underWay[kind] += change;
}

/** Once sessions have joined, there is a router, or was one that is lost. */
export function routerId({ router }: RoomState): string {
  const last = router.state === "creating" ? router.replaces : router;
  if (last === null || last.state === "none") {
    throw new Error("Cannot use the router: there was none");
  }
  return last.id;
}
