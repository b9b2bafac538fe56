import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { StepPrinter } from "../../setup/progress.ts";

/** What is printed while `work` runs. */
function printed(
  terminal: boolean,
  work: (progress: StepPrinter, time: FakeTime) => void,
): string[] {
  using time = new FakeTime();
  const texts: string[] = [];
  {
    using progress = new StepPrinter((text) => texts.push(text), terminal);
    work(progress, time);
  }
  return texts;
}

describe("StepPrinter in a log", () => {
  it("prints nothing when there is nothing to do", () => {
    assert.deepEqual(printed(false, () => {}), []);
  });

  it("prints a line a step, and one now and then while it lasts", () => {
    const texts = printed(false, (progress, time) => {
      progress.step("Building");
      for (let done = 1; done <= 25; done++) {
        time.tick(1_000);
        progress.advance(done / 25, `${done} of 25`);
      }
      progress.step("Proving");
    });
    assert.deepEqual(texts, [
      "Building\n",
      "Building 10 of 25, 40 % (10 s)\n",
      "Building 20 of 25, 80 % (20 s)\n",
      "Building 25 of 25, 100 % (25 s)\n",
      "Proving\n",
    ]);
  });
});

describe("StepPrinter on a terminal", () => {
  it("draws each step over itself, and ends it with a line", () => {
    const texts = printed(true, (progress, time) => {
      progress.step("Building");
      time.tick(300);
      progress.advance(0.5);
      time.tick(100);
      progress.advance(1);
    });
    assert.deepEqual(texts, [
      "\r\x1b[KBuilding",
      "\r\x1b[KBuilding 50 %",
      "\r\x1b[KBuilding 100 %",
      "\n",
    ]);
  });
});
