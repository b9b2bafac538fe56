import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../../protocol/mod.ts";
import { Room } from "../../../../rooms/core/room.ts";
import type { Client } from "../client.ts";
import { track } from "../media.ts";
import { isRefused } from "../pair.ts";
import { stage } from "../stage.ts";
import type { World } from "../world.ts";

const key = "microphone";

const setMuted = (world: World, { sessionId }: Client, muted: boolean) =>
  world.order({ type: "setMuted", sessionId, key, muted });

const HELD = "trackMutedByServer";

describe("a track that an operator mutes", () => {
  it("OP4: is muted for all at once, and in the media server", () => {
    const { world, ann, bob, producerId } = stage();
    assert.deepEqual(setMuted(world, ann, true), { type: "done" });
    assert.deepEqual(ann.next("mutedByServer").muted, true);
    assert.equal(bob.next("producerPaused").producerId, producerId);
    assert.ok(world.sfu.paused.has(producerId));
    setMuted(world, ann, true);
    assert.deepEqual([ann.takeEvents(), bob.takeEvents()], [[], []]);
    const announced = world.announcements.at(-1);
    assert.ok(announced?.type === "trackMutedByServer" && announced.muted);
  });

  it("OP4: cannot be unmuted by its owner while that stands", () => {
    const { world, ann, bob, producerId } = stage();
    setMuted(world, ann, true);
    isRefused(ann, HELD, "resumeProducer", { producerId });
    setMuted(world, ann, false);
    assert.ok(world.sfu.paused.has(producerId), "it was not the operator's");
    bob.takeEvents();
    ann.request("resumeProducer", { producerId });
    assert.deepEqual(bob.takeEvents(), ["producerResumed"]);
    assert.ok(!world.sfu.paused.has(producerId));
  });

  it("OP4: stays muted when it is made anew, also after its owner closed it", () => {
    const { world, ann, send, producerId } = stage();
    setMuted(world, ann, true);
    const replaced = ann.request("produce", track(send, { replace: true }));
    assert.equal(replaced.paused, true);
    assert.ok(world.sfu.paused.has(replaced.producerId));
    ann.request("closeProducer", { producerId: replaced.producerId });
    world.room = Room.restore(world.room.dump());
    const again = ann.request("produce", track(send, { paused: false }));
    assert.equal(again.paused, true);
    const refused = { producerId: again.producerId };
    isRefused(ann, HELD, "resumeProducer", refused);
    assert.notEqual(again.producerId, producerId);
  });

  it("OP4: stays muted when its owner has unmuted it in the same moment", () => {
    const { world, ann, bob, producerId } = stage();
    ann.request("pauseProducer", { producerId });
    bob.takeEvents();
    world.answering = false;
    const id = ann.send("resumeProducer", { producerId });
    setMuted(world, ann, true);
    // The media server hears of them the other way round.
    world.calls.reverse();
    world.answerCalls();
    assert.equal(ann.error(id).code, errors[HELD].code);
    assert.ok(world.sfu.paused.has(producerId));
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("OP4: is never heard where it was about to be made", () => {
    const { world, ann, bob, send } = stage();
    world.answering = false;
    const id = ann.send("produce", track(send, { replace: true }));
    setMuted(world, ann, true);
    bob.takeEvents();
    world.answering = true;
    world.answerCalls();
    const { paused, producerId } = ann.result<"produce">(id);
    assert.equal(paused, true);
    assert.ok(world.sfu.paused.has(producerId));
    assert.equal(bob.next("producerReplaced").producer.paused, true);
  });

  it("OP4: is muted in the media server as soon as that can be told", () => {
    const { world, ann, bob, producerId } = stage();
    world.sfuDown();
    setMuted(world, ann, true);
    assert.deepEqual(bob.takeEvents(), ["producerPaused"]);
    assert.ok(!world.sfu.paused.has(producerId));
    world.sfuUp();
    assert.ok(world.sfu.paused.has(producerId));
  });

  it("OP4: is not muted by a late try when it was unmuted meanwhile", () => {
    const { world, ann, producerId } = stage();
    world.answering = false;
    setMuted(world, ann, true);
    world.answerCall("UNAVAILABLE");
    setMuted(world, ann, false);
    world.answering = true;
    ann.request("resumeProducer", { producerId });
    world.advance(5_000);
    assert.ok(!world.sfu.paused.has(producerId));
  });

  it("OP4: has to be there", () => {
    const { world, ann } = stage();
    const { sessionId } = ann;
    const command = { type: "setMuted", sessionId, muted: true } as const;
    const outcome = world.order({ ...command, key: "chat" });
    assert.ok(outcome.type === "refused");
    assert.equal(outcome.reason, "noSuchTrack");
  });
});
