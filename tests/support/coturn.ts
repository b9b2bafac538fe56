import assert from "node:assert/strict";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { TempFolder } from "./files.ts";

const ROOT = new URL("../../", import.meta.url);
const ADDRESS = "127.0.0.1";
const TRIES = 5;

/**
 * A real TURN server on this machine, set up as `deploy/` has it. It relays to
 * a media server on this machine, and nowhere else.
 */
export class Coturn implements AsyncDisposable {
  static readonly secret = "a secret of the tests and of coturn";
  readonly url: string;
  readonly #process: Deno.ChildProcess;
  readonly #folder: TempFolder;
  readonly #read: Promise<void>;
  #log = "";

  private constructor(bin: string, port: number, folder: TempFolder) {
    this.url = `turn:${ADDRESS}:${port}?transport=udp`;
    this.#folder = folder;
    const own = [
      `--listening-port=${port}`,
      `--listening-ip=${ADDRESS}`,
      `--relay-ip=${ADDRESS}`,
      `--allowed-peer-ip=${ADDRESS}`,
      "--allow-loopback-peers",
      `--userdb=${join(folder.path, "turndb")}`,
      `--pidfile=${join(folder.path, "pid")}`,
      "--verbose",
    ];
    this.#process = new Deno.Command(bin, {
      args: ["-c", join(folder.path, "turnserver.conf"), ...own],
      cwd: folder.path,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#read = this.#follow();
  }

  static async start(bin: string): Promise<Coturn> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await TempFolder.make());
    const shipped = new URL("deploy/coturn/turnserver.conf", ROOT);
    await Deno.writeTextFile(
      join(folder.path, "turnserver.conf"),
      `${await Deno.readTextFile(
        shipped,
      )}\nstatic-auth-secret=${Coturn.secret}\n`,
      { mode: 0o600 },
    );
    // It cannot choose a free port by itself, and another program may be faster.
    for (let tries = 1;; tries++) {
      const coturn = new Coturn(bin, freePort(), folder);
      if (await coturn.#listens()) {
        stack.move();
        return coturn;
      }
      await coturn.#stop();
      assert.ok(tries < TRIES, `coturn did not start:\n${coturn.log}`);
    }
  }

  get log(): string {
    return this.#log;
  }

  /** Who was granted an allocation, the first one first. */
  get users(): string[] {
    const granted = /ALLOCATE processed, success/;
    return this.#log.split("\n").filter((line) => granted.test(line))
      .map((line) => /user <([^>]*)>/.exec(line)?.[1] ?? "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.#folder[Symbol.asyncDispose]();
  }

  async #listens(): Promise<boolean> {
    try {
      await eventually(() => assert.match(this.#log, /IPv4\. UDP listener/));
    } catch {
      return false;
    }
    return !/bind: Address already in use/i.test(this.#log);
  }

  async #stop(): Promise<void> {
    this.#process.kill("SIGKILL");
    await Promise.all([this.#process.status, this.#read]);
  }

  async #follow(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const part of this.#process.stdout) {
      this.#log += decoder.decode(part, { stream: true });
    }
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: ADDRESS, port: 0 });
  return listener.addr.port;
}
