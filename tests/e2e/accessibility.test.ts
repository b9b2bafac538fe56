import { describe, it } from "@std/testing/bdd";
import axe, { type NodeResult } from "axe-core";
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually } from "../support/eventually.ts";
import { browserSuite, World } from "./support/world.ts";

const PHONE = { width: 360, height: 640 };

describe("the page, for everybody", browserSuite, () => {
  const world = new World();

  for (const colorScheme of ["light", "dark"] as const) {
    it(
      `a scan finds nothing serious in the lobby, the call and after it (${colorScheme})`,
      world.test(async (stage) => {
        // Colors on their way from one to another are nobody's choice.
        const ann = await stage.person("Ann", {
          colorScheme,
          reducedMotion: "reduce",
        });
        await ann.open(stage.room);
        await scan(ann.page, "the lobby");
        await ann.join(stage.room);
        await scan(ann.page, "the empty room");
        const bob = await stage.person("Bob");
        await bob.join(stage.room);
        await ann.sees("Video of Bob");
        await ann.button(/^Chat/).click();
        await scan(ann.page, "the call, chat open");
        await ann.button(/^Participants/).click();
        await scan(ann.page, "the call, participants open");
        await ann.button("Connection").click();
        await scan(ann.page, "the call, connection open");
        await ann.button("Leave").click();
        await ann.button("Rejoin").waitFor();
        await scan(ann.page, "after the call");
      }),
    );
  }

  it(
    "on a phone nothing is wider than the screen, in the lobby and in a call",
    world.test(async (stage) => {
      const ann = await stage.person("Ann", {
        viewport: PHONE,
        hasTouch: true,
        isMobile: true,
      });
      const bob = await stage.person("Bob");
      await bob.join(stage.room);
      await ann.open(stage.room);
      await fits(ann.page);
      await ann.join(stage.room);
      await ann.sees("Video of Bob");
      await fits(ann.page);
      await ann.button(/^Chat/).click();
      await fits(ann.page);
      await ann.button("Close chat").click();
      await ann.button("Connection").click();
      await fits(ann.page);
    }),
  );
});

/** Fails for what keeps people out: violations that are serious or critical. */
async function scan(page: Page, where: string): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as typeof globalThis & { axe: typeof axe }).axe.run()
  );
  const grave = violations.filter(({ impact }) =>
    impact === "serious" || impact === "critical"
  );
  const told = grave.map(({ id, help, nodes }) =>
    `${id}: ${help}\n${nodes.map(tell).join("\n")}`
  );
  assert.deepEqual(told, [], where);
}

const tell = ({ html, failureSummary = "" }: NodeResult) =>
  `${html}\n${failureSummary}`;

const fits = (page: Page) =>
  eventually(async () => {
    const widths = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      screen: innerWidth,
    }));
    assert.ok(
      widths.content <= widths.screen && widths.screen <= PHONE.width,
      JSON.stringify(widths),
    );
  }, { within: 2_000 });
