import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../protocol/mod.ts";
import type { Verdict } from "../../rooms/authenticate.ts";
import { Connection } from "../../rooms/connection.ts";
import type { Admission } from "../../rooms/core/input.ts";
import { noLimits } from "../../rooms/limits/limits.ts";
import { Lobby, type LobbyOptions } from "../../rooms/lobby.ts";
import { turn } from "../support/turn.ts";
import { claimsOf } from "./fakes/claims.ts";
import { VirtualClock } from "./fakes/clock.ts";
import { keepingLog } from "./fakes/log.ts";
import { FakeSocket } from "./fakes/socket.ts";

const JOIN_TIMEOUT_MS = 5_000;
const TOKEN = "a.b.c";
/** SHA-256 of the secret, base64url, as another program has it. */
const HASH = "1kuTyfG2DrM45ctBXWo2vZIO3Q6bNvfqXHMNDhD_FH8";
const good: Verdict = { ok: true, claims: claimsOf("ann") };

const join = (params: unknown = { token: TOKEN }, id = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method: "join", params });

const SECRET = "s".repeat(43);
const resuming = {
  sessionId: "s9",
  secret: SECRET,
  epoch: 7,
  ack: 3,
};
const resume = (params: unknown = resuming, id = 1) =>
  JSON.stringify({ jsonrpc: "2.0", id, method: "resume", params });

function world(
  { maxWaiting = 10, full = false, broken = false, rooms = ["r"] } = {},
) {
  const clock = new VirtualClock();
  const { log, lines } = keepingLog();
  const checks: { token: string; room: string }[] = [];
  const decision = Promise.withResolvers<Verdict>();
  const admitted: { room: string; id: string; admission: Admission }[] = [];
  const frames: string[] = [];
  const door = (room: string): ReturnType<LobbyOptions["openRoom"]> => ({
    join(connection, admission) {
      admitted.push({ room, id: connection.id, admission });
      connection.listen({
        received: (text) => frames.push(text),
        closed() {},
      });
    },
  });
  const lobby = new Lobby({
    clock,
    log,
    limits: noLimits,
    authenticate: (token, room) => {
      checks.push({ token, room });
      return decision.promise;
    },
    openRoom: (room) => {
      if (broken) throw new Error("no room can be made");
      return full ? undefined : door(room);
    },
    findRoom: (room) => rooms.includes(room) ? door(room) : undefined,
    reasonOfEnd: (_room, epoch) =>
      epoch < 7 ? "nodeCrashed" : "networkDisconnect",
    newSessionId: () => "s1",
    newSecret: () => ({ plain: "plain", hash: "hash" }),
    iceServersFor: (sessionId, now) => ({
      servers: [{ urls: [`turn:${sessionId}`] }],
      renewAt: now + 1,
    }),
    joinTimeoutMs: JOIN_TIMEOUT_MS,
    maxWaiting,
  });
  const enter = (id = "c1") => {
    const socket = new FakeSocket();
    const connection = new Connection(id, socket, {
      clock,
      maxBacklogBytes: 1_000_000,
    });
    lobby.enter("r", connection);
    return { socket, connection };
  };
  const decide = async (verdict: Verdict) => {
    decision.resolve(verdict);
    await turn();
  };
  return {
    clock,
    lines,
    checks,
    admitted,
    frames,
    lobby,
    enter,
    decide,
    decision,
  };
}

