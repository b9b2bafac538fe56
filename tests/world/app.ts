/**
 * What an app does in a room: it publishes, mutes, and consumes what others
 * publish. It has no media, and recovers what carries it as the SDK does.
 */
import {
  type ErrorName,
  errors,
  type EventName,
  type EventParams,
  type Method,
  type Params,
  type Result,
  type ResumeResult,
} from "../../protocol/mod.ts";
import type { Outcome } from "../../client/signaling/requests.ts";
import {
  channel,
  dtlsParameters,
  rtpCapabilities,
  track,
} from "../rooms/core/media.ts";
import type { Replica } from "./replica.ts";

export type Ask = <M extends Method>(
  method: M,
  params: Params<M>,
  answered: (outcome: Outcome) => void,
) => void;

export type Wanted = { readonly kind: "media" | "data"; muted: boolean };
type Live = { readonly id: string; paused: boolean };
type Side = "send" | "recv";
type Transport =
  | { readonly state: "none" }
  | { readonly state: "new" | "connected"; readonly id: string };

const RETRY_MS = 1_000;
const none: Transport = { state: "none" };

export class App {
  /** What is to be published, by key. */
  readonly wanted = new Map<string, Wanted>();
  /** What is published as far as is known, by key. */
  readonly live = new Map<string, Live>();
  /** Consumers by the producers they are of. */
  readonly consumers = new Map<string, string>();
  readonly #ask: Ask;
  readonly #replica: Replica;
  readonly #after: (ms: number, run: () => void) => void;
  readonly #transports: Record<Side, Transport> = { send: none, recv: none };
  readonly #isBusy: Record<Side, boolean> = { send: false, recv: false };
  /** Keys that the service may know already. */
  readonly #known = new Set<string>();
  /** Transports that are to be closed when others have taken their place. */
  readonly #discarded: string[] = [];
  #isRetrying = false;
  #isOver = false;

  constructor(
    ask: Ask,
    replica: Replica,
    after: (ms: number, run: () => void) => void,
  ) {
    this.#ask = ask;
    this.#replica = replica;
    this.#after = after;
  }

