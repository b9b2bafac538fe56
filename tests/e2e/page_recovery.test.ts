import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import type { Person } from "./support/person.ts";
import { browserSuite, World } from "./support/world.ts";

/** Longer than any of the cuts here, and what TCP and the SDK need after it. */
const LONG = { timeout: 25_000 };
/** How long the SDK waits for an attempt that hangs. */
const ATTEMPT_MS = 2_000;

describe("the page in bad times", browserSuite, () => {
  const world = new World();

  it(
    "GR1: the tile of one who is lost counts down the time left, and one who is lost is told what is done",
    world.test(async (stage) => {
      const [ann, bob] = await stage.meet("Ann", "Bob");
      await Promise.all([ann.sees("Video of Bob"), bob.sees("Video of Ann")]);
      await cut(bob, "Signaling", 9);

      await alert(bob, "The service does not answer").waitFor();
      await bob.page.getByText(/Your place is kept for \d+ s\./).waitFor();
      const first = await countOn(ann, "Bob");
      assert.ok(first <= 12, `${first} s left`);
      await eventually(async () => {
        assert.ok(await countOn(ann, "Bob") < first);
      });

      await said(bob, "You’re back").waitFor(LONG);
      await ann.tile("Bob").getByText(/Reconnecting/)
        .waitFor({ state: "detached", ...LONG });
      await Promise.all([ann.sees("Video of Bob"), bob.sees("Video of Ann")]);
      await said(bob, "You’re back").waitFor({ state: "detached" });
    }),
  );

  it(
    "RS10: “Try now” tries again before it is due, and the first try that gets through brings one back",
    world.test(async (stage) => {
      const [ann, bob] = await stage.meet("Ann", "Bob");
      await bob.tile("Ann").waitFor();
      await cut(bob, "Signaling", 20);
      await alert(bob, "Your connection was lost").waitFor();

      const steps = bob.page.locator(".lanes .step");
      const before = await steps.count();
      const start = performance.now();
      await eventually(async () => {
        await bob.button("Try now").click();
        assert.ok(await steps.count() >= before + 3);
      }, { every: 300 });
      const tookMs = performance.now() - start;
      assert.ok(tookMs < 2 * ATTEMPT_MS, `3 attempts took ${tookMs} ms`);

      await bob.button("Stop").click();
      await said(bob, "You’re back").waitFor(LONG);
      await ann.tile("Bob").waitFor();
    }),
  );

  it(
    "MD8: a tile says that media is connecting again, and it is",
    world.test(async (stage) => {
      const [ann, bob] = await stage.meet("Ann", "Bob");
      await Promise.all([ann.sees("Video of Bob"), bob.sees("Video of Ann")]);
      await cut(bob, "Media", 3);
      await Promise.all([
        alert(bob, "Sound and picture stopped").waitFor(),
        ann.tile("Bob").getByText("Connecting…").waitFor(),
      ]);
      await said(bob, "You’re back").waitFor(LONG);
      await ann.tile("Bob").getByText("Connecting…")
        .waitFor({ state: "detached", ...LONG });
      await Promise.all([ann.sees("Video of Bob"), bob.sees("Video of Ann")]);
    }),
  );

  it(
    "RP1: an incident is in the list with how long it took, and its steps are told by the arrow keys",
    world.test(async (stage) => {
      const bob = await stage.person("Bob");
      await bob.join(stage.room);
      await cut(bob, "Signaling", 3);
      const incidents = bob.page.getByRole("list", { name: "Incidents" });
      await incidents.getByText(/back after \d/).waitFor(LONG);
      await incidents.getByText(/signaling \d/).waitFor();

      await bob.button("Look closer").click();
      const drawing = bob.page.getByRole("slider", { name: "What happened" });
      await drawing.focus();
      const told: string[] = [];
      await bob.page.keyboard.press("Home");
      for (let stop = 0; stop < 12; stop++) {
        told.push(await drawing.getAttribute("aria-valuetext") ?? "");
        await bob.page.keyboard.press("ArrowRight");
      }
      assert.match(told.join("\n"), /Signaling: suspected/);
      assert.match(told.join("\n"), /Signaling: connected/);
    }),
  );
});

/** Takes the network from a page, by its own menu. */
async function cut(
  person: Person,
  fault: "Signaling" | "Media" | "Both",
  seconds: number,
): Promise<void> {
  await person.button("Connection").click();
  await person.button(fault).click();
  await person.button(`Cut for ${seconds} s`).click();
}

const alert = ({ page }: Person, text: string) =>
  page.getByRole("alert").getByText(text);

const said = ({ page }: Person, text: string) =>
  page.getByRole("status").getByText(text);

/** The seconds that somebody else's tile says are left. */
async function countOn(person: Person, name: string): Promise<number> {
  const count = person.tile(name).getByText(/^\d+ s left$/);
  await count.waitFor();
  return parseInt(await count.innerText());
}
