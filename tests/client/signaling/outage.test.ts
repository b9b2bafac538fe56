import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { encodeRequest, encodeResult, errors } from "../../../protocol/mod.ts";
import { clientCloseCodes } from "../../../client/signaling/ending.ts";
import { WINDOW } from "../../../client/signaling/requests.ts";
import { secretOf } from "../fakes/answers.ts";
import {
  Bench,
  closes,
  ending,
  idOf,
  only,
  paramsOf,
  sent,
  types,
} from "./bench.ts";

describe("requests, in an outage", () => {
  it("RS6: are sent again after the resume with their own ids, in order, before new ones", () => {
    const bench = Bench.joined();
    const before = [bench.request(1), bench.request(2)].flatMap(sent);
    bench.close(1);
    assert.deepEqual(bench.request(3), []);
    bench.open(2);
    const after = sent(bench.resume(2));
    assert.deepEqual(after.slice(0, 2), before);
    assert.deepEqual(after.map(idOf), [2, 3, 4]);
  });

  it("RS6: are not sent again once they are answered", () => {
    const bench = Bench.joined();
    bench.request(1);
    bench.request(2);
    bench.hear(encodeResult(2, {}));
    bench.close(1);
    bench.open(2);
    assert.deepEqual(sent(bench.resume(2)).map(idOf), [3]);
    assert.deepEqual(bench.hear(encodeResult(2, {}), 2), []);
    assert.equal(only(bench.hear(encodeResult(3, {}), 2), "replied").length, 1);
  });

  it("RS6: keep their ids through two outages", () => {
    const bench = Bench.asking();
    bench.request(1);
    assert.deepEqual(sent(bench.resume(2)).map(idOf), [2]);
    bench.close(2);
    bench.open(3);
    assert.deepEqual(sent(bench.resume(3)).map(idOf), [2]);
  });

  it("wait without a limit of their own until somebody can answer, then 10 s", () => {
    const bench = Bench.joined();
    bench.request(1);
    bench.close(1);
    bench.request(2);
    assert.deepEqual(only(bench.pass(30_000), "replied"), []);
    bench.open(bench.fresh);
    bench.resume(bench.fresh);
    for (let second = 0; second < 9; second++) {
      bench.ping(bench.fresh);
      assert.deepEqual(bench.pass(1_000), []);
    }
    bench.ping(bench.fresh);
    assert.equal(only(bench.pass(1_000), "replied").length, 2);
  });

  it("are what they were when they were asked", () => {
    const bench = Bench.asking();
    const params = { topic: "t", body: { n: 1 } };
    bench.do({ type: "request", call: 1, method: "sendMessage", params });
    params.body.n = 2;
    const [frame] = sent(bench.resume(2));
    assert.deepEqual(paramsOf(frame), { topic: "t", body: { n: 1 } });
  });

  it("are at most 256", () => {
    const bench = Bench.asking();
    for (let call = 1; call <= 256; call++) {
      assert.deepEqual(bench.request(call), []);
    }
    const [reply] = bench.request(257);
    assert.ok(reply?.type === "replied" && !reply.outcome.ok);
    assert.equal(reply.outcome.error.code, errors.busy.code);
  });
});

describe("the window of requests", () => {
  it("RS6: is of 64 ids from the oldest unanswered one on", () => {
    const bench = Bench.joined();
    for (let call = 1; call < WINDOW; call++) bench.request(call);
    assert.equal(bench.request(64).length, 1);
    assert.deepEqual(bench.request(65), []);
    // Not the oldest one.
    assert.deepEqual(sent(bench.hear(encodeResult(3, {}))), []);
    const effects = bench.hear(encodeResult(2, {}));
    assert.deepEqual(sent(effects).map(idOf), [66]);
  });

  it("RS6: counts one that nobody waits for any more, and sends it again", () => {
    const bench = Bench.joined();
    bench.request(1);
    for (let second = 0; second < 10; second++) {
      bench.ping();
      bench.pass(1_000);
    }
    for (let call = 2; call < 66; call++) bench.request(call);
    bench.close(1);
    bench.open(2);
    const ids = sent(bench.resume(2)).map(idOf);
    assert.deepEqual(ids, Array.from({ length: 64 }, (_, index) => index + 2));
    const effects = bench.hear(encodeResult(2, {}), 2);
    assert.deepEqual(only(effects, "replied"), []);
    assert.deepEqual(sent(effects).map(idOf), [66]);
  });
});

describe("leaving, in an outage", () => {
  for (const type of ["leave", "abandon"] as const) {
    it(`GR4: says farewell over another way than the socket: ${type}`, () => {
      const bench = Bench.asking();
      bench.request(1);
      const effects = bench.do({ type });
      assert.deepEqual(types(effects), [
        "farewell",
        "replied",
        "close",
        "ended",
      ]);
      assert.deepEqual(effects[0], {
        type: "farewell",
        sessionId: "s-ann",
        secret: secretOf(0),
      });
      assert.deepEqual(closes(effects), [clientCloseCodes.left]);
      assert.equal(ending(effects).reason, "left");
    });

    it(`GR4: says it on a doubtful connection too: ${type}`, () => {
      const bench = Bench.suspecting();
      const effects = bench.do({ type });
      assert.deepEqual(types(effects), [
        "send",
        "farewell",
        "close",
        "close",
        "ended",
      ]);
    });
  }
});

describe("round trips", () => {
  it("HB4: are told by the pings", () => {
    const bench = Bench.joined();
    assert.deepEqual(only(bench.ping(), "roundTrip"), []);
    const effects = bench.hear(
      encodeRequest(2, "ping", { roundTripMs: 23.5 }),
    );
    assert.deepEqual(only(effects, "roundTrip"), [
      { type: "roundTrip", ms: 23.5 },
    ]);
  });
});
