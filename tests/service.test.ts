import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { signToken } from "../auth/sign.ts";
import { SignJWT } from "jose";
import { errors } from "../protocol/mod.ts";
import { JwksServer, newKey } from "./auth/jwks_server.ts";
import { ask, resultOf } from "./http/ask.ts";
import { World } from "./service_world.ts";

describe("the service, over real sockets", () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  it("lets two participants into a room, each with a session of its own", async () => {
    await using ann = await world.connect();
    await using bob = await world.connect();
    const first = await world.enter(ann, "r", "ann");
    const second = await world.enter(bob, "r", "bob");
    assert.equal(first.identity, "ann");
    assert.equal(second.participants.length, 2);
    assert.match(first.sessionId, /^[\w-]{22}$/);
    assert.notEqual(first.sessionId, second.sessionId);
    assert.match(await ann.next(), /"method":"participantConnected"/);
  });

  it("keeps rooms apart", async () => {
    await using ann = await world.connect("one");
    await using bob = await world.connect("two");
    await world.enter(ann, "one", "ann");
    const { participants } = await world.enter(bob, "two", "bob");
    assert.equal(participants.length, 1);
  });

  it("answers a token for another room with an error, and closes", async () => {
    await using client = await world.connect("r");
    const { error } = await world.join(client, await world.token("other"));
    assert.equal(error?.code, errors.tokenGrantsInvalid.code);
    assert.equal((await client.closed()).reason, "joinRejected");
  });

  it("answers garbage with an error, and closes", async () => {
    await using client = await world.connect();
    client.send("garbage");
    const { error } = JSON.parse(await client.next());
    assert.equal(error.code, errors.parseError.code);
    assert.equal((await client.closed()).code, 4000);
  });

  it("closes with 1009 on a frame that is too large, in the lobby and in the room", async () => {
    await using early = await world.connect();
    early.send("x".repeat(65_537));
    assert.equal((await early.closed()).code, 1009);
    await using late = await world.connect();
    await world.enter(late);
    late.send("x".repeat(65_537));
    assert.equal((await late.closed()).code, 1009);
  });

  it("RS1: goes on with a session whose connection broke, and tells what was missed", async () => {
    await using ann = await world.connect();
    await using bob = await world.connect();
    const joined = await world.enter(ann, "r", "ann");
    await world.enter(bob, "r", "bob");
    ann.socket.terminate();
    assert.match(await bob.next(), /"participantReconnecting"/);
    await using again = await world.connect();
    const { sessionId, secret, epoch } = joined;
    const params = { sessionId, secret, epoch, ack: 0 };
    const resumed = resultOf(await ask(again, "resume", params));
    assert.equal(resumed.seq, 0);
    assert.notEqual(resumed.secret, secret);
    assert.match(await again.next(), /"participantConnected".*"seq":1/);
    assert.match(await bob.next(), /"participantReconnected"/);
    assert.ok(!JSON.stringify(world.lines).includes(secret));
  });

  it("RS3: refuses to go on in a room that was lost with another process", async () => {
    await using client = await world.connect("lost");
    const params = { sessionId: "s", secret: "s".repeat(43), epoch: 1, ack: 0 };
    const { error } = await ask(client, "resume", params);
    assert.equal(error?.code, errors.signalingTimeout.code);
    assert.equal(error.data.reason, "nodeCrashed");
    assert.equal((await client.closed()).reason, "joinRejected");
  });

  it("GR4: ends a session by a beacon of its page", async () => {
    await using ann = await world.connect();
    const { sessionId, secret } = await world.enter(ann, "r", "ann");
    const { port } = world.service;
    const response = await fetch(`http://127.0.0.1:${port}/rooms/r/leave`, {
      method: "POST",
      body: JSON.stringify({ sessionId, secret }),
    });
    assert.equal(response.status, 204);
    assert.match(await ann.next(), /"sessionEnded".*"left"/);
    assert.equal((await ann.closed()).code, 1000);
  });

  it("is not ready while the sidecar is away", async () => {
    const ready = async () => {
      const { port } = world.service;
      const response = await fetch(`http://127.0.0.1:${port}/readyz`);
      return { status: response.status, body: await response.json() };
    };
    assert.equal((await ready()).status, 200);
    world.link.turn("down");
    assert.deepEqual(await ready(), {
      status: 503,
      body: { status: "unready", reason: "the sidecar is down" },
    });
  });

  it("tells the participants when it shuts down, and closes", async () => {
    const other = await World.start();
    await using ann = await other.connect();
    await using visitor = await other.connect();
    await other.join(ann, await other.token());
    await other[Symbol.asyncDispose]();
    assert.match(await ann.next(), /"reason":"serverShutdown"/);
    assert.equal((await ann.closed()).code, 1001);
    assert.equal((await visitor.closed()).code, 1001);
    assert.equal(other.link.methods.at(-1), "closeRouter");
  });

  it("writes no token, no identity and no name into its log", async () => {
    await using ann = await world.connect();
    const token = await world.token("r", "ann-of-somewhere");
    await world.join(ann, token);
    const log = JSON.stringify(world.lines);
    assert.match(log, /participantJoined/);
    assert.doesNotMatch(log, /ann-of-somewhere/);
    assert.ok(!log.includes(token));
  });
});

