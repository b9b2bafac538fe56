import { resolveNode } from "../../sfu/node.ts";
import { createLog } from "../../sfu/sidecar/log.ts";
import { SidecarProcess } from "../../sfu/spawn/sidecar_process.ts";
import { resolveWorker } from "../../sfu/worker/install.ts";

/** Known to all that a test starts. */
export const SIDECAR_SECRET = "what all sidecars of the test know";

/** A real sidecar that a test starts, and may kill. */
export class TestSidecar implements AsyncDisposable {
  readonly #process: SidecarProcess;
  readonly #lines: readonly string[];

  private constructor(process: SidecarProcess, lines: readonly string[]) {
    this.#process = process;
    this.#lines = lines;
  }

  static async start(env: Record<string, string> = {}): Promise<TestSidecar> {
    const node = await resolveNode();
    const worker = await resolveWorker(node);
    const lines: string[] = [];
    const process = await SidecarProcess.start({
      nodeBin: node.bin,
      env: {
        PATH: Deno.env.get("PATH") ?? "",
        MEDIASOUP_WORKER_BIN: worker.bin,
        SFU_LISTEN: "tcp://127.0.0.1:0",
        SFU_SECRET: SIDECAR_SECRET,
        SFU_WORKERS: "1",
        ...env,
      },
      log: createLog("info", (line) => lines.push(line)),
      signal: new AbortController().signal,
    });
    return new TestSidecar(process, lines);
  }

  /** For `SFU_URLS`. */
  get url(): string {
    return this.#process.address;
  }

  /** Whether it was asked to make a router for the room. */
  hasHad(room: string): boolean {
    return this.#lines.some((line) =>
      line.includes("router created") && line.includes(room)
    );
  }

  /** Calls of owners of the past that were refused, by its log. */
  get fenced(): number {
    return this.#lines.filter((line) => line.includes("call refused: fenced"))
      .length;
  }

  /** Whether no router is left, by its log. */
  hasClosedAll(): boolean {
    const count = (words: string) =>
      this.#lines.filter((line) => line.includes(words)).length;
    return count("router created") ===
      count("router closed") + count("router lost");
  }

  kill(signal: Deno.Signal): void {
    Deno.kill(this.#process.pid, signal);
  }

  /** The worker with the room, by the log. */
  killWorkerOf(room: string): void {
    const line = this.#lines.findLast((line) =>
      line.includes("router created") && line.includes(room)
    );
    const pid = /"pid":(\d+)/.exec(line ?? "")?.[1];
    if (pid === undefined) throw new Error(`no worker has ${room}: ${line}`);
    Deno.kill(Number(pid), "SIGKILL");
  }

  /** Its workers as well: to the others it is as if its machine was gone. */
  async killAll(signal: Deno.Signal): Promise<void> {
    const { pid } = this.#process;
    const path = `/proc/${pid}/task/${pid}/children`;
    const children = (await Deno.readTextFile(path)).trim().split(/\s+/);
    for (const child of [...children.map(Number), pid]) {
      Deno.kill(child, signal);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop();
  }
}
