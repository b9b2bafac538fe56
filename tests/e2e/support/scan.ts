import axe, { type NodeResult } from "axe-core";
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { eventually } from "../../support/eventually.ts";

export const PHONE = {
  viewport: { width: 360, height: 640 },
  hasTouch: true,
  isMobile: true,
};

/** Fails for what keeps people out: violations that are serious or critical. */
export async function scan(page: Page, where: string): Promise<void> {
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

/** Fails where something is wider than the phone. */
export const fits = (page: Page, where = "the page"): Promise<void> =>
  eventually(async () => {
    const widths = await page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      screen: innerWidth,
    }));
    assert.ok(
      widths.content <= widths.screen && widths.screen <= PHONE.viewport.width,
      `${where}: ${JSON.stringify(widths)}`,
    );
  }, { within: 2_000 });
