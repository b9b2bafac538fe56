import type {
  DataProducerInfo,
  ErrorName,
  ProducerInfo,
  ResumeParams,
  ResumeResult,
} from "../../../protocol/mod.ts";
import { consumer, participant, resumeResult } from "./answers.ts";
import { type Answers, Refusal } from "./service.ts";

type On = { readonly transportId: string };
type Thing =
  | { readonly kind: "transport" }
  | On & { readonly kind: "producer"; readonly info: ProducerInfo }
  | On & { readonly kind: "dataProducer"; readonly info: DataProducerInfo }
  | On & { readonly kind: "consumer"; readonly producerId: string }
  | On & { readonly kind: "dataConsumer"; readonly producerId: string };
type Kind = Thing["kind"];

export type Kept = ReadonlyMap<string, Thing>;

const notFound: { readonly [K in Kind]: ErrorName } = {
  transport: "transportNotFound",
  producer: "producerNotFound",
  dataProducer: "producerNotFound",
  consumer: "consumerNotFound",
  dataConsumer: "consumerNotFound",
};

/** What a service has of Ann's media. A crash can take it back to what was kept. */
export class FakeBooks {
  #things = new Map<string, Thing>();
  #named = new Set<string>();

  constructor(answers: Answers) {
    this.#install(answers);
  }

  /** By their ids. */
  all<K extends Kind>(kind: K): Map<string, Extract<Thing, { kind: K }>> {
    const found = new Map<string, Extract<Thing, { kind: K }>>();
    for (const [id, thing] of this.#things) {
      if (isOf(kind, thing)) found.set(id, thing);
    }
    return found;
  }

  /** The tracks that are published, by their keys. */
  get tracks(): Map<string, ProducerInfo> {
    const producers = [...this.all("producer").values()];
    return new Map(producers.map(({ info }) => [info.key, info]));
  }

  keep(): Kept {
    return structuredClone(this.#things);
  }

  /** Another process has the room, and knows what was kept. */
  crash(kept: Kept): void {
    this.#things = new Map(structuredClone(kept));
  }

  /** Nobody has asked for it. */
  lose(id: string): void {
    this.#things.delete(id);
  }

  resumed(
    params: ResumeParams,
    more: Partial<ResumeResult> = {},
    advice: ResumeResult["transports"][number]["advice"] = "alive",
  ): ResumeResult {
    const transports = [...this.all("transport").keys()];
    return resumeResult(params, {
      transports: transports.map((transportId) => ({ transportId, advice })),
      open: [...this.#things.keys()].filter((id) => !transports.includes(id)),
      ...more,
    });
  }

  /** After a crash. */
  resumedAnew(
    params: ResumeParams,
    about: { name?: string; metadata?: unknown } = {},
    more: Partial<ResumeResult> = {},
  ): ResumeResult {
    const epoch = params.epoch + 1;
    const producers = [...this.tracks.values()];
    const dataProducers = [...this.all("dataProducer").values()]
      .map(({ info }) => info);
    const own = { ...about, producers, dataProducers };
    const self = participant("ann", own);
    return this.resumed(params, { epoch, self, ...more });
  }

  #install(answers: Answers): void {
    const { createWebRtcTransport, produce, produceData } = answers;
    const { consume, consumeData } = answers;
    answers.createWebRtcTransport = async (params) => {
      const result = await createWebRtcTransport(params);
      this.#things.set(result.transportId, { kind: "transport" });
      return result;
    };
    answers.closeTransport = ({ transportId }) => {
      this.#take("transport", transportId);
      for (const [id, thing] of this.#things) {
        if ("transportId" in thing && thing.transportId === transportId) {
          this.#things.delete(id);
        }
      }
      return {};
    };
    answers.produce = async (params) => {
      const { transportId, key, kind, source, appData } = params;
      this.#check("transport", transportId);
      const old = this.#byKey("producer", key, params.replace);
      const result = await produce(params);
      const { producerId, paused } = result;
      const type = "simple" as const;
      this.#things.delete(old);
      const info = { producerId, key, kind, source, paused, type, appData };
      this.#things.set(producerId, { kind: "producer", transportId, info });
      return result;
    };
    answers.produceData = async (params) => {
      const { transportId, key, label, protocol, appData } = params;
      this.#check("transport", transportId);
      const old = this.#byKey("dataProducer", key, params.replace);
      const result = await produceData(params);
      const { dataProducerId } = result;
      this.#things.delete(old);
      const info = { dataProducerId, key, label, protocol, appData };
      const kind = "dataProducer";
      this.#things.set(dataProducerId, { kind, transportId, info });
      return result;
    };
    answers.consume = async (params) => {
      const { transportId, producerId } = params;
      this.#check("transport", transportId);
      const given = await consume(params);
      const consumerId = this.#name(given.consumerId);
      const kind = "consumer";
      this.#things.set(consumerId, { kind, transportId, producerId });
      return { ...consumer(producerId, given.kind), ...given, consumerId };
    };
    answers.consumeData = async (params) => {
      const { transportId, dataProducerId: producerId } = params;
      this.#check("transport", transportId);
      const given = await consumeData(params);
      const dataConsumerId = this.#name(given.dataConsumerId);
      const kind = "dataConsumer";
      this.#things.set(dataConsumerId, { kind, transportId, producerId });
      return { ...given, dataConsumerId };
    };
    answers.pauseProducer = ({ producerId }) => this.#pause(producerId, true);
    answers.resumeProducer = ({ producerId }) => this.#pause(producerId, false);
    answers.closeProducer = (p) => this.#take("producer", p.producerId);
    answers.closeDataProducer = (p) =>
      this.#take("dataProducer", p.dataProducerId);
    answers.closeConsumer = (p) => this.#take("consumer", p.consumerId);
    answers.closeDataConsumer = (p) =>
      this.#take("dataConsumer", p.dataConsumerId);
  }

  #check<K extends Kind>(kind: K, id: string): Extract<Thing, { kind: K }> {
    const thing = this.#things.get(id);
    if (thing && isOf(kind, thing)) return thing;
    throw new Refusal(notFound[kind]);
  }

  #take(kind: Kind, id: string): Record<string, never> {
    this.#check(kind, id);
    this.#things.delete(id);
    return {};
  }

  #pause(producerId: string, paused: boolean): Record<string, never> {
    const producer = this.#check("producer", producerId);
    const info = { ...producer.info, paused };
    this.#things.set(producerId, { ...producer, info });
    return {};
  }

  /** What is to be replaced, if anything is. */
  #byKey(
    kind: "producer" | "dataProducer",
    key: string,
    replace = false,
  ): string {
    const [old = ""] = [...this.all(kind)]
      .filter(([_, { info }]) => info.key === key).map(([id]) => id);
    if (old !== "" && !replace) throw new Refusal("trackKeyDuplicate");
    return old;
  }

  /** Never used before. */
  #name(wished: string): string {
    let name = wished;
    for (let number = 2; this.#named.has(name); number++) {
      name = `${wished}-${number}`;
    }
    this.#named.add(name);
    return name;
  }
}

function isOf<K extends Kind>(
  kind: K,
  thing: Thing,
): thing is Extract<Thing, { kind: K }> {
  return thing.kind === kind;
}
