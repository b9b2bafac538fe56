import { type ClientOptions, WebSocket } from "ws";
import { Inbox } from "../support/inbox.ts";
import { within } from "../support/within.ts";

type Closed = { readonly code: number; readonly reason: string };

/** A WebSocket client whose messages are waited for. */
export class TestClient implements AsyncDisposable {
  readonly socket: WebSocket;
  readonly #inbox = new Inbox<string>();
  readonly #closed: Promise<Closed>;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => this.#inbox.put(String(data)));
    this.#closed = new Promise((resolve) =>
      socket.once(
        "close",
        (code, reason) => resolve({ code, reason: String(reason) }),
      )
    );
  }

  /** @throws {Error} when the server refuses. */
  static async open(
    url: string,
    protocols: string | string[] = "holdfast.v1",
    options: ClientOptions = {},
  ): Promise<TestClient> {
    const socket = new WebSocket(url, protocols, {
      perMessageDeflate: false,
      ...options,
    });
    const client = new TestClient(socket);
    await within(
      "the WebSocket to open",
      new Promise((resolve, reject) => {
        socket.once("open", resolve);
        socket.once("error", reject);
      }),
    );
    socket.on("error", () => {});
    return client;
  }

  send(data: string | Uint8Array): void {
    this.socket.send(data);
  }

  next(): Promise<string> {
    return this.#inbox.next("the next message");
  }

  closed(): Promise<Closed> {
    return within("the end of the WebSocket", this.#closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.closed();
  }
}
