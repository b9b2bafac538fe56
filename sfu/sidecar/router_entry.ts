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
import type { PipeEnd } from "./pipes.ts";
import { fromRtpCapabilities } from "./rtp.ts";

export type AudioObservers = {
  readonly speaker: types.ActiveSpeakerObserver;
  readonly levels?: types.AudioLevelObserver;
};

/** A router of mediasoup with some of a room's transports. */
export type Part = {
  readonly router: types.Router;
  readonly worker: MediaWorker;
};

/** What mediasoup keeps for us with each producer and consumer. */
export type Within = { transportId: string };

type Held = { readonly id: string; readonly observer: Observed };
type Observed = { on(event: "close", listener: () => void): unknown };

/** What it is made with, here and in other sidecars. */
export type RouterSettings = {
  readonly label: string;
  readonly mediaCodecs: readonly types.RouterRtpCodecCapability[];
  readonly audioLevelIntervalMs: number;
};

export class RouterEntry {
  readonly id: string;
  /** The first one, which hears who speaks, and has the pipes to elsewhere. */
  readonly main: Part;
  readonly parts: Part[] = [];
  readonly settings: RouterSettings;
  readonly audio: AudioObservers;
  /** What was piped, and to which part. */
  readonly pipes = new Map<string, Promise<void>>();
  /** What one who comes receives, as its owner said last. */
  expected = 0;
  /** Another part that is being made. */
  growing: Promise<Part> | undefined;
  /** Hears that a worker with a part of it has died. */
  onLost: () => void = () => {};
  readonly #homes = new Map<string, Part>();
  readonly transports = new Map<string, types.WebRtcTransport>();
  readonly producers = new Map<string, types.Producer<Within>>();
  readonly consumers = new Map<string, types.Consumer<Within>>();
  readonly dataProducers = new Map<string, types.DataProducer<Within>>();
  readonly dataConsumers = new Map<string, types.DataConsumer<Within>>();
  /** To its parts in other sidecars. */
  readonly pipeEnds = new Map<string, PipeEnd>();
  owner: Owner;
  /** The newest seen. */
  epoch: number;

  /** Without an `id` it is named by its main part. */
  constructor(options: {
    id?: string | undefined;
    main: Part;
    settings: RouterSettings;
    audio: AudioObservers;
    owner: Owner;
    epoch: number;
  }) {
    this.id = options.id ?? options.main.router.id;
    this.main = this.add(options.main);
    this.settings = options.settings;
    this.audio = options.audio;
    this.owner = options.owner;
    this.epoch = options.epoch;
  }

  /** Else it is about to be lost with one of its parts. */
  get isWhole(): boolean {
    return this.parts.every(({ router }) => !router.closed);
  }

  get router(): types.Router {
    return this.main.router;
  }

  /** Takes another part; one that comes too late is closed. */
  add(part: Part): Part {
    if (!this.isWhole) {
      part.router.close();
      throw new RpcError("NOT_FOUND", `${this.id} was closed in the meantime`);
    }
    this.parts.push(part);
    part.router.on("workerclose", () => this.onLost());
    return part;
  }

  /** Where a transport is. */
  homeOf(transportId: string): Part | undefined {
    return this.#homes.get(transportId);
  }

  hold(transport: types.WebRtcTransport, home: Part): void {
    hold(this.transports, transport);
    this.#homes.set(transport.id, home);
    transport.observer.on("close", () => this.#homes.delete(transport.id));
  }

  /** What comes in over it counts as sent over a transport of its name. */
  holdEnd(end: PipeEnd): void {
    const { id, transport } = end;
    this.pipeEnds.set(id, end);
    this.#homes.set(id, this.main);
    transport.observer.on("close", () => {
      this.pipeEnds.delete(id);
      this.#homes.delete(id);
    });
  }

  close(): void {
    for (const { router } of this.parts) router.close();
  }

  /** Tells the owner; what closes along with the router goes without saying. */
  tell(event: SfuEvent): void {
    if (this.isWhole) this.owner.send(event);
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
        transports.get(appData.transportId)?.[key]?.push(id);
      }
    };
    const producers = [...this.producers.values()];
    within(producers, "producerIds");
    within(producers.filter(({ paused }) => paused), "pausedIds");
    within(this.consumers.values(), "consumerIds");
    within(this.dataProducers.values(), "dataProducerIds");
    within(this.dataConsumers.values(), "dataConsumerIds");
    return {
      routerId: this.id,
      rtpCapabilities: fromRtpCapabilities(this.router.rtpCapabilities),
      transports: [...transports.values()],
      isPart: this.id !== this.router.id,
      pipes: [...this.pipeEnds.keys()].map((pipeId) => ({
        pipeId,
        producerIds: sentOver(this.producers, pipeId),
        dataProducerIds: sentOver(this.dataProducers, pipeId),
      })),
    };
  }
}

const sentOver = (
  held: ReadonlyMap<string, { readonly appData: Within }>,
  pipeId: string,
): string[] =>
  [...held].filter(([_, { appData }]) => appData.transportId === pipeId)
    .map(([id]) => id);

type TransportDump = SfuResult<"dumpRouter">["transports"][number];
type Ids =
  | "producerIds"
  | "pausedIds"
  | "consumerIds"
  | "dataProducerIds"
  | "dataConsumerIds";

function state(transport: types.WebRtcTransport): TransportDump {
  return {
    transportId: transport.id,
    ...statesOf(transport),
    producerIds: [],
    pausedIds: [],
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
