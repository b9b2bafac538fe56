import { z } from "zod";
import { TestClient } from "../http/client.ts";
import { eventually } from "../support/eventually.ts";

const Frame = z.looseObject({
  id: z.int().optional(),
  method: z.string().optional(),
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.int() }).optional(),
});
const Joined = z.looseObject({
  sessionId: z.string(),
  secret: z.string(),
  epoch: z.int(),
});
const Made = z.looseObject({ transportId: z.string() });
const Produced = z.looseObject({ producerId: z.string() });

/** Opus, as a browser would send it. */
const rtpParameters = {
  mid: "0",
  codecs: [{
    mimeType: "audio/opus",
    payloadType: 111,
    clockRate: 48_000,
    channels: 2,
    parameters: {},
    rtcpFeedback: [],
  }],
  headerExtensions: [],
  encodings: [{ ssrc: 4_242 }],
  rtcp: { cname: "c", reducedSize: true },
};

/** A participant who speaks the protocol by hand, and answers pings. */
export class Caller implements AsyncDisposable {
  readonly #client: TestClient;
  readonly #answers = new Map<number, z.infer<typeof Frame>>();
  #lastId = 0;
  pings = 0;

  private constructor(client: TestClient) {
    this.#client = client;
    client.socket.on("message", (data) => this.#take(String(data)));
  }

  static async connect(
    origin: string,
    room: string,
    headers: Record<string, string> = {},
  ): Promise<Caller> {
    const url = `${origin.replace("http", "ws")}/rooms/${room}/ws`;
    const { hostname, port } = new URL(origin);
    const host = hostname === "localhost" ? "127.0.0.1" : hostname;
    const address = url.replace(`${hostname}:${port}`, `${host}:${port}`);
    return new Caller(
      await TestClient.open(address, "holdfast.v1", { headers }),
    );
  }

  async join(token: string): Promise<z.infer<typeof Joined>> {
    return Joined.parse(await this.request("join", { token }));
  }

  /** Opens a transport and produces audio. */
  async produce(): Promise<string> {
    const made = await this.request("createWebRtcTransport", {
      direction: "send",
    });
    const { transportId } = Made.parse(made);
    const produced = await this.request("produce", {
      transportId,
      key: "microphone",
      kind: "audio",
      source: "microphone",
      rtpParameters,
    });
    return Produced.parse(produced).producerId;
  }

  async request(method: string, params: unknown): Promise<unknown> {
    const { result, error } = await this.ask(method, params);
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  async ask(method: string, params: unknown): Promise<z.infer<typeof Frame>> {
    const id = ++this.#lastId;
    this.#client.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return await eventually(() => {
      const answer = this.#answers.get(id);
      if (answer === undefined) throw new Error(`no answer to ${method}`);
      return answer;
    }, { every: 5 });
  }

  /** Breaks the connection without a word. */
  break(): void {
    this.#client.socket.terminate();
  }

  #take(text: string): void {
    const frame = Frame.parse(JSON.parse(text));
    const { id, method } = frame;
    if (id === undefined) return;
    if (method === undefined) this.#answers.set(id, frame);
    if (method !== "ping") return;
    this.pings += 1;
    const result = { ack: 0 };
    this.#client.send(JSON.stringify({ jsonrpc: "2.0", id, result }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }
}
