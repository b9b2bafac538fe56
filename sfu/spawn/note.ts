/**
 * What stands in the folder of the service of the sidecar that it has started:
 * by that the next one finds it, if it runs on.
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import { removeIfThere } from "../../files.ts";
import { isAlive } from "./adopted.ts";

const Note = z.object({
  pid: z.int().positive(),
  address: z.string(),
  secret: z.string(),
  /** Of the settings with which it was started. */
  settings: z.string(),
});
export type Note = z.output<typeof Note>;

const FILE = "sidecar.json";

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
