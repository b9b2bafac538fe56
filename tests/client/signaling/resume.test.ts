import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  encodeError,
  encodeResult,
  errorObject,
  errors,
} from "../../../protocol/mod.ts";
import { clientCloseCodes } from "../../../client/signaling/ending.ts";
import {
  joinResult,
  participant,
  resumeResult,
  secretOf,
} from "../fakes/answers.ts";
import {
  Bench,
  closes,
  ending,
  only,
  paramsOf,
  resumeParams,
  sent,
  types,
} from "./bench.ts";

describe("a resume", () => {
  it("RS1: shows session, secret, epoch and the last event handled, and no token", () => {
    const bench = Bench.joined();
    bench.message();
    bench.message();
    bench.close(1);
    assert.deepEqual(sent(bench.open(2)), [{
      jsonrpc: "2.0",
      id: 1,
      method: "resume",
      params: resumeParams({ ack: 2 }),
    }]);
  });

  it("RS1: brings the session back, with the events that were missed", () => {
    const bench = Bench.asking();
    const effects = bench.resume(2, { iceServers: [{ urls: ["stun:a"] }] });
    const [resumed, ...rest] = effects;
    assert.ok(resumed?.type === "resumed");
    assert.deepEqual(resumed.result.iceServers, [{ urls: ["stun:a"] }]);
    assert.deepEqual(rest, []);
    assert.deepEqual(types(bench.message(1, 2)), ["event"]);
    assert.deepEqual(types(bench.message(2, 2)), ["event"]);
    assert.deepEqual(bench.message(2, 2), []);
    assert.equal(bench.connection.deadline, bench.now + 2_000);
  });

  it("RS1: takes the policy of its answer", () => {
    const bench = Bench.asking();
    const { policy } = joinResult();
    bench.resume(2, { policy: { ...policy, suspectAfterMs: 5_000 } });
    assert.deepEqual(bench.pass(4_999), []);
    assert.equal(only(bench.pass(1), "suspected").length, 1);
  });

  it("RS1: ignores what the lost socket says and does", () => {
    const bench = Bench.asking();
    assert.deepEqual(bench.message(1, 1), []);
    bench.resume(2);
    assert.deepEqual(bench.ping(1), []);
    assert.deepEqual(bench.close(1), []);
  });

  it("answers a ping before the answer with the last event handled", () => {
    const bench = Bench.joined();
    bench.message();
    bench.close(1);
    bench.open(2);
    assert.deepEqual(sent(bench.ping(2)), [
      { jsonrpc: "2.0", id: 9, result: { ack: 1 } },
    ]);
  });

  it("RS2: replaces a connection that still looks alive", () => {
    const bench = Bench.suspecting();
    bench.open(2);
    const effects = bench.resume(2);
    assert.deepEqual(types(effects), ["close", "resumed"]);
    assert.deepEqual(bench.close(1, 4007), []);
  });

  it("RS2: is sent anew when another connection has replaced this one", () => {
    const bench = Bench.asking();
    bench.resume(2);
    bench.close(2, 4007);
    const [resume] = sent(bench.open(3));
    assert.deepEqual(
      paramsOf(resume),
      resumeParams({ secret: secretOf(2), attempt: 2 }),
    );
  });

  it("RS5: shows the old secret again when the answer was lost, and is counted", () => {
    const bench = Bench.asking();
    bench.pass(2_000);
    assert.deepEqual(bench.resume(2), []);
    const [second] = sent(bench.open(3));
    assert.deepEqual(paramsOf(second), resumeParams({ attempt: 2 }));
    assert.equal(only(bench.resume(3), "resumed").length, 1);
    bench.close(3);
    const [third] = sent(bench.open(4));
    assert.deepEqual(
      paramsOf(third),
      resumeParams({ secret: secretOf(3), attempt: 3 }),
    );
  });

  for (const what of ["what was missed", "a snapshot"]) {
    it(`HO4: asks again where a process of the past has told more since the next one has answered with ${what}`, () => {
      const bench = Bench.suspecting();
      bench.open(2);
      bench.message(1, 1);
      const snapshot = { participants: [] };
      const answer = resumeResult({ ack: 0 }, {
        epoch: 2,
        ...(what === "a snapshot" && { snapshot }),
      });
      const effects = bench.hear(encodeResult(1, answer), 2);
      assert.deepEqual(only(effects, "resumed"), []);
      assert.deepEqual(closes(effects), [clientCloseCodes.lost]);
      const [again] = sent(bench.open(3));
      assert.deepEqual(
        paramsOf(again),
        resumeParams({ secret: secretOf(1), ack: 1, attempt: 2 }),
      );
      const resumed = bench.resume(3, { epoch: 2, seq: 2, snapshot });
      assert.equal(only(resumed, "resumed").length, 1);
    });
  }

  it("fails, to be tried again, when its socket closes", () => {
    const bench = Bench.asking();
    bench.close(2);
    bench.pass(500);
    assert.equal(bench.fresh, 3);
    assert.equal(sent(bench.open(3)).length, 1);
  });

  it("fails, to be tried again, when the service says something else first", () => {
    const bench = Bench.asking();
    const effects = bench.hear("{", 2);
    assert.deepEqual(closes(effects), [clientCloseCodes.lost]);
    bench.pass(500);
    assert.equal(bench.fresh, 3);
  });

  for (
    const [what, result] of [
      ["cannot be understood", { epoch: "new" }],
      ["leaves out events without a snapshot", resumeResult({ ack: 3 })],
    ] as const
  ) {
    it(`ends with 53003 when its answer ${what}`, () => {
      const effects = Bench.asking().hear(encodeResult(1, result), 2);
      assert.deepEqual(ending(effects), {
        reason: "protocolError",
        code: errors.invalidServerMessage.code,
      });
    });
  }
});

