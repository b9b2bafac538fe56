import {
  deepStrictEqual,
  rejects,
  strictEqual,
  throws,
} from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "@std/testing/bdd";
import { exists, filesBelow } from "../../files.ts";
import { besides, cacheFolder, withLock } from "../../setup/cache.ts";
import { silent } from "../../setup/progress.ts";
import { SetupError } from "../../setup/setup.ts";
import { TempFolder } from "../support/files.ts";

describe("cacheFolder", () => {
  it("is XDG_CACHE_HOME's, when that is set", () => {
    const env = new Map([["XDG_CACHE_HOME", "/x"], ["HOME", "/home/a"]]);
    strictEqual(cacheFolder(env, "linux"), "/x/holdfast");
  });

  it("follows the custom of each platform", () => {
    const env = new Map([["HOME", "/home/a"], ["LOCALAPPDATA", "/local"]]);
    strictEqual(cacheFolder(env, "linux"), "/home/a/.cache/holdfast");
    strictEqual(cacheFolder(env, "darwin"), "/home/a/Library/Caches/holdfast");
    strictEqual(cacheFolder(env, "windows"), "/local/holdfast");
  });

  it("names the variables when none of them is set", () => {
    throws(() => cacheFolder(new Map(), "linux"), {
      name: "SetupError",
      message: /XDG_CACHE_HOME nor HOME/,
    });
  });
});

describe("withLock", () => {
  it("lets one maker in at a time", async () => {
    await using temp = await TempFolder.make();
    const path = join(temp.path, "thing");
    const log: string[] = [];
    const first = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const one = withLock(path, silent, async () => {
      log.push("one enters");
      entered.resolve();
      await first.promise;
      log.push("one leaves");
    });
    await entered.promise;
    const waited = Promise.withResolvers<void>();
    const progress = { step: () => waited.resolve(), advance() {} };
    const two = withLock(path, progress, () => {
      log.push("two enters");
      return Promise.resolve();
    });
    await waited.promise;
    first.resolve();
    await Promise.all([one, two]);
    deepStrictEqual(log, ["one enters", "one leaves", "two enters"]);
  });

  it("is free again after a maker that failed", async () => {
    await using temp = await TempFolder.make();
    const path = join(temp.path, "thing");
    const failing = () => Promise.reject(new SetupError("no"));
    await rejects(withLock(path, silent, failing), SetupError);
    strictEqual(await withLock(path, silent, () => Promise.resolve(1)), 1);
  });
});

describe("besides", () => {
  it("leaves nothing behind when making fails", async () => {
    await using temp = await TempFolder.make();
    const path = join(temp.path, "thing");
    const making = besides(path, async (folder) => {
      await Deno.writeTextFile(join(folder, "half"), "");
      throw new SetupError("no");
    });
    await rejects(making, SetupError);
    deepStrictEqual(await filesBelow(temp.path), []);
  });

  it("keeps what was renamed into its place", async () => {
    await using temp = await TempFolder.make();
    const path = join(temp.path, "thing");
    await besides(path, async (folder) => {
      await Deno.writeTextFile(join(folder, "whole"), "");
      await Deno.rename(folder, path);
    });
    strictEqual(await exists(join(path, "whole")), true);
  });
});
