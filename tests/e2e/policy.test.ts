import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Page } from "playwright-core";
import { browserSuite, type Stage, World } from "./support/world.ts";

/** What the browser has refused, as it says on the console. */
const refused = (stage: Stage) =>
  stage.logs.filter((line) => /content security|refused to|violat/i.test(line));

/** Whether the page could run what somebody has smuggled into it. */
const runsInline = (page: Page) =>
  page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'smuggled'";
    document.body.append(script);
    return document.title === "smuggled";
  });

describe("the content security policy", browserSuite, () => {
  const world = new World();

  it(
    "lets the page do all that it does in a call, and refuses nothing of ours",
    world.test(async (stage) => {
      const [ann, bob] = await stage.meet("Ann", "Bob");
      await Promise.all([ann.sees("Video of Bob"), bob.sees("Video of Ann")]);
      await ann.button("Chat").click();
      await ann.page.getByLabel("Message", { exact: true }).fill("Tea?");
      await ann.button("Send").click();
      await bob.button("Chat, 1 unread").waitFor();
      await ann.button("Share screen").click();
      await bob.sees("Screen of Ann");
      // The SDK keeps its timers in one, unless the policy forbids that.
      assert.equal(ann.page.workers().length, 1);
      assert.deepEqual(refused(stage), []);

      assert.equal(await runsInline(ann.page), false);
      assert.equal(refused(stage).length, 1);
    }),
  );

  for (const path of ["/docs", "/admin"]) {
    it(
      `lets ${path} show itself`,
      world.test(async (stage) => {
        const page = await stage.page("operator");
        await page.goto(path, { waitUntil: "networkidle" });
        assert.deepEqual(refused(stage), []);
        assert.equal(await runsInline(page), false);
      }),
    );
  }

  it(
    "keeps the page out of frames of other origins",
    world.test(async (stage) => {
      const page = await stage.page("framer");
      const html = `<iframe src="${stage.service.origin}/"></iframe>`;
      const headers = { "content-type": "text/html" };
      await using framer = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => new Response(html, { headers }),
      );
      await page.goto(`http://localhost:${framer.addr.port}/`);
      const inner = page.frames()[1] ?? assert.fail("there is no frame");
      const says = await inner.locator("body").innerText();
      assert.match(says, /localhost refused to connect/);
      assert.match(stage.logs.join(), /frame-ancestors 'none'/);
    }),
  );
});
