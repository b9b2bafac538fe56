import assert from "node:assert/strict";
import { signToken } from "../../auth/sign.ts";
import { isLoopback } from "../../http/loopback.ts";
import { eventually } from "./eventually.ts";
import { ready } from "./ready.ts";
import { State } from "./state.ts";

const ROOT = new URL("../../", import.meta.url);
const START_MS = 60_000;
const STOP_MS = 10_000;
const TOKEN_TTL_S = 3_600;
/** For a service that other machines reach, which gives no tokens itself. */
const KEY = { kid: "test", secret: "a secret that is nobody's business" };

/** The real service, as its own process, on a port that the system chose. */
export class Service implements AsyncDisposable {
  readonly origin: string;
  readonly #givesTokens: boolean;
  readonly #process: Deno.ChildProcess;
  readonly #output: Output;
  readonly #state: State;

  private constructor(
    origin: string,
    givesTokens: boolean,
    process: Deno.ChildProcess,
    output: Output,
    state: State,
  ) {
    this.origin = origin;
    this.#givesTokens = givesTokens;
    this.#process = process;
    this.#output = output;
    this.#state = state;
  }

  /** `entrance`: what the command begins with, to run in another place. */
  static async start(
    env: Record<string, string> = {},
    entrance: readonly string[] = [],
  ): Promise<Service> {
    const command = [...entrance, Deno.execPath(), "run", "-A", "main.ts"];
    const [bin = "", ...args] = command;
    const { HOST = "127.0.0.1" } = env;
    const givesTokens = isLoopback(HOST);
    const keys = { TOKEN_KEYS: `${KEY.kid}:${KEY.secret}` };
    const state = new State();
    const process = new Deno.Command(bin, {
      args,
      cwd: ROOT,
      env: {
        HOST,
        PORT: "0",
        STATE_FOLDER: state.path,
        ...(!givesTokens && keys),
        ...env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = new Output([process.stdout, process.stderr]);
    try {
      const origin = await eventually(() => {
        const found = /https?:\/\/[\w.:[\]-]+\d/.exec(output.text)?.[0];
        assert.ok(found !== undefined, `no address in:\n${output.text}`);
        return found;
      }, { within: START_MS });
      await ready(origin, START_MS);
      return new Service(origin, givesTokens, process, output, state);
    } catch (error) {
      process.kill("SIGKILL");
      await Promise.all([process.status, output.ended]);
      await state[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The process id of the mediasoup worker that has a room, by the log. */
  workerOf(room: string): number {
    const created = `router created .*label=${room} .*pid=(\\d+)`;
    const pid = [...this.output.matchAll(new RegExp(created, "g"))].at(-1)?.[1];
    assert.ok(pid !== undefined, `no router for ${room} in:\n${this.output}`);
    return Number(pid);
  }

  /** All that it has printed. */
  get output(): string {
    return this.#output.text;
  }

  /** Of the development mode, or of our own. */
  async token(room: string, identity: string, name = identity) {
    if (!this.#givesTokens) {
      const secret = new TextEncoder().encode(KEY.secret);
      const key = { ...KEY, secret };
      return await signToken({ sub: identity, room, name }, TOKEN_TTL_S, {
        key,
      });
    }
    const response = await fetch(`${this.origin}/rooms/${room}/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ identity, name }),
    });
    const body = await response.text();
    assert.equal(response.status, 200, body);
    const { token } = JSON.parse(body);
    assert.equal(typeof token, "string");
    return String(token);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    const deadline = setTimeout(
      () => this.#process.kill("SIGKILL"),
      STOP_MS,
    );
    const { signal, code } = await this.#process.status;
    clearTimeout(deadline);
    await this.#output.ended;
    await this.#state[Symbol.asyncDispose]();
    assert.notEqual(signal, "SIGKILL", `it did not stop:\n${this.output}`);
    assert.equal(code, 0, `it stopped with ${code}:\n${this.output}`);
  }
}

/** What a process prints, while it prints it. */
class Output {
  text = "";
  readonly ended: Promise<unknown>;

  constructor(streams: ReadableStream<Uint8Array>[]) {
    this.ended = Promise.all(streams.map((stream) => this.#read(stream)));
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const part of stream) {
      this.text += decoder.decode(part, { stream: true });
    }
  }
}
