import { afterAll, beforeAll } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { Service } from "../../support/service.ts";
import { requireTool } from "../../support/tools.ts";
import type { BrowserOptions } from "../support/browser.ts";
import type { JoinArguments } from "../support/in_page.ts";
import { Network } from "../support/netns.ts";
import { launchBrowserOn } from "../support/netns_browser.ts";
import { requireNamespaces } from "../support/netns_namespace.ts";
import { browserSuite } from "../support/world.ts";
import { Scene } from "./scene.ts";

const chromium = requireTool("chromium");

export const faultSuite = {
  ...browserSuite,
  ignore: browserSuite.ignore || requireNamespaces().ignore,
};

type Parts = {
  readonly network: Network;
  readonly service: Service;
  /** Of those to whom nothing happens. */
  readonly watchers: Browser;
};

type TestOptions = {
  readonly browser?: BrowserOptions;
  /** How Ann joins. */
  readonly join?: JoinArguments["options"];
};

/** A real service and real browsers, each on a machine of its own. */
export class Lab {
  readonly #open = new AsyncDisposableStack();
  #parts: Parts | undefined;

  constructor(env: Record<string, string> = {}) {
    beforeAll(async () => {
      const network = this.#open.use(await Network.open());
      const { address, server } = network;
      const place = { HOST: address, SFU_ANNOUNCED_ADDRESS: address };
      const service = this.#open.use(
        await Service.start({ ...place, ...env }, server.entrance),
      );
      const watchers = await launchBrowserOn(
        this.#open.use(await network.addHost()),
        chromium.bin,
        service.origin,
      );
      this.#open.defer(() => watchers.close());
      this.#parts = { network, service, watchers };
    });
    afterAll(() => this.#open.disposeAsync());
  }

  /**
   * A test in which something happens to Ann's machine, that is new, and Bob
   * watches. When it fails, all that is known is printed.
   */
  test(
    act: (scene: Scene) => Promise<void>,
    { browser: options = {}, join = {} }: TestOptions = {},
  ): () => Promise<void> {
    return async () => {
      assert.ok(this.#parts, "the service did not start");
      const { network, service, watchers } = this.#parts;
      await using host = await network.addHost();
      const browser = await launchBrowserOn(
        host,
        chromium.bin,
        service.origin,
        options,
      );
      try {
        const parts = { service, host, browser, watchers, join };
        await this.#play(await Scene.open(parts), act);
      } finally {
        await host.thaw();
        await browser.close();
      }
    };
  }

  async #play(
    scene: Scene,
    act: (scene: Scene) => Promise<void>,
  ): Promise<void> {
    try {
      await act(scene);
    } catch (error) {
      console.error(scene.logs.join("\n"));
      console.error(this.#parts?.service.output);
      throw error;
    } finally {
      await scene.host.thaw();
      await scene.close();
    }
  }
}
