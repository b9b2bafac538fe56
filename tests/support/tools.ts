/**
 * Tools of the system that some tests need. With `CI=true` a missing one fails
 * the run; elsewhere its tests are ignored, and it is said what to install.
 *
 * @module
 */
import { join } from "node:path";

type Tool = {
  /** Names under which it may be on PATH. */
  readonly commands: readonly string[];
  /** A variable that names its binary. */
  readonly variable?: string;
  /** Debian's package of it. */
  readonly debian: string;
};

const TOOLS = {
  chromium: {
    commands: ["chromium", "chromium-browser", "google-chrome"],
    variable: "CHROMIUM_BIN",
    debian: "chromium",
  },
  nginx: { commands: ["nginx"], debian: "nginx-light" },
  turnserver: { commands: ["turnserver"], debian: "coturn" },
  "redis-server": { commands: ["redis-server"], debian: "redis-server" },
  prometheus: { commands: ["prometheus"], debian: "prometheus" },
  promtool: { commands: ["promtool"], debian: "prometheus" },
  ip: { commands: ["ip"], debian: "iproute2" },
  iptables: { commands: ["iptables"], debian: "iptables" },
} satisfies Record<string, Tool>;

/** Not on the PATH of every user. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin"];

export type ToolName = keyof typeof TOOLS;

/** `ignore` goes into the options of a suite; `bin` is empty when it is set. */
export type FoundTool = { readonly bin: string; readonly ignore: boolean };

type Env = { get(name: string): string | undefined };

/**
 * Looks for a tool when a test file is loaded.
 *
 * @throws {Error} with `CI=true` when it is missing.
 */
export function requireTool(name: ToolName, env: Env = Deno.env): FoundTool {
  const tool: Tool = TOOLS[name];
  const bin = find(tool, env);
  if (bin) return { bin, ignore: false };
  const variable = tool.variable ? `, or set ${tool.variable}` : "";
  const message =
    `${name} is missing: apt-get install -y ${tool.debian}${variable}`;
  if (env.get("CI") === "true") throw new Error(message);
  console.warn(`Tests are ignored, since ${message}`);
  return { bin: "", ignore: true };
}

function find(tool: Tool, env: Env): string | undefined {
  const given = tool.variable && env.get(tool.variable);
  if (given) return given;
  const path = (env.get("PATH") ?? "").split(":").filter(Boolean);
  const folders = [...path, ...SYSTEM_FOLDERS];
  return tool.commands
    .flatMap((command) => folders.map((folder) => join(folder, command)))
    .find(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
