import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { CLOSE_TIMEOUT_MS, Connection } from "../../rooms/connection.ts";
import { VirtualClock } from "./fakes/clock.ts";
import { FakeSocket } from "./fakes/socket.ts";

function open() {
  const clock = new VirtualClock();
  const socket = new FakeSocket();
  const heard: string[] = [];
  let gone = 0;
  const connection = new Connection("c1", socket, {
    clock,
    maxBacklogBytes: 100,
    onClosed: () => gone++,
  });
  connection.listen({
    received: (text) => heard.push(text),
    closed: (clean) => heard.push(clean ? "closed" : "lost"),
  });
  return { clock, socket, connection, heard, gone: () => gone };
}

describe("a connection", () => {
  it("passes on what comes, to whoever has it now", () => {
    const { connection, heard } = open();
    connection.received("one");
    const later: string[] = [];
    connection.listen({ received: (text) => later.push(text), closed() {} });
    connection.received("two");
    assert.deepEqual(heard, ["one"]);
    assert.deepEqual(later, ["two"]);
  });

  it("closes politely, and does not force a peer that answers", () => {
    const { clock, connection, socket, heard } = open();
    connection.close("removed");
    assert.deepEqual(socket.closedWith, { code: 4004, reason: "removed" });
    connection.closed(false);
    clock.advance(CLOSE_TIMEOUT_MS);
    assert.equal(socket.terminated, false);
    assert.deepEqual(heard, ["lost"]);
  });

  it("forces a peer that does not answer a close in time", () => {
    const { clock, connection, socket, heard, gone } = open();
    connection.close("timeout");
    clock.advance(CLOSE_TIMEOUT_MS - 1);
    assert.equal(socket.terminated, false);
    clock.advance(1);
    assert.equal(socket.terminated, true);
    assert.deepEqual(heard, ["lost"]);
    assert.equal(gone(), 1);
  });

  it("neither speaks nor listens while it closes", () => {
    const { connection, socket, heard } = open();
    connection.close("removed");
    connection.send("late");
    connection.received("late");
    connection.close("timeout");
    assert.deepEqual(socket.sent, []);
    assert.deepEqual(heard, []);
    assert.equal(socket.closedWith?.reason, "removed");
  });

  it("tells its end once", () => {
    const { clock, connection, heard, gone } = open();
    connection.closed(true);
    connection.closed(false);
    connection.close("timeout");
    clock.advance(CLOSE_TIMEOUT_MS);
    assert.deepEqual(heard, ["closed"]);
    assert.equal(gone(), 1);
    assert.equal(clock.timers, 0);
  });

  it("cuts off a peer that leaves more unread than is allowed", () => {
    const { connection, socket, heard } = open();
    socket.bufferedAmount = 100;
    connection.send("still fine");
    assert.equal(socket.terminated, false);
    socket.bufferedAmount = 101;
    connection.send("too much");
    assert.equal(socket.terminated, true);
    assert.deepEqual(heard, ["lost"]);
  });

  it("gives a peer that has read all one message, however large", () => {
    const { connection, socket } = open();
    socket.send = (text) => {
      socket.bufferedAmount += text.length;
    };
    connection.send("x".repeat(1_000));
    connection.send("x".repeat(100));
    assert.equal(socket.terminated, false);
    socket.bufferedAmount = 0;
    connection.send("x");
    connection.send("x".repeat(101));
    assert.equal(socket.terminated, true);
  });

  it("closes with the code of what the peer did wrong", () => {
    const binary = open();
    binary.connection.violated("protocolError");
    assert.equal(binary.socket.closedWith?.code, 1002);
    const large = open();
    large.connection.violated("frameTooLarge");
    assert.equal(large.socket.closedWith?.code, 1009);
  });
});
