import { resolveNode } from "../../../sfu/node.ts";
import type { SfuEvent } from "../../../sfu/methods.ts";
import { Inbox } from "../../support/inbox.ts";
import type { Command, SidecarOptions } from "./fixtures/sidecar.ts";

export type Told = {
  readonly listening?: readonly string[];
  readonly expired?: string;
  readonly aborted?: string;
  readonly paused?: string;
  readonly resumed?: string;
  readonly log?: string;
};

const PROGRAM = new URL("fixtures/sidecar.ts", import.meta.url).pathname;
const encoder = new TextEncoder();

export const SECRET = "a secret that only tests know";

/** The fake sidecar in a Node of its own. */
export class FakeSidecar implements AsyncDisposable {
  /** URLs, in the order of the endpoints. */
  readonly addresses: readonly string[];
  /** What it tells of itself, but for its log. */
  readonly told = new Inbox<Told>();
  readonly log: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: Promise<void>;

  private constructor(
    process: Deno.ChildProcess,
    lines: AsyncGenerator<Told>,
    addresses: readonly string[],
  ) {
    this.#process = process;
    this.#stdin = process.stdin.getWriter();
    this.addresses = addresses;
    this.#output = this.#listen(lines);
  }

  static async start(
    options: Omit<SidecarOptions, "secret">,
  ): Promise<FakeSidecar> {
    const { bin } = await resolveNode();
    const process = new Deno.Command(bin, {
      args: [PROGRAM, JSON.stringify({ secret: SECRET, ...options })],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = messagesOf(process.stdout);
    const first = await lines.next();
    const addresses = first.done ? undefined : first.value.listening;
    if (addresses === undefined) throw new Error("The sidecar did not start");
    return new FakeSidecar(process, lines, addresses);
  }

  get url(): string {
    return this.addresses[0] ?? "";
  }

  /** Sends an event to the owner that called last. */
  async emit(event: SfuEvent): Promise<void> {
    const command: Command = { emit: event };
    await this.#stdin.write(encoder.encode(JSON.stringify(command) + "\n"));
  }

  /** As a crash does it. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stdin.close().catch(() => {});
    await this.#process.status;
    await this.#output;
  }

  async #listen(lines: AsyncGenerator<Told>): Promise<void> {
    for await (const message of lines) {
      if (message.log === undefined) this.told.put(message);
      else this.log.push(message.log);
    }
  }
}

async function* messagesOf(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Told> {
  let text = "";
  for await (const part of output.pipeThrough(new TextDecoderStream())) {
    const lines = (text + part).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}
