import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  encodeError,
  encodeRequest,
  encodeResult,
  errorObject,
  errors,
} from "../../../protocol/mod.ts";
import { clientCloseCodes } from "../../../client/signaling/ending.ts";
import { WINDOW } from "../../../client/signaling/requests.ts";
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
  idOf,
  only,
  paramsOf,
  resumeParams,
  sent,
  types,
} from "./bench.ts";

/** Whose resume has been sent on socket 2. */
function asking(...args: Parameters<typeof Bench.lost>): Bench {
  const bench = Bench.lost(...args);
  bench.open(2);
  return bench;
}

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
    const bench = asking();
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
    const bench = asking();
    const { policy } = joinResult();
    bench.resume(2, { policy: { ...policy, suspectAfterMs: 5_000 } });
    assert.deepEqual(bench.pass(4_999), []);
    assert.equal(only(bench.pass(1), "suspected").length, 1);
  });

  it("RS1: ignores what the lost socket says and does", () => {
    const bench = asking();
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
    const bench = asking();
    bench.resume(2);
    bench.close(2, 4007);
    const [resume] = sent(bench.open(3));
    assert.deepEqual(
      paramsOf(resume),
      resumeParams({ secret: secretOf(2), attempt: 2 }),
    );
  });

  it("RS5: shows the old secret again when the answer was lost, and is counted", () => {
    const bench = asking();
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
    const bench = asking();
    bench.close(2);
    bench.pass(500);
    assert.equal(bench.fresh, 3);
    assert.equal(sent(bench.open(3)).length, 1);
  });

  it("fails, to be tried again, when the service says something else first", () => {
    const bench = asking();
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
      const effects = asking().hear(encodeResult(1, result), 2);
      assert.deepEqual(ending(effects), {
        reason: "protocolError",
        code: errors.invalidServerMessage.code,
      });
    });
  }
});

describe("a resume with a snapshot", () => {
  it("RS7: goes on from the events that the snapshot includes", () => {
    const bench = asking();
    const snapshot = { participants: [participant("bob")] };
    const [resumed] = bench.resume(2, { seq: 700, snapshot });
    assert.ok(resumed?.type === "resumed");
    assert.deepEqual(resumed.result.snapshot, snapshot);
    assert.deepEqual(bench.message(700, 2), []);
    assert.deepEqual(types(bench.message(701, 2)), ["event"]);
  });
});

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
    const bench = asking();
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
    const bench = asking();
    const params = { topic: "t", body: { n: 1 } };
    bench.do({ type: "request", call: 1, method: "sendMessage", params });
    params.body.n = 2;
    const [frame] = sent(bench.resume(2));
    assert.deepEqual(paramsOf(frame), { topic: "t", body: { n: 1 } });
  });

  it("are at most 256", () => {
    const bench = asking();
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

describe("a resume that is refused", () => {
  it("RS3: ends with 53002 and the reason that the service gives", () => {
    for (const reason of ["networkDisconnect", "nodeCrashed"] as const) {
      const bench = asking();
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
      const effects = asking().refuse(2, error);
      assert.deepEqual(ending(effects), { reason, code: errors[error].code });
    });
  }

  it("RS4: is tried again when the service wants it later", () => {
    const bench = asking();
    bench.refuse(2, "busy", { retryAfterMs: 3_000 });
    const from = bench.now;
    bench.pass(3_000);
    assert.deepEqual(bench.opened.at(-1), { socket: 3, at: from + 3_000 });
    bench.open(3);
    assert.equal(only(bench.resume(3), "resumed").length, 1);
  });

  it("is tried again after an error that belongs to no request", () => {
    const bench = asking();
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
    const bench = asking({}, { requireTokenOnResume: true });
    bench.pass(2_000);
    const [resume] = sent(bench.open(3));
    assert.deepEqual(
      paramsOf(resume),
      resumeParams({ attempt: 2, token: "secret" }),
    );
  });

  it("RS8: is asked for again only when the service says 20104", () => {
    const bench = asking();
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
    const bench = asking();
    bench.refuse(2, "tokenExpired");
    bench.do({ type: "authorized", token: "stale" });
    bench.open(3);
    assert.deepEqual(ending(bench.refuse(3, "tokenExpired")), {
      reason: "networkDisconnect",
      code: errors.tokenExpired.code,
    });
  });

  it("RS8: is asked for again later when it is not to be had", () => {
    const bench = asking();
    bench.refuse(2, "tokenExpired");
    bench.do({ type: "unauthorized", error: errorObject("tokenInvalid") });
    assert.equal(only(bench.pass(500), "authorize").length, 1);
    bench.do({ type: "authorized", token: "fresh" });
    assert.equal(bench.fresh, 3);
  });
});

describe("leaving, in an outage", () => {
  for (const type of ["leave", "abandon"] as const) {
    it(`GR4: says farewell over another way than the socket: ${type}`, () => {
      const bench = asking();
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
