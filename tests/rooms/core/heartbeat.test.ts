import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { JoinedSession } from "../../../rooms/core/session.ts";
import { readPong } from "../../../rooms/core/heartbeat.ts";
import type { Client } from "./client.ts";
import { World } from "./world.ts";

function sessionOf(world: World, client: Client): JoinedSession {
  const session = world.room.dump().sessions.get(client.sessionId);
  assert.ok(session?.state === "joined");
  return session;
}

/** Times at which the client was pinged while `ms` passed. */
function pingTimes(world: World, client: Client, ms: number): number[] {
  const times: number[] = [];
  for (let passed = 0; passed < ms; passed++) {
    world.advance(1);
    const pinged = client.pings.splice(0);
    for (const ping of pinged) {
      times.push(world.now);
      client.pong(ping);
    }
  }
  return times;
}

describe("the server pings each connection every interval", () => {
  it("HB1: counted from its own join, so that pings are spread", () => {
    const world = new World();
    const ann = world.join("ann");
    ann.alive = false;
    const start = world.now;
    world.advance(300);
    const bob = world.join("bob");
    bob.alive = false;
    assert.deepEqual(pingTimes(world, ann, 2_000), [
      start + 1000,
      start + 2000,
    ]);
    world.advance(100);
    assert.equal(bob.pings.length, 2);
  });

  it("HB1: with ids that count up", () => {
    const world = new World({ pingIntervalMs: 1_000, timeoutMs: 10_000 });
    const ann = world.join("ann");
    ann.alive = false;
    world.advance(3_000);
    assert.deepEqual(ann.pings, [1, 2, 3]);
  });

  it("HB1: and any frame counts as life, were it garbage", () => {
    const world = new World();
    const ann = world.join("ann");
    ann.alive = false;
    const says = [
      () => ann.sendText("garbage"),
      () => ann.request("sendMessage", { topic: "t", body: null }),
      () => ann.pong(1),
    ];
    for (const say of says) {
      world.advance(3_999);
      say();
    }
    world.advance(3_999);
    assert.equal(ann.closed, null);
  });

  it("HB1: but not one whose join waits for an answer", () => {
    const world = new World();
    world.answering = false;
    const ann = world.knock("ann");
    world.advance(9_000);
    assert.deepEqual(ann.pings, []);
    assert.equal(ann.closed, null);
  });
});

describe("HB2: a connection that is silent for the timeout", () => {
  it("HB2: is closed to the millisecond, and its session is lost", () => {
    const world = new World();
    const ann = world.join("ann");
    const bob = world.join("bob");
    ann.takeEvents();
    bob.alive = false;
    world.advance(3_999);
    assert.equal(bob.closed, null);
    world.advance(1);
    assert.equal(bob.closed, "timeout");
    assert.deepEqual(bob.takeEvents(), []);
    const { sessionId } = ann.next("participantReconnecting");
    assert.equal(sessionId, bob.sessionId);
  });

  it("HB2: is ignored from then on", () => {
    const world = new World();
    const ann = world.join("ann");
    const bob = world.join("bob");
    ann.alive = false;
    world.advance(4_000);
    ann.sendText("{}");
    ann.sendFrame({ jsonrpc: "2.0", id: 9, method: "leave", params: {} });
    ann.close();
    assert.deepEqual(bob.takeEvents(), ["participantReconnecting"]);
  });

  it("HB2: is found also where the timeout is shorter than the interval", () => {
    const world = new World({ pingIntervalMs: 60_000, timeoutMs: 500 });
    const ann = world.join("ann");
    world.advance(499);
    assert.equal(ann.closed, null);
    world.advance(1);
    assert.equal(ann.closed, "timeout");
  });

  it("HB2: is not blamed for a stall of the service", () => {
    const world = new World();
    const ann = world.join("ann");
    ann.alive = false;
    world.advance(3_000);
    // The process sleeps; what ann has sent meanwhile is read after the timer.
    world.now += 60_000;
    world.tick();
    assert.equal(ann.closed, null);
    world.advance(999);
    assert.equal(ann.closed, null);
    world.advance(1);
    assert.equal(ann.closed, "timeout");
  });

  it("HB2: is not blamed when a frame of somebody else ends the stall", () => {
    const world = new World();
    const ann = world.join("ann");
    const bob = world.join("bob");
    world.advance(500);
    world.now += 60_000;
    bob.request("sendMessage", { topic: "t", body: 1 });
    world.tick();
    assert.equal(ann.closed, null);
    assert.equal(bob.closed, null);
  });

  it("HB2: is not let off for ticks that are a little late", () => {
    const world = new World();
    const ann = world.join("ann");
    ann.alive = false;
    world.advance(3_950);
    world.now += 150;
    world.tick();
    assert.equal(ann.closed, "timeout");
  });

  it("HB2: is found among 100, each at its own time", () => {
    const world = new World({ maxParticipants: 100 });
    const clients = Array.from({ length: 100 }, (_, index) => {
      world.now += index % 3;
      return world.join(`client ${index}`);
    });
    const silent = clients.filter((_, index) => index % 10 === 0);
    world.advance(1_000);
    for (const client of silent) client.alive = false;
    world.advance(5_000);
    assert.deepEqual(
      clients.filter(({ closed }) => closed === "timeout"),
      silent,
    );
  });
});

