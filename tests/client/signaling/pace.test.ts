import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../../protocol/mod.ts";
import { Bench, ending, GIVE_UP_MS, HOPES, only, types } from "./bench.ts";

describe("the pace of attempts", () => {
  it("HB3: is one each 2 s while they hang, the hanging one closed first", () => {
    const bench = Bench.lost();
    const from = bench.now;
    const effects = bench.pass(9_000);
    assert.deepEqual(bench.triedAfter(from), [0, 2_000, 4_000, 6_000, 8_000]);
    const sockets = effects.flatMap((effect) =>
      effect.type === "close" || effect.type === "open"
        ? [`${effect.type} ${effect.socket}`]
        : []
    );
    assert.deepEqual(sockets.slice(0, 4), [
      "close 2",
      "open 3",
      "close 3",
      "open 4",
    ]);
  });

  it("HB3: eases to one each 4 s after 20 s", () => {
    const bench = Bench.lost();
    const from = bench.now;
    bench.pass(33_000);
    assert.deepEqual(
      bench.triedAfter(from).filter((at) => at >= 18_000),
      [18_000, 20_000, 24_000, 28_000, 32_000],
    );
  });

  it("HB3: gives a far client the round trips that a socket takes", () => {
    const bench = Bench.joined();
    bench.ping(1, { roundTripMs: 600 });
    bench.close(1);
    const from = bench.now;
    bench.pass(7_500);
    assert.deepEqual(bench.triedAfter(from), [0, 3_600, 7_200]);
  });

  it("HB3: lets no attempt hang for more than 5 s, however slow the network was", () => {
    const bench = Bench.joined();
    bench.ping(1, { roundTripMs: 3_600 });
    bench.close(1);
    const from = bench.now;
    bench.pass(10_500);
    assert.deepEqual(bench.triedAfter(from), [0, 5_000, 10_000]);
  });

  it("HB3: gives one that has opened 2 s more for its answer", () => {
    const bench = Bench.lost();
    bench.pass(1_900);
    bench.open(2);
    bench.pass(1_999);
    assert.equal(bench.fresh, 2);
    bench.pass(1);
    assert.equal(bench.fresh, 3);
  });

  it("RS10: starts at once, then backs off exponentially with jitter where attempts fail", () => {
    const bench = Bench.lost();
    const from = bench.now;
    for (let attempt = 0; attempt < 5; attempt++) {
      bench.close(bench.fresh);
      bench.pass(bench.connection.deadline - bench.now);
    }
    // Half of 1, 2, 4, 4, 4 s.
    assert.deepEqual(
      bench.triedAfter(from),
      [0, 500, 1_500, 3_500, 5_500, 7_500],
    );
  });

  it("RS10: is never faster than the service allows, whoever asks for it", () => {
    const bench = Bench.lost();
    bench.open(2);
    bench.refuse(2, "busy", { retryAfterMs: 5_000 });
    for (const hint of HOPES) bench.hint(hint);
    bench.pass(4_999);
    assert.equal(bench.fresh, 2);
    bench.pass(1);
    assert.equal(bench.fresh, 3);
  });

  it("RS10: keeps to it in the next outage, if the old socket was the better one", () => {
    const bench = Bench.suspecting();
    bench.open(2);
    bench.refuse(2, "busy", { retryAfterMs: 5_000 });
    assert.equal(only(bench.ping(), "spoke").length, 1);
    bench.close(1);
    bench.pass(4_999);
    assert.equal(bench.fresh, 2);
    bench.pass(1);
    assert.equal(bench.fresh, 3);
  });

  it("RS10: is what the application's policy says", () => {
    const contexts: unknown[] = [];
    const bench = Bench.lost({
      retry: ({ error: { code }, ...context }) => {
        contexts.push({ code, ...context });
        return context.attempt === 0 ? 100 : 300;
      },
    });
    const from = bench.now;
    bench.pass(100);
    bench.close(2, 1013);
    bench.pass(300);
    bench.open(3);
    bench.refuse(3, "mediaServerUnavailable", { retryAfterMs: 50 });
    bench.pass(300);
    assert.deepEqual(bench.triedAfter(from), [100, 400, 700]);
    assert.deepEqual(contexts, [
      {
        attempt: 0,
        elapsedMs: 0,
        code: errors.signalingLost.code,
        retryAfterMs: undefined,
      },
      {
        attempt: 1,
        elapsedMs: 100,
        code: errors.busy.code,
        retryAfterMs: undefined,
      },
      {
        attempt: 2,
        elapsedMs: 400,
        code: errors.mediaServerUnavailable.code,
        retryAfterMs: 50,
      },
    ]);
  });

  it("RS10: tells the policy of an attempt that hung by 53007", () => {
    const codes: number[] = [];
    const bench = Bench.lost({
      retry: ({ error }) => {
        codes.push(error.code);
        return 0;
      },
    });
    bench.pass(2_000);
    assert.deepEqual(codes, [
      errors.signalingLost.code,
      errors.requestTimeout.code,
    ]);
  });

  it("RS10: ends with 53000 where the policy says so", () => {
    const effects = Bench.joined({ retry: () => null }).close(1);
    assert.deepEqual(ending(effects), {
      reason: "networkDisconnect",
      code: errors.signalingFailed.code,
    });
  });

  it("RS10: leaves a doubtful connection its time where the policy says so", () => {
    const bench = Bench.joined({ retry: () => null });
    assert.deepEqual(types(bench.pass(3_999)), ["suspected", "attempt"]);
    const effects = bench.pass(1);
    assert.equal(ending(effects).code, errors.signalingFailed.code);
  });

  it("gives up with 53000 after giveUpAfterMs", () => {
    const bench = Bench.lost();
    assert.deepEqual(only(bench.pass(GIVE_UP_MS - 1), "ended"), []);
    const effects = bench.pass(1);
    assert.deepEqual(ending(effects), {
      reason: "networkDisconnect",
      code: errors.signalingFailed.code,
    });
    assert.equal(bench.connection.deadline, Infinity);
  });
});
