/**
 * A call in Chromium whose service can be killed.
 *
 * @module
 */
import type { Browser } from "playwright-core";
import { Client } from "../../e2e/support/client.ts";
import { BLANK } from "../../e2e/support/world.ts";
import { eventually } from "../../support/eventually.ts";
import { VIDEO } from "./calls.ts";
import { DecodedFrames } from "./decoded.ts";
import { tokenFor } from "./rooms.ts";

const BACK_MS = 20_000;

export class FailingCall implements AsyncDisposable {
  readonly #pages: AsyncDisposableStack;
  readonly #clients: readonly Client[];
  readonly #frames: readonly DecodedFrames[];

  private constructor(
    pages: AsyncDisposableStack,
    clients: readonly Client[],
    frames: readonly DecodedFrames[],
  ) {
    this.#pages = pages;
    this.#clients = clients;
    this.#frames = frames;
  }

  /** Two see each other; each comes in by an origin of their own. */
  static async open(
    browser: Browser,
    [first, second]: readonly [string, string],
  ): Promise<FailingCall> {
    await using pages = new AsyncDisposableStack();
    const [ann, bob] = [
      await join(pages, browser, first, "ann"),
      await join(pages, browser, second, "bob"),
    ];
    for (const client of [ann, bob]) await client.publish({ video: VIDEO });
    await Promise.all([ann.sees("bob"), bob.sees("ann")]);
    const clients = [ann, bob];
    const frames = await Promise.all(
      clients.map(({ page }) => DecodedFrames.of(page)),
    );
    return new FailingCall(pages.move(), clients, frames);
  }

  /** At either end. */
  async longestGap(from: number, to: number): Promise<number> {
    const gaps = this.#frames.map((frames) => frames.longestGap(from, to));
    return Math.max(...await Promise.all(gaps));
  }

  /** When both had signaling again, after a moment of `Date.now()`. */
  async backAfter(moment: number): Promise<number> {
    const times = this.#clients.map((client) =>
      eventually(async () => {
        const back = (await client.events()).find(({ event, at }) =>
          event === "reconnected" && at >= moment
        );
        if (back === undefined) throw new Error("not back yet");
        return back.at;
      }, { within: BACK_MS })
    );
    return Math.max(...await Promise.all(times));
  }

  /** @throws {Error} where somebody has left, or media was made anew. */
  async assertWhole(): Promise<void> {
    const told = await Promise.all(
      this.#clients.map((client) => client.events()),
    );
    const found = told.flat().map(({ event }) => event)
      .filter((event) => DISTURBANCES.has(event));
    if (found.length > 0) throw new Error(`not the same call: ${found}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pages.disposeAsync();
  }
}

const DISTURBANCES: ReadonlySet<string> = new Set([
  "participantDisconnected",
  "disconnected",
  "trackReplaced",
  "trackUnpublished",
]);

async function join(
  pages: AsyncDisposableStack,
  browser: Browser,
  origin: string,
  identity: string,
): Promise<Client> {
  const permissions = ["camera", "microphone"];
  const context = await browser.newContext({ permissions, baseURL: origin });
  pages.defer(() => context.close());
  const page = await context.newPage();
  await page.goto(BLANK);
  const token = await tokenFor(identity, "call");
  const url = `${origin}/rooms/call`;
  return await Client.join(page, { url, token, options: {} });
}
