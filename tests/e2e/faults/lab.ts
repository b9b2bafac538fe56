import { afterAll, beforeAll } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { Service } from "../../support/service.ts";
import { requireTool } from "../../support/tools.ts";
import type { BrowserOptions } from "../support/browser.ts";
import type { JoinArguments } from "../support/in_page.ts";
import { Network } from "../support/netns.ts";
import { launchBrowserOn } from "../support/netns_browser.ts";
import type { Host } from "../support/netns_host.ts";
import { requireNamespaces } from "../support/netns_namespace.ts";
import { browserSuite, Stage } from "../support/world.ts";
import { openScene, type Scene } from "./scene.ts";

const chromium = requireTool("chromium");

export const faultSuite = {
  ...browserSuite,
  ignore: browserSuite.ignore || requireNamespaces().ignore,
};

type Parts = {
  readonly network: Network;
  readonly service: Service;
  /** The browser of those to whom nothing happens. */
  readonly watchers: Browser;
};

/** A machine to which something is to happen, and those who watch. */
export type Spot = {
  readonly host: Host;
  readonly browser: Browser;
  /** Pages on the machine. */
  readonly inside: Stage;
  /** Pages of the others. */
  readonly outside: Stage;
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
      const host = this.#open.use(await network.addHost());
      const { origin } = service;
      const watchers = await launchBrowserOn(host, chromium.bin, origin);
      this.#open.defer(() => watchers.close());
      this.#parts = { network, service, watchers };
    });
    afterAll(() => this.#open.disposeAsync());
  }

  /** A test in which something happens to Ann's machine, and Bob watches. */
  test(
    act: (scene: Scene) => Promise<void>,
    join: JoinArguments["options"] = {},
  ): () => Promise<void> {
    return this.testOn(async (spot) => act(await openScene(spot, join)));
  }

  /**
   * A test with a machine that is new. When it fails, all that is known is
   * printed.
   */
  testOn(
    act: (spot: Spot) => Promise<void>,
    options: BrowserOptions = {},
  ): () => Promise<void> {
    return async () => {
      assert.ok(this.#parts, "the service did not start");
      const { network, service, watchers } = this.#parts;
      await using host = await network.addHost();
      const { origin } = service;
      const browser = await launchBrowserOn(
        host,
        chromium.bin,
        origin,
        options,
      );
      const inside = new Stage({ service, browser });
      const outside = new Stage({ service, browser: watchers });
      try {
        await act({ host, browser, inside, outside });
      } catch (error) {
        console.error([...inside.logs, ...outside.logs].join("\n"));
        console.error(service.output);
        throw error;
      } finally {
        await host.thaw();
        await Promise.all([inside.close(), outside.close()]);
        await browser.close();
      }
    };
  }
}
