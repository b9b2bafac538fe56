import { requireTool } from "../../support/tools.ts";

const ip = requireTool("ip");
const iptables = requireTool("iptables");

/** A network namespace; what is in it goes with it. */
export class Namespace implements AsyncDisposable {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  static async add(name: string): Promise<Namespace> {
    await run(["netns", "add", name]);
    const namespace = new Namespace(name);
    await namespace.ip("link set lo up");
    return namespace;
  }

  /** Those that there are. */
  static async list(): Promise<Namespace[]> {
    const lines = await run(["netns", "list"]);
    return [...lines.matchAll(/^\S+/gm)].map(([name]) => new Namespace(name));
  }

  /** What a command begins with that is to run inside. */
  get entrance(): string[] {
    return [ip.bin, "netns", "exec", this.name];
  }

  /** Runs commands of `ip`, one a line, until one fails. */
  async ip(commands: string): Promise<void> {
    await run(["-n", this.name, "-batch", "-"], commands);
  }

  async iptables(...args: string[]): Promise<void> {
    await run(["netns", "exec", this.name, iptables.bin, "-w", ...args]);
  }

  /** Of a file that looks different from inside. */
  async read(path: string): Promise<string> {
    return await run(["netns", "exec", this.name, "cat", path]);
  }

  /** Of the processes that run inside. */
  async pids(): Promise<number[]> {
    const lines = await run(["netns", "pids", this.name]);
    return lines.split("\n").filter(Boolean).map(Number);
  }

  /** Sends a signal to all that run inside, or to those that are chosen. */
  async signal(
    signal: Deno.Signal,
    isChosen: (commandLine: string) => boolean = () => true,
  ): Promise<void> {
    for (const pid of await this.pids()) {
      try {
        if (isChosen(await commandLine(pid))) Deno.kill(pid, signal);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.signal("SIGKILL");
    await run(["netns", "delete", this.name]);
  }
}

/**
 * For the suites that need namespaces: with `CI=true` it is an error when they
 * cannot be had; elsewhere the suites are ignored, and it is said why.
 */
export function requireNamespaces(): { readonly ignore: boolean } {
  if (ip.ignore || iptables.ignore) return { ignore: true };
  const problem = Deno.uid() === 0 ? tryOne() : "only root can make them";
  if (problem === undefined) return { ignore: false };
  const message = `there are no network namespaces: ${problem}`;
  if (Deno.env.get("CI") === "true") throw new Error(message);
  console.warn(`Tests are ignored, since ${message}`);
  return { ignore: true };
}

/** Why there can be none, such as in a container that may not. */
function tryOne(): string | undefined {
  const name = `hf${crypto.randomUUID().slice(0, 8)}`;
  for (const verb of ["add", "delete"]) {
    const { success, stderr } = new Deno.Command(ip.bin, {
      args: ["netns", verb, name],
    }).outputSync();
    if (!success) return new TextDecoder().decode(stderr).trim();
  }
  return undefined;
}

/** Runs `ip` and gives back what it prints. */
export async function run(args: string[], input = ""): Promise<string> {
  const child = new Deno.Command(ip.bin, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`ip ${args.join(" ")}: ${decoder.decode(stderr)}${input}`);
}

const commandLine = async (pid: number): Promise<string> =>
  (await Deno.readTextFile(`/proc/${pid}/cmdline`)).replaceAll("\0", " ");
