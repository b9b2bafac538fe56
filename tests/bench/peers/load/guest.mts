/**
 * A session of Holdfast at the end of a cheap wire. Of what it hears it parses
 * as little as it can, and it notices every event that is lost or comes twice.
 *
 * @module
 */
import { opcodes, Wire } from "./wire.mts";

export type Invitation = { readonly room: string; readonly token: string };

export type GuestOptions = Invitation & {
  readonly port: number;
  readonly onEvent?: (name: string, text: string) => void;
};

/** `{"jsonrpc":"2.0","` is before it; then it is `id` or `method`. */
const KEY_AT = 18;
const ID_AT = 22;
const METHOD_AT = 27;
const PROTOCOL = "holdfast.v1";

type Waiting = {
  readonly resolve: (text: string) => void;
  readonly reject: (error: Error) => void;
};

export class Guest {
  readonly #options: GuestOptions;
  #wire: Wire | undefined;
  #answer: Waiting | undefined;
  #id = 0;
  #sessionId = "";
  #secret = "";
  #epoch = 0;
  #attempt = 0;
  /** Of the last event. */
  seq = 0;
  /** Events that came out of order, twice or not at all. */
  gaps = 0;
  /** Answers to pings that it owes: a silent one gives none. */
  isSilent = false;

  constructor(options: GuestOptions) {
    this.#options = options;
  }

  get sessionId(): string {
    return this.#sessionId;
  }

  connect(): Promise<void> {
    const { port, room } = this.#options;
    const address = { port, path: `/rooms/${room}/ws`, protocol: PROTOCOL };
    return new Promise((resolve, reject) => {
      const wire: Wire = new Wire(address, {
        opened: resolve,
        received: (opcode, payload) => {
          if (wire !== this.#wire) return;
          if (opcode === opcodes.text) this.#hear(payload);
        },
        closed: () => {
          const error = new Error("the connection was closed");
          reject(error);
          if (wire === this.#wire) this.#answer?.reject(error);
        },
      });
      this.#wire = wire;
    });
  }

  async join(): Promise<void> {
    await this.connect();
    const { token } = this.#options;
    const { sessionId, secret, seq, epoch } = await this.request("join", {
      token,
    });
    this.#sessionId = String(sessionId);
    this.#secret = String(secret);
    this.#epoch = Number(epoch);
    this.seq = Number(seq);
  }

  /** On a connection that it has opened for that. */
  async resume(): Promise<void> {
    const { secret, snapshot } = await this.request("resume", {
      sessionId: this.#sessionId,
      secret: this.#secret,
      epoch: this.#epoch,
      ack: this.seq,
      attempt: ++this.#attempt,
    });
    if (snapshot !== undefined) this.gaps++;
    this.#secret = String(secret);
  }

  /** One at a time. @returns the result */
  async request(
    method: string,
    params: object,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    const answered = new Promise<string>((resolve, reject) => {
      this.#answer = { resolve, reject };
    });
    this.#wire?.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    const text = await answered;
    const { result, error } = JSON.parse(text);
    if (error !== undefined) throw new Error(`${method} failed: ${text}`);
    return result;
  }

  close(): void {
    this.#wire?.close();
  }

  cut(): void {
    this.#wire?.cut();
    this.#wire = undefined;
  }

  #hear(payload: Buffer): void {
    if (payload[KEY_AT] === 0x6d) return this.#hearEvent(payload);
    const text = payload.toString("latin1");
    const idEnd = text.indexOf(",", ID_AT);
    if (!text.startsWith(',"method":"ping"', idEnd)) {
      return this.#answer?.resolve(payload.toString());
    }
    if (this.isSilent) return;
    const id = text.slice(ID_AT, idEnd);
    this.#wire?.send(
      `{"jsonrpc":"2.0","id":${id},"result":{"ack":${this.seq}}}`,
    );
  }

  #hearEvent(payload: Buffer): void {
    const text = payload.toString("latin1");
    const nameEnd = text.indexOf('"', METHOD_AT + 1);
    const seqAt = nameEnd + '","params":{"seq":'.length;
    const seq = Number.parseInt(text.slice(seqAt, seqAt + 12));
    if (seq !== this.seq + 1) this.gaps++;
    this.seq = seq;
    this.#options.onEvent?.(text.slice(METHOD_AT, nameEnd), text);
  }
}
