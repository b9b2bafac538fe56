import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import { channel, rtpCapabilities, track } from "./media.ts";
import { World } from "./world.ts";

/** Twice as long as calls are waited for, and some more. */
const SEARCH_MS = 25_000;

/** The SFU does what it is asked for, and the answer is lost. */
function loseAnswer(world: World, status: RpcStatus = "UNAVAILABLE"): void {
  const [call] = world.calls;
  assert.ok(call);
  world.sfu.perform(call);
  world.answerCall(status);
}

const owned = (world: World): string[] =>
  [...world.room.dump().owners.keys()].sort();

describe("MD10: what was made for a call whose answer was lost", () => {
  it("is closed, when nobody owns it", () => {
    const world = new World();
    const ann = world.join("ann");
    world.answering = false;
    ann.send("createWebRtcTransport", { direction: "send" });
    loseAnswer(world);
    world.answering = true;
    assert.equal(world.sfu.inventory.length, 1);
    world.advance(SEARCH_MS);
    assert.deepEqual(world.sfu.inventory, []);
  });

  it("is closed, be it a transport or something on one that is owned", () => {
    const world = new World();
    const [ann, bob] = [world.join("ann"), world.join("bob")];
    const { producerId } = world.publish(ann);
    const sending = world.openTransport(bob, "send");
    const receiving = world.openTransport(bob, "recv");
    const dataProducerId = world.publishData(ann);
    world.answering = false;
    bob.send("produce", track(sending));
    loseAnswer(world);
    bob.send("produceData", channel(sending));
    loseAnswer(world, "DEADLINE_EXCEEDED");
    bob.send("consume", { transportId: receiving, producerId });
    loseAnswer(world);
    bob.send("consumeData", { transportId: receiving, dataProducerId });
    loseAnswer(world, "CANCELLED");
    bob.send("createWebRtcTransport", { direction: "recv", rtpCapabilities });
    loseAnswer(world);
    world.answering = true;
    assert.equal(world.sfu.inventory.length, owned(world).length + 5);
    world.advance(SEARCH_MS);
    assert.deepEqual(world.sfu.inventory, owned(world));
  });

  it("is left alone, when it gets its owner while it is looked for", () => {
    const world = new World();
    const ann = world.join("ann");
    world.answering = false;
    ann.send("createWebRtcTransport", { direction: "send" });
    loseAnswer(world);
    world.advance(11_999);
    // Made before the look, answered after it.
    ann.send("createWebRtcTransport", { direction: "send" });
    const made = world.calls.shift();
    assert.ok(made);
    const { reply } = world.sfu.perform(made);
    world.advance(1);
    world.answerCall();
    world.input({ type: "sfuReplied", call: made.call, reply });
    world.answering = true;
    world.advance(SEARCH_MS);
    assert.equal(owned(world).length, 1);
    assert.deepEqual(world.sfu.inventory, owned(world));
  });

  it("is looked for again, when the SFU does not say what is open", () => {
    const world = new World();
    const ann = world.join("ann");
    world.answering = false;
    ann.send("createWebRtcTransport", { direction: "send" });
    loseAnswer(world);
    world.advance(12_000);
    world.answerCall("DEADLINE_EXCEEDED");
    world.answering = true;
    world.advance(12_000 + SEARCH_MS);
    assert.deepEqual(world.sfu.inventory, []);
  });

  it("is not looked for, where a call has certainly made nothing", () => {
    const world = new World();
    const ann = world.join("ann");
    world.answering = false;
    ann.send("createWebRtcTransport", { direction: "send" });
    world.answerCall("RESOURCE_EXHAUSTED");
    world.answering = true;
    world.advance(SEARCH_MS);
    assert.deepEqual(world.sfu.calls("dumpRouter"), []);
  });
});
