/**
 * A sidecar that a former service has left behind: it runs on, and is found by
 * what stands in the folder of the service.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { z } from "zod";
import { removeIfThere } from "../files.ts";

const Note = z.object({
  pid: z.int().positive(),
  address: z.string(),
  secret: z.string(),
  /** Of the settings with which it was started. */
  settings: z.string(),
});
export type Note = z.output<typeof Note>;

const FILE = "sidecar.json";
const LOOK_MS = 250;
const STOP_DEADLINE_MS = 3_000;

export const fingerprint = (env: Record<string, string>): string =>
  createHash("sha256").update(JSON.stringify(Object.entries(env).sort()))
    .digest("hex");

/** For this user alone, since it tells the secret. */
export async function noteSidecar(folder: string, note: Note): Promise<void> {
  await Deno.writeTextFile(join(folder, FILE), JSON.stringify(note), {
    mode: 0o600,
  });
}

export const forgetSidecar = (folder: string): Promise<void> =>
  removeIfThere(join(folder, FILE));

/** None when it does not answer any more. */
export async function findSidecar(folder: string): Promise<Note | undefined> {
  const note = await read(join(folder, FILE));
  if (note === undefined || !isAlive(note.pid)) return undefined;
  return await answers(note.address) ? note : undefined;
}

/** As `SidecarProcess`, for one that is not a child of ours. */
export class Adopted {
  readonly address: string;
  readonly pid: number;
  readonly exited: Promise<string>;
  readonly #looking: ReturnType<typeof setInterval>;

  constructor({ address, pid }: Pick<Note, "address" | "pid">) {
    this.address = address;
    this.pid = pid;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#looking = setInterval(() => {
      if (!isAlive(pid)) resolve("an end that nobody saw");
    }, LOOK_MS);
    this.exited = promise.finally(() => this.leave());
  }

  /** Politely, and after a while by force. */
  async stop(): Promise<void> {
    this.terminate();
    const force = setTimeout(
      () => signal(this.pid, "SIGKILL"),
      STOP_DEADLINE_MS,
    );
    await this.exited;
    clearTimeout(force);
  }

  terminate(): void {
    signal(this.pid, "SIGTERM");
  }

  /** Lets it run on. */
  leave(): void {
    clearInterval(this.#looking);
  }
}

async function read(path: string): Promise<Note | undefined> {
  try {
    return Note.safeParse(JSON.parse(await Deno.readTextFile(path))).data;
  } catch {
    return undefined;
  }
}

/** Something listens there; whether it is ours, its secret will tell. */
async function answers(address: string): Promise<boolean> {
  try {
    const path = new URL(address).pathname;
    using _ = await Deno.connect({ transport: "unix", path: decodeURI(path) });
    return true;
  } catch {
    return false;
  }
}

const isAlive = (pid: number): boolean => signal(pid, 0);

/** False: there is no such process. */
function signal(pid: number, signal: "SIGTERM" | "SIGKILL" | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