describe("the lobby", () => {
  it("lets in who shows a token that holds, with an id for the session", async () => {
    const { enter, decide, checks, admitted, lobby, clock } = world();
    const { connection, socket } = enter();
    connection.received(join({ token: TOKEN, name: "Ann" }, 9));
    await decide(good);
    assert.deepEqual(checks, [{ token: TOKEN, room: "r" }]);
    assert.deepEqual(admitted, [{
      room: "r",
      id: "c1",
      admission: {
        method: "join",
        id: 9,
        params: { name: "Ann" },
        claims: claimsOf("ann"),
        sessionId: "s1",
        secret: { plain: "plain", hash: "hash" },
        iceServers: {
          servers: [{ urls: ["turn:s1"] }],
          renewAt: clock.now() + 1,
        },
      },
    }]);
    assert.equal(lobby.size, 0);
    assert.equal(clock.timers, 0);
    assert.deepEqual(socket.sent, []);
  });

  it("sends away who says nothing in time", () => {
    const { enter, clock, lobby } = world();
    const { socket } = enter();
    clock.advance(JOIN_TIMEOUT_MS - 1);
    assert.equal(socket.closedWith, undefined);
    clock.advance(1);
    assert.deepEqual(socket.closedWith, { code: 4001, reason: "joinTimeout" });
    assert.equal(lobby.size, 0);
  });

  const wrongFirstFrames: [string, string, number, number | null][] = [
    ["no JSON", "hello", errors.parseError.code, null],
    ["no JSON-RPC", "[]", errors.invalidRequest.code, null],
    [
      "another method",
      '{"jsonrpc":"2.0","id":3,"method":"leave"}',
      errors.joinExpected.code,
      3,
    ],
    [
      "a notification",
      '{"jsonrpc":"2.0","method":"join"}',
      errors.joinExpected.code,
      null,
    ],
    [
      "a response",
      '{"jsonrpc":"2.0","id":1,"result":{}}',
      errors.joinExpected.code,
      null,
    ],
    ["a join without a token", join({}), errors.invalidParams.code, 1],
    [
      "a join with a field nobody knows",
      join({ token: TOKEN, admin: true }),
      errors.invalidParams.code,
      1,
    ],
    [
      "a resume without a secret",
      resume({ ...resuming, secret: undefined }),
      errors.invalidParams.code,
      1,
    ],
    [
      "a resume with a field nobody knows",
      resume({ ...resuming, admin: true }),
      errors.invalidParams.code,
      1,
    ],
    [
      "a huge token",
      join({ token: "x".repeat(8_193) }),
      errors.invalidParams.code,
      1,
    ],
  ];
  for (const [what, frame, code, id] of wrongFirstFrames) {
    it(`answers ${what} with ${code} and closes`, () => {
      const { enter, checks, lobby } = world();
      const { connection, socket } = enter();
      connection.received(frame);
      assert.equal(socket.answer.error?.code, code);
      assert.equal(socket.answer.id, id);
      assert.equal(socket.closedWith?.reason, "joinRejected");
      assert.deepEqual(checks, []);
      assert.equal(lobby.size, 0);
    });
  }

  it("answers a token that does not hold with its error, and touches no room", async () => {
    const { enter, decide, admitted, lines } = world();
    const { connection, socket } = enter();
    connection.received(join());
    await decide({ ok: false, error: "tokenExpired" });
    assert.equal(socket.answer.error?.code, 20104);
    assert.equal(socket.closedWith?.reason, "joinRejected");
    assert.deepEqual(admitted, []);
    assert.doesNotMatch(JSON.stringify(lines), new RegExp(TOKEN));
  });

  it("says when to try again where nothing can be said of the token for now", async () => {
    const { enter, decide, admitted } = world();
    const { connection, socket } = enter();
    connection.received(join());
    await decide({ ok: false, error: "busy", retryAfterMs: 700 });
    assert.equal(socket.answer.error?.code, errors.busy.code);
    assert.match(socket.sent.join(), /"retryAfterMs":700/);
    assert.equal(socket.closedWith?.reason, "tryAgainLater");
    assert.deepEqual(admitted, []);
  });

  it("RS1: hands a resume to its room at once, with a hash of its secret", () => {
    const { enter, checks, admitted, lobby, clock } = world();
    const { connection, socket } = enter();
    connection.received(resume({ ...resuming, attempt: 2 }, 4));
    assert.deepEqual(admitted, [{
      room: "r",
      id: "c1",
      admission: {
        method: "resume",
        id: 4,
        sessionId: "s9",
        ack: 3,
        epoch: 7,
        attempt: 2,
        secretHash: HASH,
        next: { plain: "plain", hash: "hash" },
        iceServers: {
          servers: [{ urls: ["turn:s9"] }],
          renewAt: clock.now() + 1,
        },
        reasonIfUnknown: "networkDisconnect",
      },
    }]);
    assert.deepEqual(checks, []);
    assert.deepEqual(socket.sent, []);
    assert.equal(lobby.size, 0);
    assert.equal(clock.timers, 0);
  });

  it("RS8: looks at the token of a resume, and leaves it to the room what it means", async () => {
    const { enter, checks, admitted, decide } = world();
    const { connection } = enter();
    connection.received(resume({ ...resuming, token: TOKEN }));
    assert.deepEqual(checks, [{ token: TOKEN, room: "r" }]);
    assert.equal(admitted.length, 0);
    const verdict = { ok: false, error: "tokenExpired" } as const;
    await decide(verdict);
    const [first] = admitted;
    assert.ok(first?.admission.method === "resume");
    assert.deepEqual(first.admission.token, verdict);
  });

  for (
    const [epoch, reason] of [[6, "nodeCrashed"], [7, "networkDisconnect"]]
  ) {
    it(`RS3: refuses a resume in a room of epoch ${epoch} that is not there: ${reason}`, () => {
      const { enter, lobby } = world({ rooms: [] });
      const { connection, socket } = enter();
      connection.received(resume({ ...resuming, epoch }));
      assert.equal(socket.answer.error?.code, errors.signalingTimeout.code);
      assert.match(socket.sent.join(), new RegExp(`"reason":"${reason}"`));
      assert.equal(socket.closedWith?.reason, "joinRejected");
      assert.equal(lobby.size, 0);
    });
  }

  it("is busy when a token cannot be checked in time", async () => {
    const { enter, clock, decide, admitted } = world();
    const { connection, socket } = enter();
    connection.received(join());
    clock.advance(JOIN_TIMEOUT_MS);
    assert.equal(socket.answer.error?.code, errors.busy.code);
    assert.equal(socket.closedWith?.reason, "tryAgainLater");
    await decide(good);
    assert.deepEqual(admitted, []);
  });

  it("says only that it failed when the check of a token fails", async () => {
    const { enter, decision } = world();
    const { connection, socket } = enter();
    connection.received(join());
    decision.reject(new Error("the key store is at 10.0.0.1"));
    await turn();
    assert.equal(socket.answer.error?.code, errors.internalError.code);
    assert.doesNotMatch(socket.sent.join(), /10\.0\.0\.1/);
  });

  it("says only that it failed when no room can be made", async () => {
    const { enter, decide, lines } = world({ broken: true });
    const { connection, socket } = enter();
    connection.received(join());
    await decide(good);
    assert.equal(socket.answer.error?.code, errors.internalError.code);
    assert.match(JSON.stringify(lines), /no room can be made/);
  });

  it("is busy when there is no place for another room", async () => {
    const { enter, decide } = world({ full: true });
    const { connection, socket } = enter();
    connection.received(join());
    await decide(good);
    assert.equal(socket.answer.error?.code, errors.busy.code);
    assert.match(socket.sent.join(), /retryAfterMs/);
  });

  it("keeps frames that come during the check, and hands them over in order", async () => {
    const { enter, decide, frames } = world();
    const { connection } = enter();
    connection.received(join());
    connection.received("one");
    connection.received("two");
    await decide(good);
    connection.received("three");
    assert.deepEqual(frames, ["one", "two", "three"]);
  });

  it("does not keep more than a few of them", async () => {
    const { enter, decide, admitted, lobby } = world();
    const { connection, socket } = enter();
    connection.received(join());
    for (let i = 0; i < 17; i++) connection.received("more");
    assert.equal(socket.closedWith?.reason, "policyViolation");
    assert.equal(lobby.size, 0);
    await decide(good);
    assert.deepEqual(admitted, []);
  });

  it("forgets who goes away during the check", async () => {
    const { enter, decide, admitted, lobby } = world();
    const { connection } = enter();
    connection.received(join());
    connection.closed(true);
    await decide(good);
    assert.deepEqual(admitted, []);
    assert.equal(lobby.size, 0);
  });

  it("lets only so many wait at the same time", () => {
    const { enter, lobby } = world({ maxWaiting: 2 });
    const [one, two, three] = [enter("c1"), enter("c2"), enter("c3")];
    assert.equal(three.socket.closedWith?.reason, "tryAgainLater");
    assert.equal(two.socket.closedWith, undefined);
    one.connection.closed(true);
    assert.equal(enter("c4").socket.closedWith, undefined);
    assert.equal(lobby.size, 2);
  });

  it("sends everybody away when it closes, and whoever comes later", () => {
    const { enter, lobby, clock } = world();
    const before = enter("c1");
    lobby.close();
    const after = enter("c2");
    assert.equal(before.socket.closedWith?.reason, "goingAway");
    assert.equal(after.socket.closedWith?.reason, "goingAway");
    for (const { connection } of [before, after]) connection.closed(true);
    assert.equal(clock.timers, 0);
  });
});
