import { afterAll, beforeAll } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { Service } from "../../support/service.ts";
import { requireTool } from "../../support/tools.ts";
import { type BrowserOptions, launchBrowser } from "./browser.ts";
import { Client } from "./client.ts";
import type { JoinArguments } from "./in_page.ts";
import { Person } from "./person.ts";

const chromium = requireTool("chromium");

/** No page, but with the rights of one: scripts of the service may run there. */
export const BLANK = "/assets/room.css";

/** Options of the suites that drive a browser. */
export const browserSuite = { ignore: chromium.ignore };

type Parts = { service: Service; browser: Browser };

/** A real service and a real browser, shared by the tests of a suite. */
export class World {
  readonly #open = new AsyncDisposableStack();
  #parts: Parts | undefined;

  constructor(env: Record<string, string> = {}, options?: BrowserOptions) {
    beforeAll(async () => {
      const service = this.#open.use(await Service.start(env));
      const browser = await launchBrowser(chromium.bin, options);
      this.#open.defer(() => browser.close());
      this.#parts = { service, browser };
    });
    afterAll(() => this.#open.disposeAsync());
  }

  /**
   * A test with a stage of its own. When it fails, all that its pages have
   * logged is printed.
   */
  test(act: (stage: Stage) => Promise<void>): () => Promise<void> {
    return async () => {
      assert.ok(this.#parts, "the service did not start");
      const stage = new Stage(this.#parts);
      try {
        await act(stage);
      } catch (error) {
        console.error(stage.logs.join("\n"));
        console.error(this.#parts.service.output);
        throw error;
      } finally {
        await stage.close();
      }
    };
  }
}

/** The pages and the room of one test. */
export class Stage {
  readonly service: Service;
  /** A room that no other test uses. */
  readonly room: string = `test-${crypto.randomUUID().slice(0, 8)}`;
  readonly logs: string[] = [];
  readonly #browser: Browser;
  readonly #contexts: { close(): Promise<void> }[] = [];

  constructor({ service, browser }: Parts) {
    this.service = service;
    this.#browser = browser;
  }

  /** A page in a browser profile of its own, with camera and microphone allowed. */
  async page(
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const context = await this.#browser.newContext({
      permissions: ["camera", "microphone"],
      baseURL: this.service.origin,
      ...options,
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on("console", (line) => this.logs.push(`${name}: ${line.text()}`));
    page.on("pageerror", (error) => this.logs.push(`${name}: ${error}`));
    return page;
  }

  /**
   * A page of the service's origin with nothing of ours running in it. One that
   * the test makes up would not do: Chromium keeps those off the local network.
   */
  async blankPage(name: string): Promise<Page> {
    const page = await this.page(name);
    await page.goto(BLANK);
    return page;
  }

  /** Joins through the SDK, in a page of its own unless told another. */
  async join(
    identity: string,
    { page, room = this.room, ...options }:
      & JoinArguments["options"]
      & { page?: Page; room?: string } = {},
  ): Promise<Client> {
    return await Client.join(page ?? await this.blankPage(identity), {
      url: `${this.service.origin}/rooms/${room}`,
      token: await this.service.token(room, identity),
      options,
    });
  }

  /** Several at once, each in a page of its own, in the order of their names. */
  async joinAll<Names extends string[]>(
    ...names: Names
  ): Promise<{ [N in keyof Names]: Client }> {
    const clients = await Promise.all(names.map((name) => this.join(name)));
    return clients as { [N in keyof Names]: Client };
  }

  /** Somebody with the demo page. */
  async person(
    name: string,
    options?: BrowserContextOptions,
  ): Promise<Person> {
    return new Person(await this.page(name, options), name);
  }

  /** Several, in the room of the test. */
  async meet<Names extends string[]>(
    ...names: Names
  ): Promise<{ [N in keyof Names]: Person }> {
    const people = await Promise.all(names.map((name) => this.person(name)));
    await Promise.all(people.map((person) => person.join(this.room)));
    return people as { [N in keyof Names]: Person };
  }

  /** As if the person had said no when the browser asked, which it must do. */
  async refuseDevices(page: Page): Promise<void> {
    const session = await page.context().newCDPSession(page);
    const { targetInfo } = await session.send("Target.getTargetInfo");
    const browser = await this.#browser.newBrowserCDPSession();
    for (const name of ["camera", "microphone"]) {
      await browser.send("Browser.setPermission", {
        permission: { name },
        setting: "denied",
        origin: this.service.origin,
        ...targetInfo.browserContextId === undefined
          ? {}
          : { browserContextId: targetInfo.browserContextId },
      });
    }
    await browser.detach();
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }
}
