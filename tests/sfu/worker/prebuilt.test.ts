import { match, rejects, strictEqual } from "node:assert/strict";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { silent } from "../../../setup/progress.ts";
import {
  downloadWorker,
  prebuiltName,
  prebuiltUrl,
} from "../../../sfu/worker/prebuilt.ts";
import { TempFolder } from "../../support/files.ts";
import { serve, workerArchive } from "./mirror.ts";

const mediasoup = {
  folder: "",
  version: "3.27.1",
  repository: "https://example.test/mediasoup",
};

describe("the address of the prebuilt worker", () => {
  it("is built as mediasoup's install script builds it", () => {
    match(
      prebuiltName("3.27.1"),
      new RegExp(`^mediasoup-worker-3\\.27\\.1-${platform()}-${arch()}`),
    );
    strictEqual(
      prebuiltUrl(mediasoup, new Map()),
      `https://example.test/mediasoup/releases/download/3.27.1/${
        prebuiltName("3.27.1")
      }`,
    );
  });

  it("can be one of a mirror", () => {
    const env = new Map([
      ["MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL", "http://mirror"],
    ]);
    match(prebuiltUrl(mediasoup, env), /^http:\/\/mirror\/3\.27\.1\/mediaso/);
  });
});

describe("downloadWorker", () => {
  it("writes the binary, executable, and tells how far it is", async () => {
    await using temp = await TempFolder.make();
    const archive = await workerArchive("the worker");
    await using mirror = serve(() => new Response(archive));
    const target = join(temp.path, "worker");
    const told: number[] = [];
    await downloadWorker(mirror.url, target, {
      step() {},
      advance: (fraction) => told.push(fraction),
    });
    strictEqual(await Deno.readTextFile(target), "the worker");
    strictEqual(((await Deno.stat(target)).mode ?? 0) & 0o111, 0o111);
    strictEqual(told.at(-1), 1);
  });

  it("fails when there is none for this platform", async () => {
    await using mirror = serve(() => new Response("", { status: 404 }));
    await rejects(downloadWorker(mirror.url, "/nowhere", silent), {
      name: "SetupError",
      message: /the answer is 404/,
    });
  });

  it("fails on a body that is no archive", async () => {
    await using mirror = serve(() => new Response("<html>"));
    await rejects(
      downloadWorker(mirror.url, "/nowhere", silent),
      { name: "SetupError" },
    );
  });

  it("gives up on a host that does not answer in time", async () => {
    const { promise: late, resolve } = Promise.withResolvers<Response>();
    await using mirror = serve(() => late);
    const deadlines = { answerMs: 20, bodyMs: 60_000 };
    await rejects(
      downloadWorker(mirror.url, "/nowhere", silent, deadlines),
      /it took too long/,
    );
    resolve(new Response(""));
  });

  it("gives up on a body that stops", async () => {
    await using mirror = serve(() => new Response(new ReadableStream()));
    const deadlines = { answerMs: 60_000, bodyMs: 20 };
    await rejects(
      downloadWorker(mirror.url, "/nowhere", silent, deadlines),
      /it took too long/,
    );
  });
});
