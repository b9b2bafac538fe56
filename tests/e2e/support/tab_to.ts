import assert from "node:assert/strict";
import type { Page } from "playwright-core";

/** More stops than any of the pages has. */
const MAX_STOPS = 40;

/** Presses Tab until the control with this accessible name has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = [];
  for (let stop = 0; stop < MAX_STOPS; stop++) {
    await page.keyboard.press("Tab");
    const focused = await nameOfFocused(page);
    if (focused === name) return;
    passed.push(focused);
  }
  assert.fail(`Tab does not come to ${name}: ${passed.join(", ")}`);
}

const nameOfFocused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement;
    const label = element instanceof HTMLInputElement
      ? element.labels?.[0]?.textContent
      : undefined;
    return element?.getAttribute("aria-label") ?? label ??
      element?.textContent ?? "";
  });
