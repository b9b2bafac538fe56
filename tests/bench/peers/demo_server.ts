import { resolveNode } from "../../../sfu/node.ts";
import { resolveWorker } from "../../../sfu/worker/install.ts";

/** The room server of the public kind, in a Node process of its own. */
export class DemoServer implements AsyncDisposable {
  readonly port: number;
  readonly #process: Deno.ChildProcess;

  private constructor(port: number, process: Deno.ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  static async start(): Promise<DemoServer> {
    const node = await resolveNode();
    const worker = await resolveWorker(node);
    const process = new Deno.Command(node.bin, {
      args: [new URL("protoo_room.mts", import.meta.url).pathname],
      env: { MEDIASOUP_WORKER_BIN: worker.bin, NODE_ENV: "production" },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    return new DemoServer(await firstNumber(process.stdout), process);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stdin.close();
    await this.#process.status;
  }
}

async function firstNumber(
  output: ReadableStream<Uint8Array>,
): Promise<number> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of output) {
    text += decoder.decode(part, { stream: true });
    if (text.includes("\n")) break;
  }
  const port = Number.parseInt(text);
  if (Number.isNaN(port)) throw new Error("the room server did not start");
  return port;
}
