import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../../protocol/mod.ts";
import { pair } from "./pair.ts";

const policy = { maxMessagesPerSecond: 10, maxMessageBurst: 64 };
const TWICE_THE_BURST = 2 * policy.maxMessageBurst;
const note = { topic: "note", body: 1 };

describe("a client that sends more than the pace of the room allows", () => {
  it("may send a burst, and is then told when to go on", () => {
    const { world, ann, bob } = pair(policy);
    for (let count = 0; count < 64; count++) bob.request("sendMessage", note);
    ann.takeEvents();
    const { code, data } = bob.refused("sendMessage", note);
    assert.equal(code, errors.tooManyRequests.code);
    assert.equal(data.retryAfterMs, 100);
    assert.deepEqual(ann.takeEvents(), []);
    world.advance(200);
    bob.request("sendMessage", note);
    assert.deepEqual(ann.takeEvents(), ["message"]);
  });

  it("pays once more for each KiB", () => {
    const { bob } = pair(policy);
    const long = { producerId: "x".repeat(10 * 1_024) };
    for (let count = 0; count < 5; count++) {
      const { code } = bob.refused("closeProducer", long);
      assert.equal(code, errors.invalidParams.code);
    }
    const { code } = bob.refused("closeProducer", long);
    assert.equal(code, errors.tooManyRequests.code);
  });

  it("pays once more for each 256 bytes that it has others told, however they are written", () => {
    for (const letter of ["x", "é", "€"]) {
      const { world, ann, bob } = pair({ ...policy, maxMessageBurst: 400 });
      const body = letter.repeat(15_000 / new Blob([letter]).size);
      const asked = [...Array(30)].map(() =>
        bob.send("sendMessage", { topic: "long", body })
      );
      const told = ann.takeEvents().length;
      assert.ok(told >= 5 && told <= 7, `${told} of ${asked.length}`);
      assert.equal(bob.closed, null);
      world.advance(60_000);
      bob.request("sendMessage", { topic: "long", body });
    }
  });

  it("pays nothing for what nobody is told", () => {
    const { ann, bob } = pair({ ...policy, maxMessageBurst: 400 });
    const body = "x".repeat(17_000);
    for (let count = 0; count < 20; count++) {
      const { code } = bob.refused("sendMessage", { topic: "long", body });
      assert.equal(code, errors.messageTooLarge.code);
    }
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("keeps its session while it answers pings", () => {
    const { world, bob } = pair(policy);
    for (let count = 0; count < 70; count++) bob.send("sendMessage", note);
    world.advance(30_000);
    assert.equal(bob.closed, null);
  });

  it("is cut off with 1008 after twice the burst, and the others are told", () => {
    const { world, ann, bob } = pair(policy);
    world.advance(1_500);
    for (let count = 0; count < TWICE_THE_BURST; count++) bob.pong(1, 0);
    assert.equal(bob.closed, null);
    bob.pong(1, 0);
    assert.equal(bob.complaints.at(-1)?.code, errors.tooManyRequests.code);
    assert.equal(bob.next("sessionEnded").reason, "protocolError");
    assert.equal(bob.closed, "policyViolation");
    const { reason } = ann.next("participantDisconnected");
    assert.equal(reason, "protocolError");
  });

  it("RS6: is not refused what it sends again after a resume", () => {
    const { world, ann, bob } = pair(policy);
    bob.deaf = true;
    for (let count = 0; count < 63; count++) bob.send("sendMessage", note);
    const told = ann.takeEvents().length;
    bob.drop();
    bob.deaf = false;
    bob.resends = true;
    world.resumed(bob);
    assert.equal(bob.waiting.size, 0);
    const answered = [...Array(63).keys()].map((index) => index + 2);
    for (const id of answered) bob.result(id);
    const again = ann.takeEvents().filter((event) => event === "message");
    assert.deepEqual([told, again.length], [63, 0]);
  });

  it("RS6: is refused the same again, what was refused", () => {
    const { world, bob } = pair(policy);
    for (let count = 0; count < 64; count++) bob.send("sendMessage", note);
    bob.deaf = true;
    const refused = bob.send("sendMessage", note);
    bob.drop();
    world.advance(5_000);
    bob.deaf = false;
    bob.resends = true;
    world.resumed(bob);
    assert.equal(bob.error(refused).code, errors.tooManyRequests.code);
  });
});
