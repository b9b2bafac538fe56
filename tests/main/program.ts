import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { ready } from "../support/ready.ts";
import { State } from "../support/state.ts";
import { within } from "../support/within.ts";

const ROOT = new URL("../../", import.meta.url);
const EXIT_DEADLINE_MS = 30_000;

/** `main.ts` as its own process, whatever becomes of it. */
export class Program implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #state = new State();
  stdout = "";
  stderr = "";

  /** `entrance`: what the command begins with, to run in another place. */
  constructor(env: Record<string, string>, entrance: readonly string[] = []) {
    const command = [...entrance, Deno.execPath(), "run", "-A", "main.ts"];
    const [bin = "", ...args] = command;
    this.#process = new Deno.Command(bin, {
      args,
      cwd: ROOT,
      env: {
        HOST: "127.0.0.1",
        PORT: "0",
        LOG_FORMAT: "json",
        STATE_FOLDER: this.#state.path,
        ...env,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#ended = Promise.all([
      this.#read(this.#process.stdout, (text) => this.stdout += text),
      this.#read(this.#process.stderr, (text) => this.stderr += text),
    ]);
  }

  /** The port on which it listens, as its log tells. */
  async port(): Promise<number> {
    return await eventually(() => {
      const found = /"message":"listening","host":[^}]*"port":(\d+)/
        .exec(this.stderr)?.[1];
      assert.ok(found, `it does not listen:\n${this.stderr}`);
      return Number(found);
    }, { within: EXIT_DEADLINE_MS });
  }

  /** Where clients find it, once it can make calls. */
  async origin(): Promise<string> {
    const origin = `http://127.0.0.1:${await this.port()}`;
    await ready(origin, EXIT_DEADLINE_MS);
    return origin;
  }

  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Its exit code, once it has ended by itself. */
  async code(ms = EXIT_DEADLINE_MS): Promise<number> {
    const { code, signal } = await within(
      "the end of the program",
      this.#process.status,
      ms,
    );
    assert.equal(signal, null, this.stderr);
    await this.#ended;
    return code;
  }

  /** `kill -9` */
  async die(): Promise<void> {
    this.kill("SIGKILL");
    await this.#process.status;
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.kill("SIGKILL");
    } catch (error) {
      // Deno says so of a process that has ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#process.status;
    await this.#ended;
    await this.#state[Symbol.asyncDispose]();
  }

  async #read(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    take: (text: string) => void,
  ): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      take(text);
    }
  }
}
