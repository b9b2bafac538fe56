import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { encodeRequest, encodeResult } from "../../../protocol/mod.ts";
import { clientCloseCodes } from "../../../client/signaling/ending.ts";
import type { ConnectionEvent } from "../../../client/signaling/io.ts";
import { LEAVE_TIMEOUT_MS } from "../../../client/signaling/leaving.ts";
import { secretOf } from "../fakes/answers.ts";
import { Bench, closes, ending, sent, types } from "./bench.ts";

describe("the connection, leaving", () => {
  it("says leave, and ends when the service has answered", () => {
    const bench = Bench.joined();
    bench.request(1);
    const effects = bench.do({ type: "leave" });
    assert.deepEqual(types(effects), ["send", "replied"]);
    assert.equal(bench.connection.deadline, bench.now + LEAVE_TIMEOUT_MS);
    const end = bench.hear(encodeResult(3, {}));
    assert.deepEqual(ending(end), { reason: "left", code: undefined });
    assert.deepEqual(closes(end), [clientCloseCodes.left]);
  });

  it("ends when the service closes the socket instead", () => {
    const bench = Bench.joined();
    bench.do({ type: "leave" });
    const effects = bench.close(1, 1000);
    assert.deepEqual(types(effects), ["close", "ended"]);
    assert.deepEqual(ending(effects), { reason: "left", code: undefined });
  });

  it("GR4: says farewell over another way when the socket breaks before the answer", () => {
    const bench = Bench.joined();
    bench.do({ type: "leave" });
    const [farewell, ...rest] = bench.close(1, 1006);
    assert.deepEqual(farewell, {
      type: "farewell",
      sessionId: "s-ann",
      secret: secretOf(0),
    });
    assert.equal(ending(rest).reason, "left");
  });

  it("GR4: waits 2 s at most, and then says farewell over another way", () => {
    const bench = Bench.joined();
    bench.do({ type: "leave" });
    assert.deepEqual(bench.after(LEAVE_TIMEOUT_MS - 1), []);
    const effects = bench.after(1);
    assert.deepEqual(types(effects), ["farewell", "close", "ended"]);
    assert.equal(ending(effects).reason, "left");
  });

  it("answers pings meanwhile, and hears no events", () => {
    const bench = Bench.joined();
    bench.message();
    bench.do({ type: "leave" });
    assert.deepEqual(bench.message(), []);
    assert.deepEqual(sent(bench.hear(encodeRequest(5, "ping", {}))), [
      { jsonrpc: "2.0", id: 5, result: { ack: 1 } },
    ]);
  });

  it("GR4: leaves at once over all ways when it is abandoned", () => {
    const effects = Bench.joined().do({ type: "abandon" });
    assert.deepEqual(types(effects), ["send", "farewell", "close", "ended"]);
    assert.deepEqual(closes(effects), [clientCloseCodes.left]);
  });

  it("ends once", () => {
    const bench = Bench.joined();
    bench.do({ type: "abandon" });
    for (
      const event of [
        { type: "abandon" },
        { type: "leave" },
        { type: "tick" },
        { type: "start" },
        { type: "closed", socket: 1, code: 1000 },
        { type: "received", socket: 1, text: "{" },
      ] satisfies ConnectionEvent[]
    ) {
      assert.deepEqual(bench.do(event), [], event.type);
    }
  });
});
