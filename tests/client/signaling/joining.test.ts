import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  encodeError,
  encodeRequest,
  encodeResult,
  errorObject,
  errors,
} from "../../../protocol/mod.ts";
import type { ConnectionEvent } from "../../../client/signaling/io.ts";
import { joinResult } from "../fakes/answers.ts";
import { Bench, ending, sent, TIMEOUT_MS, types } from "./bench.ts";

describe("the connection, joining", () => {
  it("gets a token, then a socket, then says join with the token in it", () => {
    const bench = new Bench();
    assert.deepEqual(bench.do({ type: "start" }), [{ type: "authorize" }]);
    assert.deepEqual(bench.do({ type: "authorized", token: "secret" }), [
      { type: "open", socket: 1 },
    ]);
    assert.deepEqual(sent(bench.do({ type: "opened", socket: 1 })), [{
      jsonrpc: "2.0",
      id: 1,
      method: "join",
      params: { token: "secret", name: "Ann" },
    }]);
    const [joined, ...more] = bench.hear(encodeResult(1, joinResult()));
    assert.deepEqual(more, []);
    assert.deepEqual(joined, { type: "joined", result: joinResult() });
  });

  it("is refused with the error of the answer, and closes", () => {
    const bench = Bench.joining();
    const effects = bench.hear(encodeError(1, errorObject("roomFull")));
    assert.deepEqual(types(effects), ["close", "refused"]);
    assert.equal(ending(effects).code, errors.roomFull.code);
  });

  it("tries again when the service says when, over another socket, with the same token", () => {
    const bench = Bench.joining();
    const error = "mediaServerUnavailable";
    const effects = bench.refuse(1, error, { retryAfterMs: 300 });
    assert.deepEqual(types(effects), ["close"]);
    assert.deepEqual(bench.pass(299), []);
    assert.deepEqual(bench.pass(1), [{ type: "open", socket: 2 }]);
    assert.deepEqual(sent(bench.open(2)), [{
      jsonrpc: "2.0",
      id: 1,
      method: "join",
      params: { token: "secret", name: "Ann" },
    }]);
    assert.deepEqual(types(bench.hear(encodeResult(1, joinResult()), 2)), [
      "joined",
    ]);
  });

  it("tries again less and less often, and not beyond its time", () => {
    const bench = Bench.joining();
    const deadline = bench.now + TIMEOUT_MS;
    let effects = bench.refuse(1, "busy", { retryAfterMs: 300 });
    const waits: number[] = [];
    while (effects.every(({ type }) => type !== "refused")) {
      const refusedAt = bench.now;
      bench.pass(bench.connection.deadline - bench.now);
      waits.push(bench.now - refusedAt);
      bench.open(bench.fresh);
      effects = bench.refuse(bench.fresh, "busy", { retryAfterMs: 300 });
    }
    assert.deepEqual(waits.slice(0, 5), [300, 500, 1_000, 2_000, 2_000]);
    assert.ok(bench.now < deadline);
    assert.equal(ending(effects).code, errors.busy.code);
  });

  it("does not try again after what is fatal, or when the app's policy gives up", () => {
    const data = { retryAfterMs: 300 };
    for (
      const effects of [
        Bench.joining().refuse(1, "roomFull", data),
        Bench.joining({ retry: () => null }).refuse(1, "busy", data),
        Bench.joining().refuse(1, "busy", { retryAfterMs: TIMEOUT_MS }),
        Bench.joining().refuse(1, "busy"),
      ]
    ) {
      assert.deepEqual(types(effects), ["close", "refused"]);
    }
  });

  it("can be given up while it waits to try again", () => {
    const bench = Bench.joining();
    bench.refuse(1, "busy", { retryAfterMs: 300 });
    assert.deepEqual(types(bench.do({ type: "abandon" })), ["refused"]);
    assert.equal(bench.connection.deadline, Infinity);
  });

  it("is refused when there is no token", () => {
    const bench = new Bench();
    bench.do({ type: "start" });
    const error = errorObject("tokenInvalid");
    assert.deepEqual(bench.do({ type: "unauthorized", error }), [
      { type: "refused", error },
    ]);
  });

  it("is refused with 53000 when the socket does not open", () => {
    const bench = new Bench();
    bench.do({ type: "start" });
    bench.do({ type: "authorized", token: "secret" });
    const effects = bench.do({ type: "closed", socket: 1, code: 1006 });
    assert.equal(ending(effects).code, errors.signalingFailed.code);
  });

  it("is refused as busy when the service says try again later", () => {
    const effects = Bench.joining().do({
      type: "closed",
      socket: 1,
      code: 1013,
    });
    assert.equal(ending(effects).code, errors.busy.code);
  });

  it("is refused with 53003 when the answer cannot be understood", () => {
    const effects = Bench.joining().hear(encodeResult(1, { epoch: "new" }));
    assert.equal(ending(effects).code, errors.invalidServerMessage.code);
  });

  for (
    const [where, steps] of [
      ["for the token", []],
      ["for the socket", [{ type: "authorized", token: "t" }]],
      ["for the answer", [{ type: "authorized", token: "t" }, {
        type: "opened",
        socket: 1,
      }]],
    ] satisfies [string, ConnectionEvent[]][]
  ) {
    it(`gives up with 53002 when it waits too long ${where}`, () => {
      const bench = new Bench();
      bench.do({ type: "start" });
      for (const step of steps) bench.do(step);
      assert.equal(bench.connection.deadline, bench.now + TIMEOUT_MS);
      assert.deepEqual(bench.after(TIMEOUT_MS - 1), []);
      const effects = bench.after(1);
      assert.equal(ending(effects).code, errors.signalingTimeout.code);
      assert.equal(bench.connection.deadline, Infinity);
    });
  }

  it("ignores a token that comes after the end", () => {
    const bench = new Bench();
    bench.do({ type: "start" });
    bench.do({ type: "abandon" });
    assert.deepEqual(bench.do({ type: "authorized", token: "late" }), []);
  });

  it("answers pings before the answer to join with ack 0", () => {
    const effects = Bench.joining().hear(encodeRequest(9, "ping", {}));
    assert.deepEqual(sent(effects), [
      { jsonrpc: "2.0", id: 9, result: { ack: 0 } },
    ]);
  });
});