describe("a resume with a snapshot", () => {
  it("RS7: goes on from the events that the snapshot includes", () => {
    const bench = Bench.asking();
    const snapshot = { participants: [participant("bob")] };
    const [resumed] = bench.resume(2, { seq: 700, snapshot });
    assert.ok(resumed?.type === "resumed");
    assert.deepEqual(resumed.result.snapshot, snapshot);
    assert.deepEqual(bench.message(700, 2), []);
    assert.deepEqual(types(bench.message(701, 2)), ["event"]);
  });
});

describe("a resume that is refused", () => {
  it("RS3: ends with 53002 and the reason that the service gives", () => {
    for (const reason of ["networkDisconnect", "nodeCrashed"] as const) {
      const bench = Bench.asking();
      bench.request(1);
      const effects = bench.refuse(2, "signalingTimeout", { reason });
      assert.deepEqual(ending(effects), {
        reason,
        code: errors.signalingTimeout.code,
      });
      const [reply] = only(effects, "replied");
      assert.ok(reply && !reply.outcome.ok);
      assert.equal(bench.connection.deadline, Infinity);
    }
  });

  for (
    const [error, reason] of [
      ["participantRemoved", "removed"],
      ["roomEnded", "roomClosed"],
      ["duplicateIdentity", "duplicateIdentity"],
      ["joinExpected", "networkDisconnect"],
    ] as const
  ) {
    it(`RS8: ends where it says ${error}`, () => {
      const effects = Bench.asking().refuse(2, error);
      assert.deepEqual(ending(effects), { reason, code: errors[error].code });
    });
  }

  it("RS4: is tried again when the service wants it later", () => {
    const bench = Bench.asking();
    bench.refuse(2, "busy", { retryAfterMs: 3_000 });
    const from = bench.now;
    bench.pass(3_000);
    assert.deepEqual(bench.opened.at(-1), { socket: 3, at: from + 3_000 });
    bench.open(3);
    assert.equal(only(bench.resume(3), "resumed").length, 1);
  });

  it("is tried again after an error that belongs to no request", () => {
    const bench = Bench.asking();
    bench.hear(encodeError(null, errorObject("parseError")), 2);
    bench.pass(500);
    assert.equal(bench.fresh, 3);
  });

  it("does not end the race where the old socket is alive", () => {
    const bench = Bench.suspecting();
    bench.open(2);
    bench.refuse(2, "busy", { retryAfterMs: 3_000 });
    assert.equal(only(bench.ping(), "spoke").length, 1);
  });
});

describe("the access token, in a resume", () => {
  it("RS8: is shown where the room requires one", () => {
    const bench = Bench.asking({}, { requireTokenOnResume: true });
    bench.pass(2_000);
    const [resume] = sent(bench.open(3));
    assert.deepEqual(
      paramsOf(resume),
      resumeParams({ attempt: 2, token: "secret" }),
    );
  });

  it("RS8: is asked for again only when the service says 20104", () => {
    const bench = Bench.asking();
    const effects = bench.refuse(2, "tokenExpired");
    assert.equal(only(effects, "authorize").length, 1);
    bench.do({ type: "authorized", token: "fresh" });
    const [resume] = sent(bench.open(3));
    assert.deepEqual(
      paramsOf(resume),
      resumeParams({ attempt: 2, token: "fresh" }),
    );
    assert.equal(only(bench.resume(3), "resumed").length, 1);
  });

  it("RS8: ends with 20104 when the fresh one has expired too", () => {
    const bench = Bench.asking();
    bench.refuse(2, "tokenExpired");
    bench.do({ type: "authorized", token: "stale" });
    bench.open(3);
    assert.deepEqual(ending(bench.refuse(3, "tokenExpired")), {
      reason: "networkDisconnect",
      code: errors.tokenExpired.code,
    });
  });

  it("RS8: is asked for again later when it is not to be had", () => {
    const bench = Bench.asking();
    bench.refuse(2, "tokenExpired");
    bench.do({ type: "unauthorized", error: errorObject("tokenInvalid") });
    assert.equal(only(bench.pass(500), "authorize").length, 1);
    bench.do({ type: "authorized", token: "fresh" });
    assert.equal(bench.fresh, 3);
  });
});
