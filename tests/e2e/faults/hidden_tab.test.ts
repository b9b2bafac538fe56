import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { RecoveryReport } from "../../../client/mod.ts";
import { delay } from "../../support/delay.ts";
import { eventually } from "../../support/eventually.ts";
import * as inPage from "../support/in_page.ts";
import { BLANK, type Stage } from "../support/world.ts";
import { BareTab } from "./bare_tab.ts";
import { tell } from "./account.ts";
import { Frames } from "./frames.ts";
import { faultSuite, Lab } from "./lab.ts";
import { BLINK, inShort, toldOf } from "./presence.ts";

const HIDDEN_MS = 10_000;
const CUT_MS = 3_000;
/** Chromium does so in tabs that it thinks are hidden; Playwright wants it not. */
const UNTHROTTLED = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

describe("a tab that is hidden for long", faultSuite, () => {
  const lab = new Lab();

  it(
    "HB3: answers pings while its timers are slow, and recovers like any other",
    lab.testOn(async ({ host, browser, inside, outside }) => {
      const bob = await outside.join("bob", { room: inside.room });
      const tab = await BareTab.open(
        browser,
        `${inside.service.origin}${BLANK}`,
      );
      await call(tab, inside);
      await bob.sees("ann");
      const shownToBob = await Frames.of(bob.page);

      const hiddenAt = Date.now();
      await tab.hide();
      await tab.evaluate("void setInterval(() => ticks++, 100)");
      await delay(HIDDEN_MS);
      assert.equal(await tab.evaluate("document.visibilityState"), "hidden");
      const ticks = await tab.evaluate<number>("ticks");
      assert.ok(
        ticks <= HIDDEN_MS / 1_000 + 2,
        `its timers are quick: ${ticks}`,
      );
      assert.deepEqual(await toldOf(bob, "ann", hiddenAt), []);
      assert.deepEqual(await tab.evaluate("joined.recoveries"), []);

      const began = Date.now();
      const fault = await host.drop();
      await delay(CUT_MS);
      const back = await fault.end();
      const seenThere = await eventually(() => shownToBob.firstAfter(back));
      const reports = await eventually(async () => {
        const all = await tab.evaluate<RecoveryReport[]>("joined.recoveries");
        assert.ok(all.length > 0, "there is no report");
        return all;
      });
      console.log(
        tell({ fault: "hidden, both, 3 s", began, back, reports, seenThere }),
      );
      const told = inShort(await toldOf(bob, "ann", began));
      assert.deepEqual(told, told.length > 0 ? BLINK : []);
      await bob.sees("ann");
    }, { withoutFlags: UNTHROTTLED }),
  );
});

/** Ann joins and publishes; the tab has it as `joined`. */
async function call(tab: BareTab, { service, room }: Stage): Promise<void> {
  const join: inPage.JoinArguments = {
    url: `${service.origin}/rooms/${room}`,
    token: await service.token(room, "ann"),
    options: {},
  };
  const devices = { audio: true, video: true };
  await tab.evaluate(`(async () => {
    globalThis.ticks = 0;
    globalThis.joined = await (${inPage.join})(${JSON.stringify(join)});
    await (${inPage.publishDevices})(joined, ${JSON.stringify(devices)});
  })()`);
}
