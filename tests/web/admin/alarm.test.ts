import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { alarmOf, type Ended } from "../../../web/admin/history/alarm.ts";

const NOW = 10_000_000_000;
const MINUTE = 60_000;

/** So many that ended `minutes` ago. */
const ended = (
  minutes: number,
  outcome: Ended["outcome"],
  count: number,
): Ended[] =>
  Array.from(
    { length: count },
    () => ({ at: NOW - minutes * MINUTE, outcome }),
  );

const isRaised = (...recoveries: Ended[][]) =>
  alarmOf(recoveries.flat(), NOW).isRaised;

describe("the alarm of recoveries", () => {
  it("is silent where nothing is recovered", () => {
    assert.deepEqual(alarmOf([], NOW), {
      failed: 0,
      all: 0,
      now: 0,
      usual: 0.05,
      isRaised: false,
    });
  });

  it("needs three that failed, also where few are recovered at all", () => {
    assert.equal(isRaised(ended(1, "failed", 2)), false);
    assert.equal(isRaised(ended(1, "failed", 3)), true);
  });

  it("is silent where as many fail as usual", () => {
    const hour = [ended(30, "failed", 20), ended(30, "recovered", 60)];
    assert.equal(
      isRaised(...hour, ended(1, "failed", 3), ended(1, "recovered", 7)),
      false,
    );
    assert.equal(
      isRaised(...hour, ended(1, "failed", 6), ended(1, "recovered", 4)),
      true,
    );
  });

  it("compares the last five minutes with the hour before them, and forgets what is older", () => {
    const alarm = alarmOf(
      [
        ended(4, "failed", 3),
        ended(6, "failed", 4),
        ended(64, "recovered", 16),
        ended(66, "failed", 100),
      ].flat(),
      NOW,
    );
    assert.deepEqual([alarm.failed, alarm.all], [3, 3]);
    assert.equal(alarm.usual, 5 / 40);
  });
});
