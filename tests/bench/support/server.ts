import { Program } from "../peers/program.ts";
import type { Usage } from "./gauge.ts";

/** A server under Deno, in a process of its own, that says what it uses. */
export class Server implements AsyncDisposable {
  readonly port: number;
  readonly #program: Program;
  #isDead = false;

  private constructor(port: number, program: Program) {
    this.port = port;
    this.#program = program;
  }

  /** `file` and its arguments; it says its address once it can be reached. */
  static async start(
    [file = "", ...args]: readonly string[],
    env: Record<string, string> = {},
  ): Promise<Server> {
    const program = new Program([
      Deno.execPath(),
      "run",
      "-A",
      "--v8-flags=--expose-gc",
      `--preload=${here("gauge.ts")}`,
      here(file),
      ...args,
    ], env);
    for (;;) {
      const found = /http:\/\/localhost:(\d+)/.exec(await program.line());
      if (found) return new Server(Number(found[1]), program);
    }
  }

  async usage(): Promise<Usage> {
    this.#program.signal("SIGUSR2");
    for (;;) {
      const line = await this.#program.line();
      if (line.startsWith("{")) return JSON.parse(line);
    }
  }

  /** `kill -9`; it is to be disposed of all the same. */
  die(): void {
    this.#isDead = true;
    this.#program.signal("SIGKILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isDead) this.#program.signal("SIGTERM");
    await this.#program[Symbol.asyncDispose]();
  }
}

export function startBareWs(...args: string[]): Promise<Server> {
  return Server.start(["../peers/bare_ws.ts", ...args]);
}

const here = (file: string) => new URL(file, import.meta.url).pathname;
