import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../protocol/mod.ts";
import { backoff, EASE_AFTER_MS } from "../../client/retry.ts";

const failed = { code: errors.signalingFailed.code };
const hung = { code: errors.requestTimeout.code };

const delays = (random: number, elapsedMs = 0, attempts = 6) =>
  Array.from({ length: attempts }, (_, attempt) =>
    backoff(() => random)({
      attempt,
      elapsedMs,
      error: failed,
      retryAfterMs: undefined,
    }));

describe("the usual retry policy", () => {
  it("RS10: begins at once, whatever chance says", () => {
    assert.equal(delays(0.999)[0], 0);
  });

  it("RS10: grows exponentially up to 4 s", () => {
    assert.deepEqual(delays(1), [0, 1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  it("RS10: has full jitter: from nothing to all", () => {
    assert.deepEqual(delays(0), [0, 0, 0, 0, 0, 0]);
    assert.deepEqual(delays(0.25).slice(0, 4), [0, 250, 500, 1_000]);
  });

  it("RS10: grows up to 8 s when the outage lasts", () => {
    assert.equal(delays(1, EASE_AFTER_MS).at(-1), 8_000);
    assert.equal(delays(1, EASE_AFTER_MS - 1).at(-1), 4_000);
  });

  it("HB3: does not wait after an attempt that hung", () => {
    const delay = backoff(() => 1)({
      attempt: 3,
      elapsedMs: 6_000,
      error: hung,
      retryAfterMs: undefined,
    });
    assert.equal(delay, 0);
  });
});
