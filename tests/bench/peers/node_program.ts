import { resolveNode } from "../../../sfu/node.ts";

/** A program of this folder, run by Node; it ends when its stdin does. */
export class NodeProgram implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #text = "";

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#lines = process.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#writer = process.stdin.getWriter();
  }

  /** `entrance`: what the command begins with, to run in another place. */
  static async start(
    file: string,
    args: string[],
    env: Record<string, string> = {},
    entrance: readonly string[] = [],
  ): Promise<NodeProgram> {
    const node = await resolveNode();
    const program = new URL(file, import.meta.url).pathname;
    const [bin = "", ...rest] = [...entrance, node.bin, program, ...args];
    return new NodeProgram(
      new Deno.Command(bin, {
        args: rest,
        env: { ...env, NODE_ENV: "production" },
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn(),
    );
  }

  /** The next line that it says, as JSON. */
  async next<T>(): Promise<T> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end !== -1) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return JSON.parse(line);
      }
      const { value, done } = await this.#lines.read();
      if (done) throw new Error("The program has ended");
      this.#text += value;
    }
  }

  async tell(line: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(line + "\n"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#lines.cancel();
    await this.#process.status;
  }
}
