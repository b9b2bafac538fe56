/** A program that speaks in lines; it ends when its stdin does. */
export class Program implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #text = "";

  constructor(
    command: readonly string[],
    env: Record<string, string> = {},
  ) {
    const [bin = "", ...args] = command;
    const process = new Deno.Command(bin, {
      args,
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#process = process;
    this.#output = process.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#writer = process.stdin.getWriter();
  }

  /** The next line that it says. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\n");
      if (end !== -1) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#output.read();
      if (done) throw new Error("The program has ended");
      this.#text += value;
    }
  }

  /** The next line that it says, as JSON. */
  async next<T>(): Promise<T> {
    return JSON.parse(await this.line());
  }

  async tell(line: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(line + "\n"));
  }

  signal(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#output.cancel();
    await this.#process.status;
  }
}
