/** One who speaks the protocol by hand, over one connection after the other. */
import assert from "node:assert/strict";
import type {
  JoinResult,
  Method,
  Params,
  Result,
  ResumeResult,
  RtpCapabilities,
} from "../../protocol/mod.ts";
import { TestClient } from "../http/client.ts";

const DEADLINE_MS = 20_000;

type Told = { readonly method: string; readonly params: { seq: number } };

export class Participant implements AsyncDisposable {
  readonly events: Told[] = [];
  sessionId = "";
  secret = "";
  epoch = 0;
  seq = 0;
  /** Of the room. */
  rtpCapabilities: RtpCapabilities = {};
  #socket: TestClient | undefined;
  #lastId = 0;
  readonly #unanswered = new Map<number, object>();
  #resumes = 0;

  static async join(origin: string, room: string): Promise<Participant> {
    const participant = new Participant();
    await participant.#connect(origin, room);
    const response = await fetch(`${origin}/rooms/${room}/token`, {
      method: "POST",
    });
    const { token } = await response.json();
    const result: JoinResult = await participant.request("join", { token });
    const { sessionId, secret, epoch, seq } = result;
    Object.assign(participant, { sessionId, secret, epoch, seq });
    participant.rtpCapabilities = result.routerRtpCapabilities;
    return participant;
  }

  /** Takes the session to another connection; `seq` goes on from there. */
  async resume(origin: string, room: string): Promise<ResumeResult> {
    await this.#connect(origin, room);
    const { sessionId, secret, epoch, seq: ack } = this;
    const attempt = ++this.#resumes;
    const params = { sessionId, secret, epoch, ack, attempt };
    const result = await this.request("resume", params);
    this.secret = result.secret;
    this.epoch = result.epoch;
    if (result.snapshot) this.seq = result.seq;
    else assert.equal(result.seq, this.seq);
    for (const frame of this.#unanswered.values()) this.#send(frame);
    return result;
  }

  async request<M extends Method>(
    method: M,
    params: Params<M>,
  ): Promise<Result<M>> {
    const id = ++this.#lastId;
    this.#send({ jsonrpc: "2.0", id, method, params });
    const { result, error } = await this.#until((message) =>
      message.id === id && message.method === undefined
    );
    assert.equal(error, undefined, JSON.stringify(error));
    return result as Result<M>;
  }

  /** A message to all, sent again with the next resume if it is not answered. */
  say(params: Params<"sendMessage">): void {
    const id = ++this.#lastId;
    this.#unanswered.set(id, {
      jsonrpc: "2.0",
      id,
      method: "sendMessage",
      params,
    });
    this.#send(this.#unanswered.get(id) ?? {});
  }

  /** Takes in what has been said up to now. */
  async drain(): Promise<void> {
    await this.request("reportMediaState", { state: "new" });
  }

  /** The next event of this name; those before it are taken, too. */
  async event(name: string): Promise<Told> {
    const known = this.events.findIndex(({ method }) => method === name);
    const taken = this.events.splice(0, known + 1).at(-1);
    if (known >= 0 && taken) return taken;
    this.events.length = 0;
    await this.#until(({ method }) => method === name);
    const [told] = this.events.splice(0).slice(-1);
    assert.ok(told);
    return told;
  }

  /** When to resume, as a service says that goes. */
  async told(): Promise<number> {
    const { params } = await this.#until(({ method }) =>
      method === "goingAway"
    );
    const { resumeInMs } = params ?? {};
    assert.ok(resumeInMs !== undefined);
    return resumeInMs;
  }

  /** How the connection ended; what came before is taken in. */
  async closed(): Promise<number> {
    assert.ok(this.#socket);
    return (await this.#socket.closed()).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket?.[Symbol.asyncDispose]();
  }

  async #connect(origin: string, room: string): Promise<void> {
    await this.#socket?.[Symbol.asyncDispose]();
    const url = `${origin.replace(/^http/, "ws")}/rooms/${room}/ws`;
    this.#socket = await TestClient.open(url);
  }

  #send(frame: object): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  async #until(isIt: (message: Message) => boolean): Promise<Message> {
    assert.ok(this.#socket);
    const deadline = performance.now() + DEADLINE_MS;
    while (true) {
      // Pings come all the time.
      assert.ok(performance.now() < deadline, "what is waited for");
      const message: Message = JSON.parse(await this.#socket.next());
      this.#take(message);
      if (isIt(message)) return message;
    }
  }

  #take({ id, method, params }: Message): void {
    if (method === "ping" && id !== undefined) {
      const result = { ack: this.seq };
      return this.#send({ jsonrpc: "2.0", id, result });
    }
    if (method === undefined && id !== undefined) this.#unanswered.delete(id);
    if (method === undefined || params?.seq === undefined) return;
    assert.equal(params.seq, this.seq + 1, `a gap before ${method}`);
    this.seq = params.seq;
    this.events.push({ method, params: { ...params, seq: params.seq } });
  }
}

type Message = {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly seq?: number; readonly resumeInMs?: number };
  readonly result?: unknown;
  readonly error?: unknown;
};
