import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  encodeResult,
  type EndReason,
  errorObject,
  errors,
} from "../../../protocol/mod.ts";
import { joinResult, secretOf } from "../fakes/answers.ts";
import {
  Bench,
  ending,
  GIVE_UP_MS,
  idOf,
  only,
  paramsOf,
  resumeParams,
  sent,
  types,
} from "./bench.ts";

const rejoining = { rejoin: true };

/** Whose session is over, and whose application wants another one. */
function evicted(): Bench {
  const bench = Bench.lost(rejoining);
  bench.open(2);
  bench.refuse(2, "signalingTimeout", { reason: "networkDisconnect" });
  return bench;
}

/** Whose join has been sent on socket 3. */
function asking(): Bench {
  const bench = evicted();
  bench.do({ type: "authorized", token: "another" });
  bench.open(3);
  return bench;
}

const anotherSession = () =>
  encodeResult(1, {
    ...joinResult(),
    sessionId: "s-ann-2",
    secret: secretOf(9),
    seq: 5,
  });

describe("joining anew", () => {
  it("RS3: begins at once, with a token of its own", () => {
    const bench = Bench.lost(rejoining);
    bench.open(2);
    const effects = bench.refuse(2, "signalingTimeout", {
      reason: "nodeCrashed",
    });
    assert.deepEqual(only(effects, "ended"), []);
    assert.equal(only(effects, "authorize").length, 1);
    bench.do({ type: "authorized", token: "another" });
    assert.deepEqual(sent(bench.open(bench.fresh)), [{
      jsonrpc: "2.0",
      id: 1,
      method: "join",
      params: { token: "another", name: "Ann" },
    }]);
  });

  it("RS3, RS8: is not what a refused token asks for: the session may go on", () => {
    const bench = Bench.lost(rejoining);
    bench.open(2);
    bench.refuse(2, "tokenExpired");
    bench.do({ type: "authorized", token: "expired as well" });
    bench.open(3);
    const effects = bench.refuse(3, "tokenExpired");
    assert.deepEqual(only(effects, "authorize"), []);
    const [ended] = only(effects, "ended");
    assert.equal(ended?.ending.error?.code, errors.tokenExpired.code);
  });

  it("RS3: makes another session, of which events and requests are counted from its start", () => {
    const bench = asking();
    const [rejoined, ...rest] = bench.hear(anotherSession(), 3);
    assert.ok(rejoined?.type === "rejoined");
    assert.equal(rejoined.reason, "networkDisconnect");
    assert.equal(rejoined.result.sessionId, "s-ann-2");
    assert.deepEqual(rest, []);
    assert.deepEqual(types(bench.message(6, 3)), ["event"]);
    assert.deepEqual(sent(bench.request(1)).map(idOf), [2]);
  });

  it("RS3: resumes the new session from then on", () => {
    const bench = asking();
    bench.hear(anotherSession(), 3);
    bench.close(3);
    const [resume] = sent(bench.open(4));
    const expected = { sessionId: "s-ann-2", secret: secretOf(9), ack: 5 };
    assert.deepEqual(paramsOf(resume), resumeParams(expected));
  });

  it("RS3: fails the requests of the session that is over, and keeps new ones", () => {
    const bench = Bench.joined(rejoining);
    bench.request(1);
    bench.close(1);
    bench.open(2);
    const effects = bench.refuse(2, "signalingTimeout", {
      reason: "networkDisconnect",
    });
    const [reply] = only(effects, "replied");
    assert.ok(reply && !reply.outcome.ok);
    assert.equal(reply.outcome.error.code, errors.signalingTimeout.code);
    assert.deepEqual(bench.request(2), []);
    bench.do({ type: "authorized", token: "another" });
    bench.open(3);
    const after = bench.hear(anotherSession(), 3);
    assert.deepEqual(types(after), ["rejoined", "send"]);
    assert.deepEqual(sent(after).map(idOf), [2]);
  });

  for (
    const reason of [
      "networkDisconnect",
      "nodeCrashed",
      "serverShutdown",
    ] satisfies EndReason[]
  ) {
    it(`RS3: follows a session that ends with ${reason}`, () => {
      const effects = Bench.joined(rejoining).event("sessionEnded", { reason });
      assert.deepEqual(types(effects).slice(0, 3), ["event", "close", "lost"]);
      assert.equal(only(effects, "authorize").length, 1);
    });
  }

  for (
    const reason of [
      "duplicateIdentity",
      "removed",
      "roomClosed",
      "protocolError",
    ] satisfies EndReason[]
  ) {
    it(`RS3: does not follow one that ends with ${reason}`, () => {
      const effects = Bench.joined(rejoining).event("sessionEnded", { reason });
      assert.equal(ending(effects).reason, reason);
    });
  }

  it("RS10: is tried again as the service and the policy want it", () => {
    const bench = evicted();
    bench.do({ type: "unauthorized", error: errorObject("tokenInvalid") });
    const from = bench.now;
    assert.equal(only(bench.pass(500), "authorize").length, 1);
    bench.do({ type: "authorized", token: "t" });
    bench.open(3);
    bench.refuse(3, "mediaServerUnavailable", { retryAfterMs: 2_000 });
    bench.pass(2_000);
    bench.do({ type: "authorized", token: "t" });
    assert.equal(bench.fresh, 4);
    assert.equal(bench.now - from, 2_500);
  });

  it("RS3: ends with what the service refuses it for, and the reason of the session", () => {
    const bench = asking();
    assert.deepEqual(ending(bench.refuse(3, "roomFull")), {
      reason: "networkDisconnect",
      code: errors.roomFull.code,
    });
  });

  it("RS3: ends with 53003 when the answer cannot be understood", () => {
    const bench = asking();
    const effects = bench.hear(encodeResult(1, { epoch: "new" }), 3);
    assert.equal(ending(effects).code, errors.invalidServerMessage.code);
  });

  it("ends with 53000 after giveUpAfterMs of the whole outage", () => {
    const bench = Bench.lost(rejoining);
    bench.pass(10_000);
    bench.open(bench.fresh);
    bench.refuse(bench.fresh, "signalingTimeout", { reason: "nodeCrashed" });
    const effects = bench.pass(GIVE_UP_MS - 10_000);
    assert.deepEqual(ending(effects), {
      reason: "nodeCrashed",
      code: errors.signalingFailed.code,
    });
  });

  it("is called off by leaving, and nobody needs a farewell", () => {
    const bench = evicted();
    bench.do({ type: "authorized", token: "another" });
    assert.deepEqual(types(bench.do({ type: "leave" })), ["close", "ended"]);
  });
});
