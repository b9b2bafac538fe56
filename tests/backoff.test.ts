import { describe, it } from "@std/testing/bdd";
import { deepEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { backoffDelay, sparingDelay } from "../backoff.ts";

const backoff = { baseMs: 100, capMs: 5_000 };
const almostOne = () => 1 - Number.EPSILON / 2;

describe("backoffDelay", () => {
  it("its longest doubles with each attempt, up to the cap", () => {
    const longest = [0, 1, 2, 5, 6, 1_000].map((attempt) =>
      Math.round(backoffDelay(backoff, attempt, almostOne))
    );
    deepEqual(longest, [100, 200, 400, 3_200, 5_000, 5_000]);
  });

  it("is anywhere between nothing and the longest", () => {
    const random = fc.double({
      min: 0,
      max: 1,
      maxExcluded: true,
      noNaN: true,
    });
    fc.assert(fc.property(fc.nat(2_000), random, (attempt, share) => {
      const delay = backoffDelay(backoff, attempt, () => share);
      const longest = backoffDelay(backoff, attempt, almostOne);
      ok(delay >= 0 && delay <= longest && longest <= backoff.capMs);
    }));
  });
});

describe("sparingDelay", () => {
  it("is at least half of the longest, which doubles up to the cap", () => {
    const shortest = [0, 1, 6].map((attempt) =>
      sparingDelay(backoff, attempt, () => 0)
    );
    deepEqual(shortest, [50, 100, 2_500]);
    const longest = Math.round(sparingDelay(backoff, 6, almostOne));
    deepEqual(longest, 5_000);
  });
});
