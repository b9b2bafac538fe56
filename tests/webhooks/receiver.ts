import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import { eventually } from "../support/eventually.ts";

const Body = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.looseObject({ room: z.string(), epoch: z.number(), seq: z.int() }),
});

export type Received = {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly body: z.infer<typeof Body>;
};

/** A status, perhaps with headers; or no answer at all. */
export type Answer =
  | number
  | { readonly status: number; readonly headers: Record<string, string> }
  | "hang"
  | "drop";

/** A real program that webhooks are sent to, and answers as the test says. */
export class TestReceiver implements AsyncDisposable {
  readonly #server: Server;
  /** It outlives the server, so that another may have it. */
  port = 0;
  readonly all: Received[] = [];
  /** What it has answered with 204. */
  readonly taken: Received[] = [];
  answer: (received: Received) => Answer = () => 204;

  private constructor() {
    this.#server = createServer((request, response) => {
      readAll(request).then((text) => {
        const received = {
          path: request.url ?? "",
          headers: headersOf(request),
          text,
          body: Body.parse(JSON.parse(text)),
        };
        this.all.push(received);
        const answer = this.answer(received);
        if (answer === "hang") return;
        if (answer === "drop") return request.socket.destroy();
        if (answer === 204) this.taken.push(received);
        if (typeof answer === "number") response.writeHead(answer);
        else response.writeHead(answer.status, answer.headers);
        response.end();
      });
    });
  }

  static async start(port = 0): Promise<TestReceiver> {
    const receiver = new TestReceiver();
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once("error", reject);
      receiver.#server.listen(port, "127.0.0.1", resolve);
    });
    receiver.port = (receiver.#server.address() as AddressInfo).port;
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** The numbers that it has taken, of one room, in their order. */
  seqs(room: string): number[] {
    return this.taken
      .filter(({ body }) => body.data.room === room)
      .map(({ body }) => body.data.seq);
  }

  async hasTaken(count: number): Promise<void> {
    await eventually(() => {
      if (this.taken.length < count) {
        throw new Error(`it has ${this.taken.length} of ${count}`);
      }
    });
  }

  async hasHeard(count: number): Promise<void> {
    await eventually(() => {
      if (this.all.length < count) {
        throw new Error(`it has heard ${this.all.length} of ${count}`);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

/** As the scheme's own library sees it. @throws {Error} when it is not genuine. */
export function verify({ text, headers }: Received, secret: string): unknown {
  return new Webhook(secret).verify(text, headers);
}

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
export const NEXT_SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`;

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

const headersOf = ({ headers }: IncomingMessage) =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value)]),
  );
