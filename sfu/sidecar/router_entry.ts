/**
 * A router, whose it is, and all that is open in it.
 *
 * @module
 */
import type { types } from "mediasoup";
import type { SfuEvent, SfuResult } from "../methods.ts";
import type { Owner } from "../rpc/handlers.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import type { MediaWorker } from "./media_worker.ts";
import { fromRtpCapabilities } from "./rtp.ts";

export type AudioObservers = {
  readonly speaker: types.ActiveSpeakerObserver;
  readonly levels?: types.AudioLevelObserver;
};

/** What mediasoup keeps for us with each producer and consumer. */
export type Within = { transportId: string };

type Held = { readonly id: string; readonly observer: Observed };
type Observed = { on(event: "close", listener: () => void): unknown };

export class RouterEntry {
  readonly router: types.Router;
  readonly worker: MediaWorker;
  readonly audio: AudioObservers;
  readonly transports = new Map<string, types.WebRtcTransport>();
  readonly producers = new Map<string, types.Producer<Within>>();
  readonly consumers = new Map<string, types.Consumer<Within>>();
  readonly dataProducers = new Map<string, types.DataProducer<Within>>();
  readonly dataConsumers = new Map<string, types.DataConsumer<Within>>();
  owner: Owner;
  /** The newest seen. */
  epoch: number;

  constructor(options: {
    router: types.Router;
    worker: MediaWorker;
    audio: AudioObservers;
    owner: Owner;
    epoch: number;
  }) {
    this.router = options.router;
    this.worker = options.worker;
    this.audio = options.audio;
    this.owner = options.owner;
    this.epoch = options.epoch;
  }

  get id(): string {
    return this.router.id;
  }

  /** Tells the owner; what closes along with the router goes without saying. */
  tell(event: SfuEvent): void {
    if (!this.router.closed) this.owner.send(event);
  }

  /** What claims and dumps are answered with: all that was told up to now. */
  dump(): SfuResult<"dumpRouter"> {
    const transports = new Map(
      [...this.transports].map(([id, transport]) => [id, state(transport)]),
    );
    const within = (
      of: Iterable<{ id: string; appData: Within }>,
      key: Ids,
    ) => {
      for (const { id, appData } of of) {
        transports.get(appData.transportId)?.[key].push(id);
      }
    };
    within(this.producers.values(), "producerIds");
    within(this.consumers.values(), "consumerIds");
    within(this.dataProducers.values(), "dataProducerIds");
    within(this.dataConsumers.values(), "dataConsumerIds");
    return {
      routerId: this.id,
      rtpCapabilities: fromRtpCapabilities(this.router.rtpCapabilities),
      transports: [...transports.values()],
    };
  }
}

type TransportDump = SfuResult<"dumpRouter">["transports"][number];
type Ids =
  | "producerIds"
  | "consumerIds"
  | "dataProducerIds"
  | "dataConsumerIds";

function state(transport: types.WebRtcTransport): TransportDump {
  return {
    transportId: transport.id,
    ...statesOf(transport),
    producerIds: [],
    consumerIds: [],
    dataProducerIds: [],
    dataConsumerIds: [],
  };
}

export function statesOf(
  transport: types.WebRtcTransport,
): Pick<TransportDump, "ice" | "dtls" | "sctp"> {
  const { iceState, dtlsState, sctpState } = transport;
  return {
    ice: iceState,
    dtls: dtlsState,
    ...(sctpState !== undefined && { sctp: sctpState }),
  };
}

/** Keeps it until it is closed, by whomever. */
export function hold<T extends Held>(held: Map<string, T>, thing: T): void {
  held.set(thing.id, thing);
  thing.observer.on("close", () => held.delete(thing.id));
}

/** @throws {RpcError} `NOT_FOUND`, naming the id. */
export function find<T>(
  held: ReadonlyMap<string, T>,
  what: string,
  id: string,
): T {
  const thing = held.get(id);
  if (thing === undefined) throw new RpcError("NOT_FOUND", `no ${what} ${id}`);
  return thing;
}
