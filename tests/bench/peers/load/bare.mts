/**
 * A connection to a bare server at the end of a cheap wire: it answers pings.
 *
 * @module
 */
import { opcodes, Wire } from "./wire.mts";

export type BareOptions = {
  readonly path?: string;
  readonly onText?: (payload: Buffer) => void;
};

export class Bare {
  readonly opened: Promise<void>;
  readonly #wire: Wire;
  isSilent = false;

  constructor(port: number, { path = "/", onText }: BareOptions = {}) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.opened = promise;
    this.#wire = new Wire({ port, path, protocol: "bare" }, {
      opened: resolve,
      received: (opcode, payload) => {
        if (opcode === opcodes.text) onText?.(payload);
        else if (opcode === opcodes.ping && !this.isSilent) {
          this.#wire.pong(payload);
        }
      },
      closed: () => reject(new Error("the connection was closed")),
    });
  }

  send(text: string): void {
    this.#wire.send(text);
  }

  cut(): void {
    this.#wire.cut();
  }
}
