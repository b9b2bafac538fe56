/**
 * Remembers which worker binaries have proved themselves on which system, so
 * that the proof costs nothing the next time.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../../files.ts";
import { run } from "../../setup/command.ts";

const PROGRAM = join(import.meta.dirname ?? ".", "verify.ts");
const OS_RELEASE = "/etc/os-release";

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: string };

export type Proof = {
  /** Node's binary. */
  readonly node: string;
  /** The worker binary. */
  readonly bin: string;
  readonly mediasoupVersion: string;
  /** The folder of the marks. */
  readonly marks: string;
};

/**
 * Whether the worker is good: a real DTLS handshake, or the mark of an earlier
 * one with the same bytes on the same system.
 */
export async function verifyWorker(proof: Proof): Promise<Verdict> {
  const key = await fingerprint(proof).catch((error: Error) => error);
  if (key instanceof Error) return { ok: false, reason: key.message };
  const mark = join(proof.marks, key);
  if (await exists(mark)) return { ok: true };
  const { success, stderr } = await run(proof.node, [PROGRAM, proof.bin]);
  if (!success) return { ok: false, reason: stderr.trim() || "it ended early" };
  await Deno.mkdir(proof.marks, { recursive: true });
  await Deno.writeTextFile(mark, `${proof.bin}\n`);
  return { ok: true };
}

/** The system counts, since the worker runs on the system's libraries. */
async function fingerprint(proof: Proof): Promise<string> {
  const hash = createHash("sha256");
  hash.update(await readFile(proof.bin));
  hash.update(proof.mediasoupVersion);
  hash.update(Deno.osRelease());
  hash.update(await readFile(OS_RELEASE).catch(() => ""));
  return hash.digest("hex");
}
