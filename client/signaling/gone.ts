import {
  type ErrorObject,
  errorObject,
  type Method,
} from "../../protocol/mod.ts";
import type { RoomEvent } from "./messages.ts";

/** Far more than can go while one request is on its way. */
const MAX_IDS = 1_024;

/** What a method makes, by the field of its result that names it. */
const made: { readonly [M in Method]?: string } = {
  createWebRtcTransport: "transportId",
  produce: "producerId",
  produceData: "dataProducerId",
  consume: "consumerId",
  consumeData: "dataConsumerId",
};

/**
 * What the service has closed. Where the answer to a request was lost with its
 * connection, and is given again on the next one, it may be about something of
 * which the end was told before.
 */
export class Gone {
  readonly #ids = new Set<string>();

  note({ name, params }: RoomEvent): void {
    switch (name) {
      case "transportClosed":
        return this.#add(params.transportId);
      case "producerRemoved":
        return this.#add(params.producerId);
      case "dataProducerRemoved":
        return this.#add(params.dataProducerId);
      case "consumerClosed":
        return this.#add(params.consumerId);
      case "dataConsumerClosed":
        return this.#add(params.dataConsumerId);
    }
  }

  /** Why a result is of no use any more. */
  errorOf(method: Method, result: unknown): ErrorObject | undefined {
    const field = made[method];
    if (field === undefined) return;
    if (typeof result !== "object" || result === null) return;
    const id: unknown = Reflect.get(result, field);
    if (typeof id !== "string" || !this.#ids.has(id)) return;
    return errorObject("cancelled", `${id} is closed already`);
  }

  #add(id: string): void {
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > MAX_IDS && oldest) this.#ids.delete(oldest);
  }
}
