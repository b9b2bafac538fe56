import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Effect } from "../../rooms/core/effect.ts";
import type { Input } from "../../rooms/core/input.ts";
import {
  admission,
  capabilities,
  createRouter,
  joined,
  world,
} from "./actor_stage.ts";

describe("a room's actor", () => {
  it("hands every input to the core in the order in which it came, with the time", () => {
    const { actor, core, clock, connect } = world();
    actor.start();
    const { connection } = connect("c1");
    clock.advance(5);
    connection.received("one");
    connection.received("two");
    connection.closed(true);
    assert.deepEqual(core.heard, [
      {
        input: { type: "opened", connection: "c1", admission },
        now: 1_000_000,
      },
      {
        input: { type: "received", connection: "c1", text: "one" },
        now: 1_000_005,
      },
      {
        input: { type: "received", connection: "c1", text: "two" },
        now: 1_000_005,
      },
      {
        input: { type: "closed", connection: "c1", clean: true },
        now: 1_000_005,
      },
    ]);
  });

  it("answers the wish for other ICE servers with the next input", () => {
    const { actor, core } = world((input) =>
      input.type === "tick"
        ? [{ type: "renewIceServers", sessionId: "s1" }]
        : []
    );
    actor.post({ type: "tick" });
    assert.deepEqual(core.heard.at(-1)?.input, {
      type: "iceServers",
      sessionId: "s1",
      iceServers: { servers: [{ urls: ["turn:s1"] }], renewAt: 1_000_001 },
    });
  });

  it("does the effects in their order", () => {
    const { connect, announced } = world((input) =>
      input.type === "opened"
        ? [
          { type: "send", connection: "c1", text: "first" },
          {
            type: "announce",
            announcement: joined,
          },
          { type: "send", connection: "c1", text: "second" },
          { type: "close", connection: "c1", code: "duplicateIdentity" },
          { type: "send", connection: "c1", text: "too late" },
        ]
        : []
    );
    const { socket } = connect("c1");
    assert.deepEqual(socket.sent, ["first", "second"]);
    assert.deepEqual(socket.closedWith, {
      code: 4003,
      reason: "duplicateIdentity",
    });
    assert.deepEqual(announced, [
      joined,
    ]);
  });

  it("ignores effects on connections that it does not have", () => {
    const { actor, ends } = world(() => [
      { type: "send", connection: "gone", text: "x" },
      { type: "close", connection: "gone", code: "left" },
    ]);
    actor.post({ type: "tick" });
    assert.equal(ends(), 0);
  });

  it("queues inputs that come about while effects are done", () => {
    const { core, connect } = world((input) =>
      input.type === "received"
        ? [
          { type: "send", connection: "c1", text: "too much" },
          {
            type: "announce",
            announcement: joined,
          },
        ]
        : []
    );
    const { socket, connection } = connect("c1", 10);
    socket.bufferedAmount = 11;
    connection.received("go");
    assert.equal(socket.terminated, true);
    assert.deepEqual(core.types, ["opened", "received", "closed"]);
    assert.deepEqual(core.heard.at(-1)?.input, {
      type: "closed",
      connection: "c1",
      clean: false,
    });
  });

  it("says nothing in the log of who is there", () => {
    const { connect, lines } = world(() => [{
      type: "announce",
      announcement: joined,
    }]);
    connect("c1");
    assert.equal(lines.length, 1);
    assert.doesNotMatch(JSON.stringify(lines), /ann"/);
  });
});

describe("the end of a room", () => {
  const ending = (input: Input): Effect[] =>
    input.type === "admin" ? [{ type: "end" }] : [];
  const close: Input = {
    type: "admin",
    request: 1,
    command: { type: "closeRoom", reason: "roomClosed" },
  };

  it("comes once, takes the alarm along, and nothing is heard after it", () => {
    const { actor, core, clock, link, ends } = world(ending);
    core.deadline = clock.now() + 100;
    actor.start();
    actor.post(close);
    actor.post(close);
    link.turn("down");
    clock.advance(1_000);
    assert.equal(ends(), 1);
    assert.deepEqual(core.types, ["admin"]);
    assert.equal(clock.timers, 0);
    assert.equal(link.observed, false);
  });

  it("closes connections that the core left open", () => {
    const { actor, connect } = world(ending);
    const { socket } = connect("c1");
    actor.post(close);
    assert.equal(socket.closedWith?.reason, "roomClosed");
  });

  it("sends a connection away that comes after it", () => {
    const { actor, connect, core } = world(ending);
    actor.post(close);
    const { socket } = connect("c1");
    assert.equal(socket.closedWith?.reason, "roomClosed");
    assert.deepEqual(core.types, ["admin"]);
  });

  it("leaves no router behind, not even one that was asked for and comes later", () => {
    const { actor, core, link, openRouter } = world();
    openRouter("R1");
    core.answer = (input) => input.type === "tick" ? [createRouter] : [];
    actor.post({ type: "tick" });
    core.answer = ending;
    actor.post(close);
    link.answer("createRouter", {
      routerId: "R2",
      rtpCapabilities: capabilities,
    });
    const closed = link.sent
      .filter(({ method }) => method === "closeRouter")
      .map(({ params }) => params);
    assert.deepEqual(closed, [{ routerId: "R1" }, { routerId: "R2" }]);
    assert.deepEqual(link.heard, []);
  });
});

describe("a bug in a room's core", () => {
  const failing = (input: Input): Effect[] => {
    if (input.type === "received") throw new TypeError("oh no");
    return [];
  };

  it("closes all its connections with 1011 and ends the room", () => {
    const { connect, ends, core } = world(failing);
    const one = connect("c1");
    const two = connect("c2");
    one.connection.received("boom");
    two.connection.received("never heard");
    assert.equal(one.socket.closedWith?.code, 1011);
    assert.equal(two.socket.closedWith?.code, 1011);
    assert.equal(ends(), 1);
    assert.deepEqual(core.types, ["opened", "opened", "received"]);
  });

  it("ends no other room", () => {
    const broken = world(failing);
    const healthy = world();
    broken.connect("c1").connection.received("boom");
    const { socket, connection } = healthy.connect("c2");
    connection.received("fine");
    assert.equal(socket.closedWith, undefined);
    assert.equal(healthy.ends(), 0);
  });

  it("is logged with the kind of input and the state, without what was said", () => {
    const { connect, core, lines, openRouter } = world();
    openRouter("R1");
    core.answer = failing;
    connect("c1").connection.received("secret words");
    const line = lines.at(-1);
    assert.equal(line?.level, "error");
    assert.equal(line?.input, "received");
    assert.equal(line?.connections, 1);
    assert.equal(line?.routers, 1);
    assert.match(String(line?.error), /oh no/);
    assert.doesNotMatch(JSON.stringify(lines), /secret words/);
  });

  it("closes the routers that the core cannot close any more", () => {
    const { connect, core, link, openRouter } = world();
    openRouter("R1");
    core.answer = failing;
    connect("c1").connection.received("boom");
    assert.equal(link.methods.at(-1), "closeRouter");
  });
});
