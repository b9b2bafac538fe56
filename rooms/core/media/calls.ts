/**
 * Calls to the SFU. Each leaves a record of what its reply is for, so that the
 * state of a room is data also while calls are under way.
 *
 * @module
 */
import type {
  DataProducerInfo,
  Method,
  ProducerInfo,
} from "../../../protocol/mod.ts";
import type { SfuMethod, SfuParams, SfuResult } from "../../../sfu/methods.ts";
import type { Call } from "../effect.ts";
import {
  type Answer,
  type Asked,
  deferred,
  mediaServerUnavailable,
  type Refusal,
  refusal,
} from "../handler.ts";
import type { SessionId } from "../input.ts";
import type { ConnectedSession } from "../session.ts";
import { connected, type RoomState, type Step } from "../state.ts";
import type { Close } from "./closing.ts";
import type { Kind, Transport } from "./media.ts";

/** Of one session at a time; beyond it a client is told to wait. */
const MAX_CALLS = 256;

/** Methods whose result the client gets as the SFU gives it. */
export type RelayedMethod =
  | "connectWebRtcTransport"
  | "restartIce"
  | "pauseConsumer"
  | "resumeConsumer"
  | "setConsumerPreferredLayers"
  | "setConsumerPriority"
  | "requestConsumerKeyFrame";

/** What must be remembered until a client's call is answered. */
type Purposes = {
  createWebRtcTransport: { readonly transport: Transport };
  produce: {
    readonly transportId: string;
    readonly info: Omit<ProducerInfo, "producerId" | "type">;
  };
  consume: { readonly transportId: string; readonly producerId: string };
  produceData: {
    readonly transportId: string;
    readonly info: Omit<DataProducerInfo, "dataProducerId">;
  };
  consumeData: {
    readonly transportId: string;
    readonly dataProducerId: string;
  };
  mute: { readonly producerId: string; readonly paused: boolean };
  relay: {
    readonly notFound:
      | "transportNotFound"
      | "producerNotFound"
      | "consumerNotFound";
  };
};

export type PurposeType = keyof Purposes;
export type Purpose<T extends PurposeType = PurposeType> = {
  [K in T]: { readonly type: K } & Purposes[K];
}[T];

/** A call that was made for a client's request. */
export type RequestCall<T extends PurposeType = PurposeType> = Purpose<T> & {
  readonly sessionId: SessionId;
  readonly requestId: number;
};

export type Pending =
  | RequestCall
  | { readonly type: "createRouter" }
  | { readonly type: "close"; readonly close: Close };

type MethodOf<T extends PurposeType> = T extends Method ? T
  : T extends "relay" ? RelayedMethod
  : "pauseProducer" | "resumeProducer";

export type ResultOf<T extends PurposeType> = SfuResult<MethodOf<T>>;

/**
 * Takes what the SFU has done onto the books. When it refuses, because of what
 * has happened since the request, what the SFU has made is closed again.
 */
export type ReplyHandler<T extends PurposeType> = (
  step: Step,
  session: ConnectedSession,
  call: RequestCall<T>,
  result: ResultOf<T>,
) => Answer<MethodOf<T>>;

/** What a call adds to its session when it succeeds. */
const makes = {
  createWebRtcTransport: "transports",
  produce: "producers",
  produceData: "dataProducers",
  consume: "consumers",
  consumeData: "dataConsumers",
  mute: null,
  relay: null,
} as const satisfies Record<PurposeType, Kind | null>;

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
  if (step.state.sfu === "down") return mediaServerUnavailable;
  if (session.underWay.calls >= MAX_CALLS) {
    return refusal("busy", `${MAX_CALLS} requests are under way`);
  }
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
): ConnectedSession | undefined {
  const session = connected(state, sessionId);
  if (session) note(session, type, -1);
  return session;
}

function note(
  { underWay }: ConnectedSession,
  type: PurposeType,
  change: 1 | -1,
): void {
  underWay.calls += change;
  const kind = makes[type];
  if (kind !== null) underWay[kind] += change;
}

/** Sessions are connected only while there is a router. */
export function routerId({ router }: RoomState): string {
  if (router.state !== "ready") {
    throw new Error(`Cannot use the router: it is ${router.state}`);
  }
  return router.id;
}
