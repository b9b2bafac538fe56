import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { filesBelow } from "../../../files.ts";
import { SetupError } from "../../../setup/setup.ts";
import { resolveNode } from "../../../sfu/node.ts";
import {
  resolveWorker,
  type WorkerOptions,
} from "../../../sfu/worker/install.ts";
import { BINARY } from "../../../sfu/worker/platform.ts";
import { TempFolder } from "../../support/files.ts";
import { serve, workerArchive } from "./mirror.ts";

const node = await resolveNode();
const real = (await resolveWorker(node)).bin;

/** Resolves with nothing but these variables, and building only if told so. */
function resolve(env: Record<string, string>, options: WorkerOptions = {}) {
  return resolveWorker(node, {
    build: () => Promise.reject(new SetupError("nothing is to be built here")),
    ...options,
    env: new Map(Object.entries(env)),
  });
}

/** Stands for a build: leaves a copy of `bin` where the build would. */
function building(bin: string): NonNullable<WorkerOptions["build"]> {
  return async (_mediasoup, folder) => {
    const made = join(folder, BINARY);
    await Deno.copyFile(bin, made);
    return made;
  };
}

const SKIP_DOWNLOAD = { MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD: "true" };

describe("resolveWorker", () => {
  it("takes MEDIASOUP_WORKER_BIN before anything else", async () => {
    await using temp = await TempFolder.make();
    const env = { XDG_CACHE_HOME: temp.path, MEDIASOUP_WORKER_BIN: real };
    deepStrictEqual(await resolve(env), {
      bin: real,
      source: "MEDIASOUP_WORKER_BIN",
    });
  });

  it("says why it refuses MEDIASOUP_WORKER_BIN, and takes no other", async () => {
    await using temp = await TempFolder.make();
    const bin = await temp.script("broken", "echo broken pipes >&2", "exit 7");
    const env = { XDG_CACHE_HOME: temp.path, MEDIASOUP_WORKER_BIN: bin };
    await rejects(resolve(env), {
      name: "SetupError",
      message:
        /^MEDIASOUP_WORKER_BIN is ".*broken", which does not work as the worker of mediasoup 3\.\d+\.\d+: .*exit code 7.*broken pipes$/,
    });
  });

  it("downloads the prebuilt one once, and then has it cached", async () => {
    await using temp = await TempFolder.make();
    const archive = await workerArchive(await Deno.readFile(real));
    let requests = 0;
    await using mirror = serve(() => {
      requests++;
      return new Response(archive);
    });
    const env = {
      XDG_CACHE_HOME: temp.path,
      MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: mirror.url,
    };
    const [first, beside] = await Promise.all([resolve(env), resolve(env)]);
    deepStrictEqual(
      [first.source, beside.source].toSorted(),
      ["cache", "download"],
    );
    strictEqual(first.bin, beside.bin);
    deepStrictEqual(await resolve(env), { bin: first.bin, source: "cache" });
    strictEqual(requests, 1);
  });

  it("builds when there is no prebuilt one", async () => {
    await using temp = await TempFolder.make();
    await using mirror = serve(() => new Response("", { status: 404 }));
    const env = {
      XDG_CACHE_HOME: temp.path,
      MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: mirror.url,
    };
    const { bin, source } = await resolve(env, { build: building(real) });
    strictEqual(source, "build");
    deepStrictEqual(await resolve(env), { bin, source: "cache" });
  });

  it("builds when the prebuilt one does not work here", async () => {
    await using temp = await TempFolder.make();
    const archive = await workerArchive("#!/bin/sh\nexit 127\n");
    await using mirror = serve(() => new Response(archive));
    const env = {
      XDG_CACHE_HOME: temp.path,
      MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: mirror.url,
    };
    const { source } = await resolve(env, { build: building(real) });
    strictEqual(source, "build");
  });

  it("caches nothing that does not work", async () => {
    await using temp = await TempFolder.make();
    const broken = await temp.script("broken", "exit 1");
    const cache = await temp.folder("cache");
    const env = { XDG_CACHE_HOME: cache, ...SKIP_DOWNLOAD };
    await rejects(resolve(env, { build: building(broken) }), {
      name: "SetupError",
      message: /^The worker does not work here: .*exit code 1/,
    });
    const files = await filesBelow(cache);
    deepStrictEqual(files.filter((file) => !file.endsWith(".lock")), []);
  });

  it("replaces a cached one that works no longer", async () => {
    await using temp = await TempFolder.make();
    const env = { XDG_CACHE_HOME: temp.path, ...SKIP_DOWNLOAD };
    const { bin } = await resolve(env, { build: building(real) });
    await Deno.truncate(bin, 1_000);
    const again = await resolve(env, { build: building(real) });
    deepStrictEqual(again, { bin, source: "build" });
  });
});