describe("a pong", () => {
  it("HB4: measures the round trip, which the next ping tells", () => {
    const world = new World();
    const ann = world.join("ann");
    ann.alive = false;
    world.advance(1_040);
    ann.pong(1);
    assert.equal(sessionOf(world, ann).roundTripMs, 40);
    assert.equal(ann.roundTripMs, undefined);
    world.advance(1_000);
    assert.equal(ann.roundTripMs, 40);
  });

  it("HB4: measures also round trips longer than the interval", () => {
    const world = new World();
    const ann = world.join("ann");
    ann.alive = false;
    world.advance(3_500);
    assert.deepEqual(ann.pings, [1, 2, 3]);
    ann.pong(1);
    assert.equal(sessionOf(world, ann).roundTripMs, 2_500);
    world.advance(500);
    ann.pong(2);
    ann.pong(4);
    assert.equal(sessionOf(world, ann).roundTripMs, 0);
  });

  it("HB4: shows the operator the last round trip when the session ends", () => {
    const world = new World();
    const ann = world.join("ann");
    ann.alive = false;
    world.advance(1_025);
    ann.pong(1);
    ann.request("leave", {});
    const left = world.announcements.find(({ type }) =>
      type === "participantLeft"
    );
    assert.deepEqual(left, {
      type: "participantLeft",
      sessionId: ann.sessionId,
      identity: "ann",
      reason: "left",
      roundTripMs: 25,
    });
  });

  it("RS7: acknowledges events, which are kept no longer", () => {
    const world = new World();
    const ann = world.join("ann");
    ann.alive = false;
    world.join("bob");
    world.join("eve");
    world.advance(1_000);
    ann.pong(1, 1);
    assert.equal(sessionOf(world, ann).log?.bodies.length, 1);
    ann.pong(1, 0);
    assert.equal(sessionOf(world, ann).log?.bodies.length, 1);
    ann.pong(1, 2);
    assert.equal(sessionOf(world, ann).log, null);
  });

  it("is wrong when it answers no ping, or acknowledges what was not told", () => {
    const world = new World();
    const ann = world.join("ann");
    world.advance(1_000);
    ann.pong(2);
    ann.pong(1, 1);
    assert.equal(ann.complaints.length, 2);
  });

  it("is read the same whether it is written tersely or not", () => {
    const world = new World();
    const ann = world.join("ann");
    world.join("bob");
    ann.alive = false;
    world.advance(1_000);
    ann.sendText(' {"result": {"ack": 1}, "id": 1, "jsonrpc": "2.0"} ');
    assert.equal(sessionOf(world, ann).log, null);
    assert.deepEqual(ann.complaints, []);
  });

  it("is read fast only where it is exactly one", () => {
    const pong = '{"jsonrpc":"2.0","id":12,"result":{"ack":0}}';
    assert.deepEqual(readPong(pong), { ping: 12, ack: 0 });
    const others = [
      `${pong} `,
      pong.replace("12", "012"),
      pong.replace("12", "0"),
      pong.replace("12", "-1"),
      pong.replace("12", "1e3"),
      pong.replace("12", "9".repeat(16)),
      pong.replace("0}", "00}"),
      pong.replace("ack", "nack"),
      pong.replace("}}", ',"more":1}}'),
      pong.replace("2.0", "2x0"),
    ];
    for (const other of others) assert.equal(readPong(other), null, other);
  });
});
