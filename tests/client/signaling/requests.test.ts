import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  encodeError,
  encodeResult,
  errorObject,
  errors,
} from "../../../protocol/mod.ts";
import {
  MAX_PENDING,
  REQUEST_TIMEOUT_MS,
} from "../../../client/signaling/requests.ts";
import { Bench, idOf, only, sent, types } from "./bench.ts";

describe("the connection, requests", () => {
  it("answers each with its own result, in any order", () => {
    const bench = Bench.joined();
    const ids = [bench.request(10), bench.request(11)].flatMap(sent).map(idOf);
    assert.deepEqual(ids, [2, 3]);
    assert.deepEqual(bench.hear(encodeResult(3, {})), [
      { type: "replied", call: 11, outcome: { ok: true, result: {} } },
    ]);
    const error = errorObject("producerNotFound");
    assert.deepEqual(bench.hear(encodeError(2, error)), [
      { type: "replied", call: 10, outcome: { ok: false, error } },
    ]);
  });

  it("refuses a result that the protocol does not know", () => {
    const bench = Bench.joined();
    const params = { transportId: "t" };
    bench.do({ type: "request", call: 1, method: "restartIce", params });
    const [reply] = bench.hear(encodeResult(2, { iceParameters: 3 }));
    assert.ok(reply?.type === "replied" && !reply.outcome.ok);
    assert.equal(reply.outcome.error.code, errors.invalidServerMessage.code);
  });

  it("gives one up after 10 s, and ignores its answer from then on", () => {
    const bench = Bench.joined();
    bench.request(1);
    bench.keepAlive(REQUEST_TIMEOUT_MS - 1);
    assert.equal(bench.connection.deadline, bench.now + 1);
    const [reply] = bench.after(1);
    assert.ok(reply?.type === "replied" && !reply.outcome.ok);
    assert.equal(reply.outcome.error.code, errors.requestTimeout.code);
    assert.deepEqual(bench.hear(encodeResult(2, {})), []);
  });

  it("gives none up for the time in which it was asleep itself", () => {
    const bench = Bench.joined();
    bench.request(1);
    assert.deepEqual(only(bench.after(REQUEST_TIMEOUT_MS), "replied"), []);
    const [reply] = only(bench.hear(encodeResult(2, {})), "replied");
    assert.equal(reply?.call, 1);
  });

  it("refuses more than it can hold", () => {
    const bench = Bench.joined();
    for (let call = 1; call <= MAX_PENDING; call++) bench.request(call);
    const [reply] = bench.request(MAX_PENDING + 1);
    assert.ok(reply?.type === "replied" && !reply.outcome.ok);
    assert.equal(reply.outcome.error.code, errors.busy.code);
  });

  it("throws at what is no JSON, and sends the next one as if nothing was", () => {
    const bench = Bench.joined();
    const params = { topic: "t", body: 1n };
    assert.throws(
      () =>
        bench.do({ type: "request", call: 1, method: "sendMessage", params }),
      TypeError,
    );
    assert.deepEqual(sent(bench.request(2)).map(idOf), [2]);
  });

  it("fails all that wait when the room is over, and all that follow", () => {
    const bench = Bench.joined();
    bench.request(1);
    const effects = bench.event("sessionEnded", { reason: "roomClosed" });
    assert.deepEqual(types(effects), ["event", "replied", "close", "ended"]);
    const [late] = bench.request(2);
    for (const reply of [effects[1], late]) {
      assert.ok(reply?.type === "replied" && !reply.outcome.ok);
      assert.equal(reply.outcome.error.code, errors.roomEnded.code);
    }
  });

  it("tells of an error answer that belongs to no request", () => {
    const error = errorObject("parseError");
    assert.deepEqual(Bench.joined().hear(encodeError(null, error)), [
      { type: "exception", error },
    ]);
  });
});
