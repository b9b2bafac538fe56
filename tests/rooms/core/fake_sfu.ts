/**
 * A sidecar as far as a room can tell: it keeps what is open, and says what
 * closes with its parent.
 */
import assert from "node:assert/strict";
import type { Call } from "../../../rooms/core/effect.ts";
import type { SfuReply } from "../../../rooms/core/input.ts";
import type {
  SfuEvent,
  SfuMethod,
  SfuParams,
  SfuResult,
} from "../../../sfu/methods.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import { rtpCapabilities, rtpParameters } from "./media.ts";

type Kind =
  | "transport"
  | "producer"
  | "consumer"
  | "dataProducer"
  | "dataConsumer";

/** Something open: what it is, and what it closes with. */
type Thing = {
  readonly kind: Kind;
  readonly routerId: string;
  readonly parents: readonly string[];
};

type Performer<M extends SfuMethod> = (
  params: SfuParams<M>,
  events: SfuEvent[],
) => SfuResult<M>;

/** Nothing changes that the room could tell. */
const nothing = () => ({});

export type Done = { reply: SfuReply; events: SfuEvent[] };

const ok = (result: SfuResult<SfuMethod>): SfuReply => ({ ok: true, result });
export const failure = (status: RpcStatus): SfuReply => ({
  ok: false,
  status,
  message: "refused by the fake",
});

export class FakeSfu {
  /** Open routers. */
  readonly routers = new Set<string>();
  /** All that is open in them, by id. */
  readonly open = new Map<string, Thing>();
  /** Producers that nobody hears. */
  readonly paused = new Set<string>();
  /** Bytes that transports have received, by their ids; 0 where there are none. */
  readonly received = new Map<string, number>();
  /** Every call that was performed, the latest last. */
  readonly performed: Call[] = [];
  #count = 0;

  /** Ids of what is open, with their kinds, sorted. */
  get inventory(): string[] {
    return [...this.open].map(([id]) => id).sort();
  }

  calls<M extends SfuMethod>(method: M): SfuParams<M>[] {
    return this.performed.filter((call) => call.method === method)
      .map((call) => call.params as SfuParams<M>);
  }

  perform(call: Call): Done {
    this.performed.push(call);
    const events: SfuEvent[] = [];
    const result = this.#perform(call, events);
    return { reply: result ? ok(result) : failure("NOT_FOUND"), events };
  }

  /** Closes something by itself; returns what the room is told. */
  collapse(id: string): SfuEvent[] {
    const events: SfuEvent[] = [];
    const thing = this.open.get(id);
    assert.ok(thing, `${id} is not open`);
    this.open.delete(id);
    events.push(closedEvent(id, thing, "transportClosed"));
    this.#closeChildren(id, thing.kind, events);
    return events;
  }

  /** A worker dies with its router; returns what the room is told. */
  loseRouter(routerId: string): SfuEvent {
    assert.ok(this.routers.has(routerId), `${routerId} is not open`);
    this.#closeRouter(routerId);
    const cause = "workerDied";
    return { event: "routerClosed", params: { routerId, cause } };
  }

