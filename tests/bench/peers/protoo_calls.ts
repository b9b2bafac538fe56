import { build, stop } from "esbuild";
import { join } from "node:path";
import { resolveWorker } from "../../../sfu/worker/install.ts";
import { resolveNode } from "../../../sfu/node.ts";
import { Frames } from "../../e2e/faults/frames.ts";
import type { Network } from "../../e2e/support/netns.ts";
import { eventually } from "../../support/eventually.ts";
import { TempFolder } from "../../support/files.ts";
import { type Call, type Calls, type Ground, VIDEO } from "../support/calls.ts";
import { NodeProgram } from "./node_program.ts";

/** The public kind: it closes all and joins anew. */
export class ProtooCalls implements Calls {
  readonly name = "protoo";
  readonly origin: string;
  readonly #open: AsyncDisposableStack;
  #rooms = 0;

  private constructor(origin: string, open: AsyncDisposableStack) {
    this.origin = origin;
    this.#open = open;
  }

  static async start({ address, server }: Network): Promise<ProtooCalls> {
    await using open = new AsyncDisposableStack();
    const { path } = open.use(await TempFolder.make());
    const script = join(path, "page.js");
    await bundlePage(script);
    const worker = await resolveWorker(await resolveNode());
    const program = open.use(
      await NodeProgram.start(
        "protoo_call.mts",
        [address, script],
        { MEDIASOUP_WORKER_BIN: worker.bin },
        server.entrance,
      ),
    );
    const { origin } = await program.next<{ origin: string }>();
    return new ProtooCalls(origin, open.move());
  }

  async open({ inside, outside }: Ground): Promise<Call> {
    const room = `room-${++this.#rooms}`;
    await using open = new AsyncDisposableStack();
    const pages = [];
    for (const [name, browser] of Object.entries({ inside, outside })) {
      const context = await browser.newContext({ permissions: ["camera"] });
      open.defer(() => context.close());
      const page = await context.newPage();
      await page.goto(this.origin);
      const video = JSON.stringify(VIDEO);
      await page.evaluate(`call("${room}", "${name}", ${video})`);
      pages.push(page);
    }
    const [shownInside, shownOutside] = await Promise.all(pages.map(Frames.of));
    if (!shownInside || !shownOutside) throw new Error("a call is between two");
    for (const shown of [shownInside, shownOutside]) {
      await eventually(() => shown.firstAfter(0));
    }
    const tabs = open.move();
    return {
      shownInside,
      shownOutside,
      [Symbol.asyncDispose]: () => tabs.disposeAsync(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}

async function bundlePage(outfile: string): Promise<void> {
  const entry = new URL("protoo_call_page.ts", import.meta.url).pathname;
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "warning",
    tsconfigRaw: {},
  });
  await stop();
}
