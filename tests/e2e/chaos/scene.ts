import { afterAll, beforeAll } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { redisSuite } from "../../rooms/hosts/redis/server.ts";
import { requireTool } from "../../support/tools.ts";
import { launchBrowser } from "../support/browser.ts";
import { Call } from "./call.ts";
import { Cluster, type Place } from "./cluster.ts";

const chromium = requireTool("chromium");

export const chaosSuite = { ignore: chromium.ignore || redisSuite.ignore };

export type Scene = { readonly cluster: Cluster; readonly call: Call };

/** A browser for the tests of a suite; each has a cluster and a call of its own. */
export class Theatre {
  #browser: Browser | undefined;

  constructor() {
    beforeAll(async () => {
      this.#browser = await launchBrowser(chromium.bin);
    });
    afterAll(async () => await this.#browser?.close());
  }

  test(
    act: (scene: Scene) => Promise<void>,
    place?: () => Place,
  ): () => Promise<void> {
    return async () => {
      assert.ok(this.#browser, "there is no browser");
      await using cluster = await Cluster.start(place?.());
      await using call = await Call.begin(cluster, this.#browser);
      try {
        await act({ cluster, call });
        await call.end();
      } catch (error) {
        console.error(cluster.logs);
        throw error;
      }
    };
  }
}
