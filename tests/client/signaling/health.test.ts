import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  encodeNotification,
  encodeRequest,
  errorObject,
  errors,
} from "../../../protocol/mod.ts";
import { joinResult } from "../fakes/answers.ts";
import { Bench, ending, sent, types } from "./bench.ts";

const SUSPECT_MS = joinResult().policy.suspectAfterMs;

describe("the connection, alive", () => {
  it("answers each ping at once with the seq of the last event", () => {
    const bench = Bench.joined();
    bench.message();
    bench.message();
    assert.deepEqual(sent(bench.hear(encodeRequest(3, "ping", {}))), [
      { jsonrpc: "2.0", id: 3, result: { ack: 2 } },
    ]);
  });

  it("refuses a method of the service that it does not know", () => {
    const [answer] = sent(Bench.joined().hear(encodeRequest(3, "dance", {})));
    assert.deepEqual(answer, {
      jsonrpc: "2.0",
      id: 3,
      error: errorObject("methodNotFound"),
    });
  });

  it("HB3: doubts the connection when nothing was heard for suspectAfterMs", () => {
    const bench = Bench.joined();
    bench.now += SUSPECT_MS - 1;
    bench.ping();
    assert.equal(bench.connection.deadline, bench.now + SUSPECT_MS);
    assert.deepEqual(bench.after(SUSPECT_MS - 1), []);
    const [suspected] = bench.after(1);
    assert.ok(suspected?.type === "suspected");
    assert.equal(suspected.trigger, "silence");
    assert.equal(suspected.error.code, errors.signalingLost.code);
  });

  it("takes any frame for life, and none of another socket", () => {
    const bench = Bench.joined();
    bench.now += SUSPECT_MS - 1;
    bench.hear(encodeNotification("sparkle", {}));
    assert.equal(bench.connection.deadline, bench.now + SUSPECT_MS);
    const { deadline } = bench.connection;
    bench.now += 10;
    assert.deepEqual(bench.ping(7), []);
    assert.equal(bench.connection.deadline, deadline);
  });

  for (const code of [1000, 1001, 1005, 1006, 1011, 4002, 4007]) {
    it(`RS1: is lost, and not over, when the socket closes with ${code}`, () => {
      const [close, lost] = Bench.joined().close(1, code);
      assert.equal(close?.type, "close");
      assert.ok(lost?.type === "lost");
      assert.equal(lost.trigger, "socketClosed");
      assert.equal(lost.error.code, errors.signalingLost.code);
    });
  }

  it("ignores the close of another socket", () => {
    const bench = Bench.joined();
    assert.deepEqual(bench.do({ type: "closed", socket: 7, code: 1006 }), []);
  });

  for (
    const [code, reason, error] of [
      [1002, "protocolError", errors.internalError.code],
      [1008, "protocolError", errors.internalError.code],
      [1009, "protocolError", errors.internalError.code],
      [4003, "duplicateIdentity", errors.duplicateIdentity.code],
      [4004, "removed", errors.participantRemoved.code],
      [4005, "roomClosed", errors.roomEnded.code],
    ] as const
  ) {
    it(`ends with the close code ${code}: ${reason}`, () => {
      const effects = Bench.joined().do({ type: "closed", socket: 1, code });
      assert.deepEqual(ending(effects), { reason, code: error });
    });
  }

  it("ends when the service ends the session, and says why", () => {
    const effects = Bench.joined().event("sessionEnded", {
      reason: "duplicateIdentity",
    });
    assert.deepEqual(types(effects), ["event", "close", "ended"]);
    assert.deepEqual(ending(effects), {
      reason: "duplicateIdentity",
      code: errors.duplicateIdentity.code,
    });
  });
});