describe("a silent connection", () => {
  it("is closed with 4001 when its time to join is over", async () => {
    await using world = await World.start({ JOIN_TIMEOUT_MS: "100" });
    await using client = await world.connect();
    assert.deepEqual(await client.closed(), {
      code: 4001,
      reason: "joinTimeout",
    });
  });
});

describe("the service with keys", () => {
  const secret = "0123456789abcdef0123456789abcdef";
  const key = { kid: "k1", secret: new TextEncoder().encode(secret) };
  const TOKEN_KEYS = `k1:${secret}`;

  it("gives no tokens, and lets in who has one that is signed with one of them", async () => {
    await using world = await World.start({ TOKEN_KEYS });
    const token = await signToken({ sub: "ann", room: "*" }, 60, { key });
    await using client = await world.connect();
    const result = resultOf(await world.join(client, token));
    assert.equal(result.identity, "ann");
    const response = await fetch(
      `http://127.0.0.1:${world.service.port}/rooms/r/token`,
      { method: "POST" },
    );
    await response.body?.cancel();
    assert.equal(response.status, 404);
    assert.doesNotMatch(JSON.stringify(world.lines), /DEVELOPMENT/);
  });

  it("wants the issuer and the audience that it is told to", async () => {
    await using world = await World.start({
      TOKEN_KEYS,
      TOKEN_ISSUER: "ours",
      TOKEN_AUDIENCE: "calls",
    });
    const refused: [object, number][] = [
      [{}, errors.tokenIssuerInvalid.code],
      [{ issuer: "ours" }, errors.tokenIssuerInvalid.code],
    ];
    const claims = { sub: "ann", room: "r" };
    for (const [options, code] of refused) {
      const token = await signToken(claims, 60, { key, ...options });
      await using client = await world.connect();
      assert.equal((await world.join(client, token)).error?.code, code);
    }
    const ours = { key, issuer: "ours", audience: "calls" };
    await using client = await world.connect();
    const token = await signToken(claims, 60, ours);
    const result = resultOf(await world.join(client, token));
    assert.equal(result.identity, "ann");
  });

  it("tells people to try again while the keys of others are away", async () => {
    await using server = await JwksServer.start();
    server.status = 503;
    await using world = await World.start({ TOKEN_JWKS_URL: server.url.href });
    const { privateKey } = await newKey("k1", "ES256");
    const token = await new SignJWT({ sub: "ann", room: "r" })
      .setProtectedHeader({ alg: "ES256", kid: "k1" })
      .setExpirationTime("60 s")
      .sign(privateKey);
    await using client = await world.connect();
    const { error } = await world.join(client, token);
    assert.equal(error?.data.status, "UNAVAILABLE");
    assert.equal(error.data.fatal, false);
    assert.ok(Number(error.data.retryAfterMs) > 0);
    assert.equal((await client.closed()).code, 1013);
  });

  it("says loudly when it has none", async () => {
    await using world = await World.start();
    assert.match(JSON.stringify(world.lines), /"warn".*DEVELOPMENT MODE/);
  });
});

describe("the address of the page", () => {
  const TOKEN_KEYS = "k1:0123456789abcdef0123456789abcdef";

  it("is one that browsers give the camera to", async () => {
    for (const HOST of ["127.0.0.1", "0.0.0.0"]) {
      await using world = await World.start({ HOST, TOKEN_KEYS });
      const { url, port } = world.service;
      assert.equal(url, `http://localhost:${port}`);
    }
  });
});
