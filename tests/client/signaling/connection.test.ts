import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
  errorObject,
  errors,
} from "../../../protocol/mod.ts";
import { clientCloseCodes } from "../../../client/signaling/ending.ts";
import type { ConnectionEvent } from "../../../client/signaling/io.ts";
import { LEAVE_TIMEOUT_MS } from "../../../client/signaling/leaving.ts";
import {
  MAX_PENDING,
  REQUEST_TIMEOUT_MS,
} from "../../../client/signaling/requests.ts";
import { camera, joinResult, participant, secretOf } from "../fakes/answers.ts";
import {
  Bench,
  closes,
  ending,
  idOf,
  only,
  sent,
  TIMEOUT_MS,
  types,
} from "./bench.ts";

const SUSPECT_MS = joinResult().policy.suspectAfterMs;

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

describe("the connection, events", () => {
  it("passes each on, in order", () => {
    const bench = Bench.joined();
    const bob = participant("bob");
    assert.deepEqual(
      bench.event("participantConnected", { participant: bob }),
      [
        {
          type: "event",
          event: { name: "participantConnected", params: { participant: bob } },
        },
      ],
    );
    assert.deepEqual(types(bench.message()), ["event"]);
  });

  it("continues from the seq of the answer to join", () => {
    const bench = Bench.joining();
    bench.hear(encodeResult(1, { ...joinResult(), seq: 41 }));
    assert.deepEqual(types(bench.message(42)), ["event"]);
  });

  it("drops one that came before", () => {
    const bench = Bench.joined();
    bench.message();
    assert.deepEqual(bench.message(1), []);
  });

  it("RS1: is lost, to resume, when one is missing", () => {
    const bench = Bench.joined();
    bench.message();
    const effects = bench.message(3);
    assert.deepEqual(types(effects).slice(0, 2), ["close", "lost"]);
    assert.deepEqual(closes(effects), [clientCloseCodes.lost]);
  });

  it("counts those that a newer service tells, and lets them go", () => {
    const bench = Bench.joined();
    assert.deepEqual(bench.event("participantDances", { style: "tango" }), []);
    assert.deepEqual(types(bench.message()), ["event"]);
  });

  it("ignores fields that a newer service adds", () => {
    const effects = Bench.joined().event("message", {
      from: "s",
      topic: "t",
      body: 1,
      mood: "good",
    });
    assert.deepEqual(types(effects), ["event"]);
  });

  it("takes new words in known fields for the closest ones it knows", () => {
    const bench = Bench.joining();
    const producers = [{ ...camera(), source: "hologram" }];
    const bob = { ...participant("bob"), state: "dozing", producers };
    const [joined] = bench.hear(encodeResult(1, {
      ...joinResult(),
      participants: [bob],
    }));
    assert.ok(joined?.type === "joined");
    const [read] = joined.result.participants;
    assert.equal(read?.state, "connected");
    assert.equal(read?.producers[0]?.source, "other");
    const [effect] = bench.event("participantDisconnected", {
      sessionId: "s-bob",
      reason: "boredom",
    });
    assert.deepEqual(effect?.type === "event" && effect.event.params, {
      sessionId: "s-bob",
      reason: "removed",
    });
  });

  for (
    const [what, text] of [
      ["is no JSON", "{"],
      ["is no JSON-RPC", "[]"],
      ["is empty, as binary is", ""],
      [
        "is an event with a wrong field",
        '{"jsonrpc":"2.0","method":"message","params":{"seq":1,"from":7}}',
      ],
      [
        "is an event without seq",
        '{"jsonrpc":"2.0","method":"message","params":{"from":"s","topic":"t"}}',
      ],
      [
        "is nested too deep",
        `{"jsonrpc":"2.0","method":"m","params":${"[".repeat(40)}${
          "]".repeat(40)
        }}`,
      ],
    ] as const
  ) {
    it(`ends with 53003 when a frame ${what}`, () => {
      const effects = Bench.joined().hear(text);
      assert.deepEqual(ending(effects), {
        reason: "protocolError",
        code: errors.invalidServerMessage.code,
      });
      assert.deepEqual(closes(effects), [clientCloseCodes.misunderstood]);
    });
  }

  it("passes hints on, and tells of a broken one without ending", () => {
    const bench = Bench.joined();
    const level = { levels: [{ sessionId: "s", volume: -30 }] };
    assert.deepEqual(bench.hear(encodeNotification("audioLevels", level)), [
      { type: "hint", hint: { name: "audioLevels", params: level } },
    ]);
    const broken = bench.hear(encodeNotification("audioLevels", { levels: 3 }));
    assert.deepEqual(types(broken), ["exception"]);
    assert.deepEqual(types(bench.message()), ["event"]);
  });
});

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
    keepAlive(bench, REQUEST_TIMEOUT_MS - 1);
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

/** Lets time pass, with a ping each second. */
function keepAlive(bench: Bench, ms: number): void {
  const end = bench.now + ms;
  while (bench.now < end) {
    bench.now = Math.min(end, bench.now + 1_000);
    bench.hear(encodeRequest(1, "ping", {}));
  }
}
