import type { types } from "mediasoup-client";
import { errorOf } from "../errors.ts";

/** A transport that is made when it is needed first, and anew after its end. */
export class LazyTransport {
  readonly #open: () => Promise<types.Transport>;
  #opening: Promise<types.Transport> | undefined;
  #transport: types.Transport | undefined;

  constructor(open: () => Promise<types.Transport>) {
    this.#open = open;
  }

  /** Undefined while there is none. */
  get id(): string | undefined {
    return this.#transport?.id;
  }

  get(): Promise<types.Transport> {
    if (this.#opening === undefined) {
      const opening: Promise<types.Transport> = this.#open().then(
        (transport) => this.#opened(opening, transport),
        (error) => {
          if (this.#opening === opening) this.#opening = undefined;
          throw error;
        },
      );
      this.#opening = opening;
    }
    return this.#opening;
  }

  /** With all that it carries. The next `get` makes another one. */
  close(): void {
    this.#opening = undefined;
    this.#transport?.close();
    this.#transport = undefined;
  }

  #opened(
    opening: Promise<types.Transport>,
    transport: types.Transport,
  ): types.Transport {
    if (this.#opening !== opening) {
      transport.close();
      throw errorOf("cancelled", "the transport was closed");
    }
    this.#transport = transport;
    return transport;
  }
}
