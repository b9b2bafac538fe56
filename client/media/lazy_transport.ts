import type { types } from "mediasoup-client";
import { errorOf } from "../errors.ts";
import { isTransportNotFound } from "./transient.ts";

/** More of them in a row are no accident. */
const MAX_TRIES = 5;

export interface TransportEnds {
  /** Makes both ends of a transport. */
  open(): Promise<types.Transport>;
  /** Hears of each one that others may use from now on. */
  opened(transport: types.Transport): void;
  /** Closes the service's end. */
  release(transportId: string): void;
  /** Hears of a transport that the service does not know any more. */
  gone(transportId: string): void;
}

/**
 * A transport that is made when it is needed first, anew after its end, and
 * again when another one takes its place.
 */
export class LazyTransport {
  readonly #ends: TransportEnds;
  readonly #replaced = new WeakSet<types.Transport>();
  #opening: Promise<types.Transport> | undefined;
  #transport: types.Transport | undefined;
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(ends: TransportEnds) {
    this.#ends = ends;
  }

  /** Undefined while there is none. */
  get current(): types.Transport | undefined {
    return this.#transport;
  }

  /** Whether what needs the transport waits for the end of an outage. */
  get isHeld(): boolean {
    return this.#gate !== undefined;
  }

  /** Whoever needs the transport waits from now on. */
  hold(): void {
    this.#gate ??= Promise.withResolvers();
  }

  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async get(): Promise<types.Transport> {
    await this.#gate?.promise;
    const opening = this.#opening ??= this.#start();
    try {
      return await opening;
    } catch (error) {
      const next = this.#opening;
      if (next === undefined || next === opening) throw error;
      return await next;
    }
  }

  /**
   * Does something with the transport, and once more with the next one when
   * that takes the place of this one meanwhile, or when an outage has cut it
   * short.
   */
  async use<T>(
    action: (transport: types.Transport, isRepeated: boolean) => Promise<T>,
  ): Promise<T> {
    for (let tries = 1;; tries++) {
      let transport: types.Transport | undefined;
      try {
        transport = await this.get();
        return await action(transport, tries > 1);
      } catch (error) {
        if (transport && isTransportNotFound(error)) this.gone(transport.id);
        const isReplaced = transport && this.#replaced.has(transport);
        const mayTryAgain = (isReplaced || this.isHeld) && tries < MAX_TRIES;
        if (!mayTryAgain) throw error;
      }
    }
  }

  /** The service does not know a transport any more. */
  gone(transportId: string): void {
    this.#ends.gone(transportId);
  }

  /** Opens another one. The old one is left to the caller, to be closed. */
  replace(): Promise<types.Transport> {
    this.#retire();
    return this.#opening = this.#start();
  }

  /** Nothing needs it now. What does later is given another one. */
  drop(): void {
    const transport = this.#transport;
    this.#retire();
    transport?.close();
  }

  /** It goes, with all that it carries, and what was done with it fails. */
  close(): void {
    this.release();
    this.#opening = undefined;
    this.#transport?.close();
    this.#transport = undefined;
  }

  #retire(): void {
    if (this.#transport) this.#replaced.add(this.#transport);
    this.#transport = undefined;
    this.#opening = undefined;
  }

  #start(): Promise<types.Transport> {
    const opening: Promise<types.Transport> = this.#ends.open().then(
      (transport) => this.#opened(opening, transport),
      (error) => {
        if (this.#opening === opening) this.#opening = undefined;
        throw error;
      },
    );
    return opening;
  }

  #opened(
    opening: Promise<types.Transport>,
    transport: types.Transport,
  ): types.Transport {
    if (this.#opening !== opening) {
      transport.close();
      this.#ends.release(transport.id);
      throw errorOf("cancelled", "the transport was closed");
    }
    this.#transport = transport;
    this.#ends.opened(transport);
    return transport;
  }
}
