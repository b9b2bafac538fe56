import type { Browser } from "playwright-core";
import { Program } from "../../main/program.ts";
import { requireTool } from "../../support/tools.ts";
import { launchBrowser } from "./browser.ts";
import { Client } from "./client.ts";
import { BLANK } from "./world.ts";

const chromium = requireTool("chromium");

/** One service after the other at the same address, and the pages that stay. */
export class Succession implements AsyncDisposable {
  readonly first: Program;
  readonly #open: AsyncDisposableStack;
  readonly #env: Record<string, string>;
  readonly #origin: string;
  readonly #browser: Browser;

  private constructor(
    open: AsyncDisposableStack,
    env: Record<string, string>,
    first: Program,
    origin: string,
    browser: Browser,
  ) {
    this.#open = open;
    this.#env = env;
    this.first = first;
    this.#origin = origin;
    this.#browser = browser;
  }

  static async begin(env: Record<string, string>): Promise<Succession> {
    await using open = new AsyncDisposableStack();
    const first = open.use(new Program(env));
    const origin = await first.origin();
    const browser = await launchBrowser(chromium.bin);
    open.defer(() => browser.close());
    return new Succession(open.move(), env, first, origin, browser);
  }

  /** Resolves when it can make calls. */
  async next(): Promise<Program> {
    const { port } = new URL(this.#origin);
    const program = this.#open.use(new Program({ ...this.#env, PORT: port }));
    await program.origin();
    return program;
  }

  async join(room: string, identity: string): Promise<Client> {
    const context = await this.#browser.newContext({
      permissions: ["camera", "microphone"],
      baseURL: this.#origin,
    });
    const page = await context.newPage();
    await page.goto(BLANK);
    const url = `${this.#origin}/rooms/${room}`;
    const response = await fetch(`${url}/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ identity }),
    });
    const { token } = await response.json();
    return await Client.join(page, { url, token, options: {} });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}