  /** Whether all is as it is wanted. */
  get isSettled(): boolean {
    if (this.#isBusy.send || this.#isBusy.recv) return false;
    if (this.#discarded.length > 0) return false;
    if (this.live.size !== this.wanted.size) return false;
    for (const [key, { muted, kind }] of this.wanted) {
      const live = this.live.get(key);
      if (!live || kind === "media" && live.paused !== muted) return false;
    }
    return this.#offered().every(({ id }) => this.consumers.has(id));
  }

  /** The next step towards what is wanted, on both sides. */
  work(): void {
    if (this.#isOver) return;
    if (!this.#isBusy.send) this.#workOnSending();
    if (!this.#isBusy.recv) this.#workOnReceiving();
  }

  over(): void {
    this.#isOver = true;
  }

  event<E extends EventName>(event: E, params: EventParams<E>): void {
    const told = { event, params } as Told;
    switch (told.event) {
      case "transportClosed":
        for (const side of ["send", "recv"] as const) {
          const transport = this.#transports[side];
          if (transport.state === "none") continue;
          if (transport.id === told.params.transportId) this.#lose(side);
        }
        break;
      case "mediaServerLost":
        this.#lose("send");
        this.#lose("recv");
        break;
      case "producerRemoved":
        if (told.params.sessionId === this.#replica.self) {
          this.#unpublished(told.params.key, told.params.producerId);
        } else this.consumers.delete(told.params.producerId);
        break;
      case "dataProducerRemoved":
        if (told.params.sessionId === this.#replica.self) {
          this.#unpublished(told.params.key, told.params.dataProducerId);
        } else this.consumers.delete(told.params.dataProducerId);
        break;
      case "consumerClosed":
        this.#forgetConsumer(told.params.consumerId);
        break;
      case "dataConsumerClosed":
        this.#forgetConsumer(told.params.dataConsumerId);
        break;
    }
    this.work();
  }

  /** `isCrashed`: another process has the room since, and may not know all. */
  resumed(
    { transports, open, self }: ResumeResult,
    isCrashed: boolean,
  ): void {
    if (isCrashed && !this.#isBusy.send) this.#closeUnknown(open);
    for (const { key, producerId, paused } of self?.producers ?? []) {
      const live = this.live.get(key);
      if (live?.id === producerId) live.paused = paused;
    }
    const advice = new Map(transports.map((one) => [one.transportId, one]));
    const restart: string[] = [];
    for (const side of ["send", "recv"] as const) {
      const transport = this.#transports[side];
      if (transport.state === "none") continue;
      const given = advice.get(transport.id)?.advice;
      if (given === "restart") restart.push(transport.id);
      if (given === "recreate" || given === undefined) this.#lose(side);
      // Others see no gap: what is on it is replaced first (MD7).
      if (given === "recreate") this.#discarded.push(transport.id);
    }
    for (const [key, { id }] of this.live) {
      if (!open.includes(id)) this.live.delete(key);
    }
    for (const [producerId, consumerId] of this.consumers) {
      if (!open.includes(consumerId)) this.consumers.delete(producerId);
    }
    if (restart.length > 0) this.#restart(restart);
    this.work();
  }

  /** What was closed, if that was not kept. */
  #closeUnknown(open: readonly string[]): void {
    const known = new Set([...this.live.values()].map(({ id }) => id));
    for (const id of open.filter((id) => !known.has(id))) {
      if (id.startsWith("producer-")) {
        this.#ask("closeProducer", { producerId: id }, () => {});
      }
      if (id.startsWith("dataProducer-")) {
        this.#ask("closeDataProducer", { dataProducerId: id }, () => {});
      }
    }
  }

  #restart(transportIds: string[]): void {
    this.#ask("restartIce", { transportIds }, (outcome) => {
      if (!outcome.ok) return;
      const { transports } = outcome.result as Result<"restartIce">;
      for (const { transportId, iceParameters } of transports) {
        if (iceParameters !== undefined) continue;
        for (const side of ["send", "recv"] as const) {
          const transport = this.#transports[side];
          if (transport.state === "none") continue;
          if (transport.id === transportId) this.#lose(side);
        }
      }
      this.work();
    });
  }

  #workOnSending(): void {
    if (this.wanted.size > 0 && !this.#prepare("send")) return;
    const transport = this.#transports.send;
    if (transport.state === "none") return this.#tidyUp();
    for (const [key, { kind, muted }] of this.wanted) {
      const live = this.live.get(key);
      if (live === undefined) {
        return this.#publish(transport.id, key, kind, muted);
      }
      if (kind === "media" && live.paused !== muted) {
        return this.#mute(live, muted);
      }
    }
    for (const [key, { id }] of this.live) {
      if (!this.wanted.has(key)) return this.#unpublish(key, id);
    }
    this.#tidyUp();
  }

  #tidyUp(): void {
    const transportId = this.#discarded.pop();
    if (transportId === undefined) return;
    this.#step("send", "closeTransport", { transportId }, () => {});
  }

  #workOnReceiving(): void {
    const next = this.#offered().find(({ id }) => !this.consumers.has(id));
    if (next === undefined || !this.#prepare("recv")) return;
    const transport = this.#transports.recv;
    if (transport.state === "none") return;
    const { id, kind } = next;
    if (kind === "data") {
      const params = { transportId: transport.id, dataProducerId: id };
      this.#step("recv", "consumeData", params, ({ dataConsumerId }) => {
        if (this.#isOn("recv", transport.id)) {
          this.consumers.set(id, dataConsumerId);
        }
      });
    } else {
      const params = { transportId: transport.id, producerId: id };
      this.#step("recv", "consume", params, ({ consumerId }) => {
        if (!this.#isOn("recv", transport.id)) return;
        this.consumers.set(id, consumerId);
        this.#ask("resumeConsumer", { consumerId }, () => {});
      });
    }
  }

  /** All that others publish. */
  #offered(): { readonly id: string; readonly kind: "media" | "data" }[] {
    return this.#replica.others.flatMap(({ producers, dataProducers }) => [
      ...producers.map(({ producerId: id }) => ({
        id,
        kind: "media" as const,
      })),
      ...dataProducers.map(({ dataProducerId: id }) => ({
        id,
        kind: "data" as const,
      })),
    ]);
  }

  /** Whether there is a transport; else it is on its way. */
  #prepare(side: Side): boolean {
    const transport = this.#transports[side];
    if (transport.state === "connected") return true;
    if (transport.state === "none") {
      const params = side === "send"
        ? { direction: side }
        : { direction: side, rtpCapabilities };
      this.#step(side, "createWebRtcTransport", params, ({ transportId }) => {
        this.#transports[side] = { state: "new", id: transportId };
      });
      return false;
    }
    const { id } = transport;
    const params = { transportId: id, dtlsParameters };
    this.#step(side, "connectWebRtcTransport", params, () => {
      const now = this.#transports[side];
      if (now.state !== "new" || now.id !== id) return;
      this.#transports[side] = { state: "connected", id };
    });
    return false;
  }

  /** Meanwhile it may have been lost, and what was made on it with it. */
  #isOn(side: Side, transportId: string): boolean {
    const transport = this.#transports[side];
    return transport.state !== "none" && transport.id === transportId;
  }

  #publish(
    transportId: string,
    key: string,
    kind: "media" | "data",
    muted: boolean,
  ): void {
    const replace = this.#known.has(key);
    this.#known.add(key);
    if (kind === "data") {
      const params = channel(transportId, { key, replace });
      return this.#step("send", "produceData", params, (result) => {
        if (!this.#isOn("send", transportId)) return;
        this.live.set(key, { id: result.dataProducerId, paused: false });
      });
    }
    // What was muted stays so without being asked again (MD7).
    const params = track(transportId, {
      key,
      replace,
      ...(!replace && { paused: muted }),
    });
    this.#step("send", "produce", params, ({ producerId, paused }) => {
      if (!this.#isOn("send", transportId)) return;
      this.live.set(key, { id: producerId, paused });
    });
  }

  #mute(live: Live, muted: boolean): void {
    const method = muted ? "pauseProducer" : "resumeProducer";
    this.#step("send", method, { producerId: live.id }, () => {
      live.paused = muted;
    });
  }

  #unpublish(key: string, id: string): void {
    const forget = () => {
      if (this.live.get(key)?.id === id) this.live.delete(key);
      this.#known.delete(key);
    };
    if (id.startsWith("data")) {
      const params = { dataProducerId: id };
      this.#step("send", "closeDataProducer", params, forget);
    } else {
      this.#step("send", "closeProducer", { producerId: id }, forget);
    }
  }

  /** One request at a time on each side. */
  #step<M extends Method>(
    side: Side,
    method: M,
    params: Params<M>,
    done: (result: Result<M>) => void,
  ): void {
    this.#isBusy[side] = true;
    this.#ask(method, params, (outcome) => {
      this.#isBusy[side] = false;
      if (outcome.ok) {
        done(outcome.result as Result<M>);
        return this.work();
      }
      this.#failed(side, outcome.error.code, params);
      this.#retryLater();
    });
  }

  #retryLater(): void {
    if (this.#isRetrying) return;
    this.#isRetrying = true;
    this.#after(RETRY_MS, () => {
      this.#isRetrying = false;
      this.work();
    });
  }

  #failed(side: Side, code: number, params: object): void {
    const is = (name: ErrorName) => errors[name].code === code;
    if (is("transportNotFound")) this.#lose(side);
    if (!is("producerNotFound") || side !== "send") return;
    for (const [key, { id }] of this.live) {
      if (Object.values(params).includes(id)) this.live.delete(key);
    }
  }

  /** What was on it is to be made anew, under the same keys. */
  #lose(side: Side): void {
    this.#transports[side] = none;
    if (side === "send") this.live.clear();
    else this.consumers.clear();
  }

  #unpublished(key: string, id: string): void {
    if (this.live.get(key)?.id !== id) return;
    this.live.delete(key);
    this.wanted.delete(key);
    this.#known.delete(key);
  }

  #forgetConsumer(consumerId: string): void {
    for (const [producerId, id] of this.consumers) {
      if (id === consumerId) this.consumers.delete(producerId);
    }
  }
}

type Told = {
  [E in EventName]: { readonly event: E; readonly params: EventParams<E> };
}[EventName];
