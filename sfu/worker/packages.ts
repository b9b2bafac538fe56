/**
 * The system packages that building the worker needs.
 *
 * @module
 */
import { run, tail } from "../../setup/command.ts";
import type { Progress } from "../../setup/progress.ts";
import { type Env, SetupError } from "../../setup/setup.ts";
import { runWatched } from "./watched.ts";

export type Requirement = {
  readonly debian: string;
  /** A command that must run, or a library that pkg-config must know. */
  readonly needs:
    | { readonly command: string }
    | { readonly library: string; readonly version: string };
};

const REQUIREMENTS: readonly Requirement[] = [
  { debian: "g++", needs: { command: "c++" } },
  { debian: "ninja-build", needs: { command: "ninja" } },
  { debian: "pkg-config", needs: { command: "pkg-config" } },
  { debian: "python3", needs: { command: "python3" } },
  { debian: "meson", needs: { command: "meson" } },
  { debian: "flatbuffers-compiler", needs: { command: "flatc" } },
  { debian: "libssl-dev", needs: { library: "openssl", version: "3.0.0" } },
  { debian: "libuv1-dev", needs: { library: "libuv", version: "1.37.0" } },
  { debian: "libsrtp2-dev", needs: { library: "libsrtp2", version: "2.3.0" } },
  {
    debian: "libflatbuffers-dev",
    needs: { library: "flatbuffers", version: "2.0.8" },
  },
];

/** `dlstatus:` and `pmstatus:` lines carry a percentage as their third field. */
const APT_STATUS = /^(?:dl|pm)status:[^:]*:(\d+(?:\.\d+)?):/;

/**
 * Installs what is missing where that is allowed: on Debian and its kin, as
 * root.
 *
 * @throws {SetupError} elsewhere, with what to install by name.
 */
export async function ensurePackages(
  progress: Progress,
  env: Env = Deno.env,
): Promise<void> {
  const lacking = await missingPackages(env);
  if (lacking.length === 0) return;
  if (!await canInstall()) throw tellMissing(lacking);
  const names = lacking.map(({ debian }) => debian);
  progress.step("Reading the package lists (apt-get update)");
  await aptGet(["update"], progress);
  progress.step(`Installing ${names.join(" ")}`);
  await aptGet(
    ["install", "-y", "--no-install-recommends", ...names],
    progress,
  );
  const still = await missingPackages(env);
  if (still.length > 0) throw tellMissing(still);
}

export async function missingPackages(env: Env): Promise<Requirement[]> {
  const fits = await Promise.all(
    REQUIREMENTS.map(({ needs }) => isThere(needs, env)),
  );
  return REQUIREMENTS.filter((_, index) => !fits[index]);
}

async function isThere(needs: Requirement["needs"], env: Env) {
  const path = { PATH: env.get("PATH") ?? "" };
  const { success } = "command" in needs
    ? await run(needs.command, ["--version"], { env: path })
    : await run(
      "pkg-config",
      [`--atleast-version=${needs.version}`, needs.library],
      { env: path },
    );
  return success;
}

async function canInstall(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  return (await run("apt-get", ["--version"])).success;
}

/** Names what this system lacks, and what has it on Debian. */
export function tellMissing(lacking: Requirement[]): SetupError {
  const things = lacking.map(({ needs }) =>
    "command" in needs
      ? `  the command ${needs.command}`
      : `  the library ${needs.library} >= ${needs.version}, with its pkg-config file`
  );
  const names = lacking.map(({ debian }) => debian).join(" ");
  return new SetupError(
    `Cannot build the mediasoup worker; this system lacks:\n${
      things.join("\n")
    }\nOn Debian or Ubuntu: sudo apt-get install -y ${names}\nOr set MEDIASOUP_WORKER_BIN to a worker binary.`,
  );
}

async function aptGet(args: string[], progress: Progress): Promise<void> {
  const { success, output } = await runWatched(
    "apt-get",
    ["-q", "-o", "APT::Status-Fd=1", "-o", "DPkg::Lock::Timeout=120", ...args],
    {
      env: { DEBIAN_FRONTEND: "noninteractive" },
      onLine(line) {
        const percent = APT_STATUS.exec(line)?.[1];
        if (percent) progress.advance(Number(percent) / 100);
      },
    },
  );
  if (success) return;
  throw new SetupError(`apt-get ${args[0]} failed:\n${tail(output)}`);
}
