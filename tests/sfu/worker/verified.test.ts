import { match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { resolveNode } from "../../../sfu/node.ts";
import { resolveWorker } from "../../../sfu/worker/install.ts";
import { type Verdict, verifyWorker } from "../../../sfu/worker/verified.ts";
import { TempFolder } from "../../support/files.ts";

const node = (await resolveNode()).bin;
const worker = (await resolveWorker({ bin: node })).bin;

/** How a worker exits that is run bare; then it is run as mediasoup does. */
const PASSES_AS_WORKER = 'if [ -z "$MEDIASOUP_VERSION" ]; then exit 41; fi';

function verify(bin: string, marks: string, by = node): Promise<Verdict> {
  return verifyWorker({ node: by, bin, mediasoupVersion: "3.27.1", marks });
}

function reasonOf(verdict: Verdict): string {
  return verdict.ok ? "it is good" : verdict.reason;
}

describe("verifyWorker", () => {
  it("takes the real worker, by a DTLS handshake", async () => {
    await using temp = await TempFolder.make();
    strictEqual(reasonOf(await verify(worker, temp.path)), "it is good");
  });

  it("remembers a good binary, whatever its path", async () => {
    await using temp = await TempFolder.make();
    const marks = join(temp.path, "marks");
    await verify(worker, marks);
    const copy = join(temp.path, "copy");
    await Deno.copyFile(worker, copy);
    const verdict = await verify(copy, marks, "/nowhere/node");
    strictEqual(reasonOf(verdict), "it is good");
  });

  it("asks again when the bytes differ", async () => {
    await using temp = await TempFolder.make();
    await verify(worker, temp.path);
    const other = await temp.script("other", "exit 3");
    match(reasonOf(await verify(other, temp.path)), /exit code 3, not 41/);
  });

  it("refuses what is not there", async () => {
    await using temp = await TempFolder.make();
    match(reasonOf(await verify("/nowhere/worker", temp.path)), /nowhere/);
  });

  it("passes on what a binary says that cannot start", async () => {
    await using temp = await TempFolder.make();
    const bin = await temp.script(
      "worker",
      "echo 'libsrtp2.so.1: cannot open shared object file' >&2",
      "exit 127",
    );
    match(
      reasonOf(await verify(bin, temp.path)),
      /exit code 127.*libsrtp2\.so\.1: cannot open/,
    );
  });

  it("refuses one that starts, and then dies", async () => {
    await using temp = await TempFolder.make();
    const bin = await temp.script("worker", PASSES_AS_WORKER, "exit 1");
    match(reasonOf(await verify(bin, temp.path)), /code:1/);
  });
});
