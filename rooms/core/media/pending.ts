/**
 * What calls to the SFU are for, as data: it is remembered until they are
 * answered, or done.
 *
 * @module
 */
import type { DataProducerInfo, ProducerInfo } from "../../../protocol/mod.ts";
import type { SfuParams } from "../../../sfu/methods.ts";
import type { ConnectionId, SessionId } from "../input.ts";
import type { Direction } from "./media.ts";

/** What must be remembered until a client's call is answered. */
type Purposes = {
  createWebRtcTransport: { readonly direction: Direction };
  connectWebRtcTransport: { readonly transportId: string };
  produce: {
    readonly transportId: string;
    readonly info: Omit<ProducerInfo, "producerId" | "type">;
    readonly replace: boolean;
  };
  /** A new producer of a track that was muted meanwhile. */
  muteNew: {
    readonly transportId: string;
    readonly info: ProducerInfo;
    readonly replace: boolean;
  };
  consume: { readonly transportId: string; readonly producerId: string };
  produceData: {
    readonly transportId: string;
    readonly info: Omit<DataProducerInfo, "dataProducerId">;
    readonly replace: boolean;
  };
  consumeData: {
    readonly transportId: string;
    readonly dataProducerId: string;
  };
  mute: { readonly producerId: string; readonly paused: boolean };
  /** To a consumer; the client gets the result as the SFU gives it. */
  relay: object;
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

export type RestartCall = {
  readonly type: "restart";
  readonly sessionId: SessionId;
  readonly requestId: number;
  readonly transportId: string;
};

/** The SFU is asked how a transport is, at the loss of its owner or at the return. */
export type Look = {
  readonly type: "look";
  readonly sessionId: SessionId;
  readonly transportId: string;
  /** The one that waits for the answer to its resume; `null`: at the loss. */
  readonly connection: ConnectionId | null;
};

export type CloseMethod =
  | "pauseProducer"
  | "closeRouter"
  | "closeTransport"
  | "closeProducer"
  | "closeConsumer"
  | "closeDataProducer"
  | "closeDataConsumer";

export type Close = {
  [M in CloseMethod]: {
    readonly method: M;
    readonly params: SfuParams<M>;
    /** How often it has failed. */
    readonly failures: number;
  };
}[CloseMethod];

export type Pending =
  | RequestCall
  | RestartCall
  | Look
  | { readonly type: "createRouter" }
  | { readonly type: "inventory" }
  | { readonly type: "claim" }
  | { readonly type: "close"; readonly close: Close };