  /** `null`: something that it names is not open. */
  #perform(call: Call, events: SfuEvent[]): SfuResult<SfuMethod> | null {
    const { method, params } = call;
    const perform = this.#methods[method] as Performer<SfuMethod> | undefined;
    if (!perform) throw new Error(`A room does not call ${method}`);
    return this.#knows(params) ? perform(params, events) : null;
  }

  #knows(params: SfuParams<SfuMethod>): boolean {
    return Object.entries(params).every(([name, id]) => {
      if (!name.endsWith("Id")) return true;
      return name === "routerId" ? this.routers.has(id) : this.open.has(id);
    });
  }

  readonly #methods: { readonly [M in SfuMethod]?: Performer<M> } = {
    createRouter: () => {
      const routerId = this.#id("router");
      this.routers.add(routerId);
      return { routerId, rtpCapabilities };
    },
    claimRouter: ({ routerId }) => this.#dump(routerId),
    dumpRouter: ({ routerId }) => this.#dump(routerId),
    closeRouter: ({ routerId }) => this.#closeRouter(routerId),

    createWebRtcTransport: ({ routerId }) =>
      transportInfo(this.#make("transport", routerId)),
    connectWebRtcTransport: nothing,
    restartIce: () => ({
      iceParameters: { usernameFragment: "u", password: "p" },
    }),
    getTransportStats: ({ transportId }) => ({
      stats: [this.#stat(transportId)],
    }),
    closeTransport: ({ transportId }, events) =>
      this.#close(transportId, events),

    produce: ({ routerId, transportId, kind, paused }) => {
      const producerId = this.#make("producer", routerId, transportId);
      if (paused) this.paused.add(producerId);
      return { producerId, type: kind === "video" ? "simulcast" : "simple" };
    },
    pauseProducer: ({ producerId }) => {
      this.paused.add(producerId);
      return {};
    },
    resumeProducer: ({ producerId }) => {
      this.paused.delete(producerId);
      return {};
    },
    closeProducer: ({ producerId }, events) => this.#close(producerId, events),

    consume: ({ routerId, transportId, producerId }) => ({
      consumerId: this.#make("consumer", routerId, transportId, producerId),
      kind: "audio",
      type: "simple",
      rtpParameters,
      producerPaused: false,
    }),
    pauseConsumer: nothing,
    resumeConsumer: nothing,
    setConsumerPreferredLayers: nothing,
    setConsumerPriority: nothing,
    requestConsumerKeyFrame: nothing,
    closeConsumer: ({ consumerId }, events) => this.#close(consumerId, events),

    produceData: ({ routerId, transportId }) => ({
      dataProducerId: this.#make("dataProducer", routerId, transportId),
    }),
    closeDataProducer: ({ dataProducerId }, events) =>
      this.#close(dataProducerId, events),
    consumeData: ({ routerId, transportId, dataProducerId: id }) => ({
      dataConsumerId: this.#make("dataConsumer", routerId, transportId, id),
      sctpStreamParameters: { streamId: 1 },
      label: "label",
      protocol: "",
    }),
    closeDataConsumer: ({ dataConsumerId }, events) =>
      this.#close(dataConsumerId, events),
  };

  #stat(transportId: string) {
    const bytesReceived = this.received.get(transportId) ?? 0;
    return { type: "webrtc-transport", transportId, bytesReceived };
  }

  #dump(routerId: string): SfuResult<"dumpRouter"> {
    const within = [...this.open].filter(([_, thing]) =>
      thing.routerId === routerId
    );
    const ids = (kind: Kind, transportId: string) =>
      within.filter(([_, thing]) =>
        thing.kind === kind && thing.parents[0] === transportId
      ).map(([id]) => id);
    const transports = within.filter(([_, { kind }]) => kind === "transport")
      .map(([transportId]) => ({
        transportId,
        ice: "new" as const,
        dtls: "new" as const,
        producerIds: ids("producer", transportId),
        pausedIds: ids("producer", transportId).filter((id) =>
          this.paused.has(id)
        ),
        consumerIds: ids("consumer", transportId),
        dataProducerIds: ids("dataProducer", transportId),
        dataConsumerIds: ids("dataConsumer", transportId),
      }));
    return { routerId, rtpCapabilities, transports };
  }

  #id(kind: string): string {
    this.#count += 1;
    return `${kind}-${this.#count}`;
  }

  #make(kind: Kind, routerId: string, ...parents: string[]): string {
    const id = this.#id(kind);
    this.open.set(id, { kind, routerId, parents });
    return id;
  }

  #closeRouter(routerId: string): Record<string, never> {
    this.routers.delete(routerId);
    for (const [id, thing] of [...this.open]) {
      if (thing.routerId === routerId) this.open.delete(id);
    }
    return {};
  }

  #close(id: string, events: SfuEvent[]): Record<string, never> {
    const thing = this.open.get(id);
    this.open.delete(id);
    if (thing) this.#closeChildren(id, thing.kind, events);
    return {};
  }

  #closeChildren(parent: string, kind: Kind, events: SfuEvent[]): void {
    const cause = kind === "transport" ? "transportClosed" : "producerClosed";
    for (const [id, thing] of [...this.open]) {
      if (!this.open.has(id) || !thing.parents.includes(parent)) continue;
      this.open.delete(id);
      events.push(closedEvent(id, thing, cause));
      this.#closeChildren(id, thing.kind, events);
    }
  }
}

function closedEvent(
  id: string,
  { kind, routerId }: Thing,
  cause: "transportClosed" | "producerClosed",
): SfuEvent {
  switch (kind) {
    case "producer":
      return {
        event: "producerClosed",
        params: { routerId, producerId: id, cause },
      };
    case "consumer":
      return {
        event: "consumerClosed",
        params: { routerId, consumerId: id, cause },
      };
    case "dataProducer":
      return {
        event: "dataProducerClosed",
        params: { routerId, dataProducerId: id, cause },
      };
    case "dataConsumer":
      return {
        event: "dataConsumerClosed",
        params: { routerId, dataConsumerId: id, cause },
      };
    case "transport":
      return { event: "transportLost", params: { routerId, transportId: id } };
  }
}

function transportInfo(transportId: string) {
  return {
    transportId,
    iceParameters: { usernameFragment: "u", password: "p", iceLite: true },
    iceCandidates: [],
    dtlsParameters: {
      fingerprints: [{ algorithm: "sha-256" as const, value: "00" }],
    },
    sctpParameters: {
      port: 5000,
      maxSendMessageSize: 1,
      maxReceiveMessageSize: 1,
    },
  };
}
