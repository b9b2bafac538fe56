/**
 * What a session owns in the SFU.
 *
 * @module
 */
import type {
  DataProducerInfo,
  MediaState,
  ProducerInfo,
  Result,
  RtpCapabilities,
} from "../../../protocol/mod.ts";
import type { SfuEvent } from "../../../sfu/methods.ts";
import type { Budget } from "../budget.ts";

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

export type Things = {
  transports: Transport;
  producers: Producer;
  dataProducers: DataProducer;
  consumers: Consumer;
  dataConsumers: DataConsumer;
};

export type Kind = keyof Things;

export type Held = { readonly [K in Kind]: Map<string, Things[K]> };

type Restarted = Result<"restartIce">["transports"];

/** A request that waits for the SFU to restart each of its transports. */
export type Restart = { waiting: number; readonly transports: Restarted };

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
