/**
 * One run of the sidecar's program.
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import type { Log } from "../sidecar/log.ts";
import { eachLine } from "./each_line.ts";

export type SidecarProcessOptions = {
  readonly nodeBin: string;
  /** All that it gets: it inherits nothing. */
  readonly env: Record<string, string>;
  readonly log: Log;
  /** Gives up on the start. */
  readonly signal: AbortSignal;
};

const MAIN = join(import.meta.dirname ?? ".", "../sidecar/main.ts");
const START_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 3_000;
const MAX_LINE = 16_384;
/** Lines of the log that explain a start that failed. */
const LAST_LINES = 5;

const Ready = z.object({ listening: z.array(z.string()).nonempty() });
const Logged = z.looseObject({
  time: z.string(),
  level: z.enum(["debug", "info", "warn", "error"]),
  message: z.string(),
});

export class SidecarProcess {
  /** Where it listens. */
  readonly address: string;
  /** Resolves with how it ended, in words. */
  readonly exited: Promise<string>;
  readonly #child: Deno.ChildProcess;

  private constructor(
    child: Deno.ChildProcess,
    exited: Promise<string>,
    address: string,
  ) {
    this.#child = child;
    this.exited = exited;
    this.address = address;
  }

  /**
   * Resolves when it listens.
   *
   * @throws {Error} with the last of its log, when it ends or takes too long.
   */
  static async start(options: SidecarProcessOptions): Promise<SidecarProcess> {
    const { log, signal } = options;
    const child = spawn(options);
    const last: string[] = [];
    const logged = eachLine(child.stderr, MAX_LINE, (line) => {
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      passOn(line, log);
    });
    const ready = Promise.withResolvers<string>();
    const said = eachLine(child.stdout, MAX_LINE, (line) => {
      const address = addressIn(line);
      if (address !== undefined) ready.resolve(address);
    });
    const exited = Promise.all([child.status, logged, said])
      .then(([{ code, signal }]) => signal ?? `exit code ${code}`);
    const failed = exited.then((how) => {
      throw new Error(`it ended with ${how}\n${last.join("\n")}`);
    });
    const deadline = AbortSignal.timeout(START_DEADLINE_MS);
    try {
      const address = await Promise.race([
        ready.promise,
        failed,
        aborted(AbortSignal.any([signal, deadline])),
      ]);
      return new SidecarProcess(child, exited, address);
    } catch (error) {
      kill(child, "SIGKILL");
      await exited;
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Politely, and after a while by force. */
  async stop(): Promise<void> {
    this.terminate();
    const force = setTimeout(
      () => kill(this.#child, "SIGKILL"),
      STOP_DEADLINE_MS,
    );
    await this.exited;
    clearTimeout(force);
  }

  /** When there is no time to wait. */
  terminate(): void {
    kill(this.#child, "SIGTERM");
  }
}

function spawn({ nodeBin, env }: SidecarProcessOptions): Deno.ChildProcess {
  return new Deno.Command(nodeBin, {
    // Node 22 warns that it strips types.
    args: ["--disable-warning=ExperimentalWarning", MAIN],
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // Ctrl-C in a terminal is for us alone: we stop it in good order.
    detached: true,
  }).spawn();
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // Deno says so of a process that has ended.
    if (!(error instanceof TypeError)) throw error;
  }
}

function addressIn(line: string): string | undefined {
  return Ready.safeParse(json(line)).data?.listening[0];
}

function passOn(line: string, log: Log): void {
  const logged = Logged.safeParse(json(line)).data;
  if (!logged) return log.warn("sidecar said", { line });
  const { time: _, level, message, ...fields } = logged;
  log[level](message, fields);
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    });
  });
}
