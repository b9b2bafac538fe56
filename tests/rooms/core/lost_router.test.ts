import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { channel, rtpCapabilities, track } from "./media.ts";
import { stage } from "./stage.ts";
import { World } from "./world.ts";

const again = (transportId: string, options: object = {}) =>
  track(transportId, { replace: true, ...options });

describe("a room whose router is lost", () => {
  it("MD9: stays with all its sessions, tells everybody, and gets another router", () => {
    const { world, ann, bob } = stage();
    world.loseRouter();
    for (const client of [ann, bob]) {
      assert.equal(client.closed, null);
      client.next("mediaServerLost");
      const ready = client.next("mediaServerReady");
      assert.deepEqual(ready.routerRtpCapabilities, rtpCapabilities);
      assert.deepEqual(client.takeEvents(), []);
    }
    assert.equal(world.sfu.routers.size, 1);
    assert.deepEqual(
      world.announcements.slice(-2),
      [{ type: "mediaServerLost" }, { type: "mediaServerReplaced", lostMs: 0 }],
    );
  });

  it("MD9: has nothing of it on its books but what was published", () => {
    const { world, producerId, dataProducerId } = stage();
    const calls = world.sfu.performed.length;
    world.loseRouter();
    assert.deepEqual(
      [...world.room.dump().owners.keys()].sort(),
      [dataProducerId, producerId].sort(),
    );
    const closes = world.sfu.performed.slice(calls).map((one) => one.method);
    assert.deepEqual(closes, ["createRouter"], "what is gone is not closed");
  });

  it("MD9: keeps what was published under its keys: it is replaced, and does not leave", () => {
    const { world, ann, bob, producerId, dataProducerId } = stage();
    world.loseRouter();
    ann.takeEvents();
    bob.takeEvents();
    const send = world.openTransport(ann, "send");
    const renewed = ann.request("produce", again(send));
    const replaced = bob.next("producerReplaced");
    assert.equal(replaced.oldProducerId, producerId);
    assert.equal(replaced.producer.producerId, renewed.producerId);
    ann.request("produceData", channel(send, { replace: true }));
    const data = bob.next("dataProducerReplaced");
    assert.equal(data.oldDataProducerId, dataProducerId);
    assert.deepEqual(bob.takeEvents(), []);
    world.subscribe(bob, renewed.producerId);
  });

  it("MD9: gives nothing to consume before it is published anew, and whoever comes sees it", () => {
    const { world, ann, bob, producerId } = stage();
    world.loseRouter();
    const recv = world.openTransport(bob, "recv");
    const params = { transportId: recv, producerId };
    const early = bob.refused("consume", params);
    assert.equal(early.code, errors.producerNotFound.code);

    const cat = world.join("cat");
    const [seen] = cat.participants.flatMap(({ producers }) => producers);
    assert.equal(seen?.producerId, producerId);
    ann.request("produce", again(world.openTransport(ann, "send")));
    assert.equal(cat.next("producerReplaced").oldProducerId, producerId);
  });

  it("MD9, MD7: keeps mutes, also those that are asked for before media is back", () => {
    const { world, ann, bob, producerId } = stage();
    world.answering = false;
    const muting = ann.send("pauseProducer", { producerId });
    world.calls.length = 0;
    world.loseRouter();
    assert.equal(ann.isGranted(muting), true);
    ann.request("resumeProducer", { producerId });
    ann.request("pauseProducer", { producerId });
    assert.deepEqual(bob.takeEvents(), [
      "mediaServerLost",
      "producerPaused",
      "producerResumed",
      "producerPaused",
    ]);
    world.answerCalls();
    world.answering = true;
    const send = world.openTransport(ann, "send");
    const renewed = ann.request("produce", again(send, { paused: false }));
    assert.equal(renewed.paused, true);
    assert.ok(world.sfu.paused.has(renewed.producerId));
  });

  it("MD9: answers at once what was under way, and whatever comes before it has another", () => {
    const { world, ann, bob, send, recv, producerId, consumerId } = stage();
    world.answering = false;
    const unavailable = [
      ann.send("createWebRtcTransport", { direction: "send" }),
      ann.send("produce", track(send, { key: "camera" })),
    ];
    const consume = bob.send("consume", { transportId: recv, producerId });
    const gone = bob.send("pauseConsumer", { consumerId });
    world.calls.length = 0;
    world.loseRouter();
    unavailable.push(ann.send("createWebRtcTransport", { direction: "send" }));
    const { code } = errors.mediaServerUnavailable;
    for (const id of unavailable) assert.equal(ann.error(id).code, code);
    assert.equal(bob.error(consume).code, code);
    assert.equal(bob.error(gone).code, errors.consumerNotFound.code);
    world.answerCalls();
    world.advance(60_000);
    assert.equal(
      world.sfu.calls("dumpRouter").length,
      0,
      "nothing is orphaned",
    );
  });

  it("MD9: waits for the SFU where that is away, and then begins at once", () => {
    const { world, ann } = stage();
    world.sfuDown();
    world.loseRouter();
    world.advance(60_000);
    assert.deepEqual(ann.takeEvents(), ["mediaServerLost"]);
    const late = world.knock("cat");
    assert.equal(late.error(1).code, errors.mediaServerUnavailable.code);
    world.sfuUp();
    assert.deepEqual(ann.takeEvents(), ["mediaServerReady"]);
  });

  it("MD9: tries again, less and less often, while there is none; joins meanwhile are turned away", () => {
    const { world, ann } = stage();
    world.answering = false;
    world.loseRouter();
    const cat = world.knock("cat");
    world.answerCall("RESOURCE_EXHAUSTED");
    assert.equal(cat.error(1).code, errors.mediaServerUnavailable.code);
    const waits = [250, 500, 1_000, 2_000, 4_000, 4_000];
    for (const ms of waits) {
      world.advance(ms - 1);
      assert.equal(world.calls.length, 0);
      world.advance(1);
      world.answerCall("RESOURCE_EXHAUSTED");
    }
    const dan = world.knock("dan");
    world.advance(4_000);
    world.answerCalls();
    dan.result<"join">(1);
    ann.next("mediaServerLost");
    ann.next("mediaServerReady");
  });

  it("MD9: does not end as an empty one while there is none", () => {
    const { world, ann } = stage();
    world.admin({ type: "setPolicy", policy: { emptyRoomMs: 500 } });
    world.answering = false;
    world.loseRouter();
    world.answerCall("UNAVAILABLE");
    for (const _ of [1, 2, 3]) {
      world.advance(2_000);
      world.answerCalls();
    }
    assert.equal(ann.closed, null);
    assert.ok(ann.takeEvents().includes("mediaServerReady"));
  });

  it("MD9: may lose the next one, too", () => {
    const { world, ann, bob } = stage();
    world.loseRouter();
    world.loseRouter();
    const lost = ["mediaServerLost", "mediaServerReady"];
    assert.deepEqual(bob.takeEvents(), [...lost, ...lost]);
    ann.request("produce", again(world.openTransport(ann, "send")));
    assert.deepEqual(bob.takeEvents(), ["producerReplaced"]);
  });

  it("MD9: tells one who is away on the return, in order or in the snapshot", () => {
    const world = new World({ maxLogEvents: 4 });
    const ann = world.join("ann");
    const bob = world.join("bob");
    world.publish(ann);
    ann.drop();
    bob.drop();
    world.loseRouter();
    const { transports, open, snapshot } = world.resumed(ann);
    assert.deepEqual([transports, open, snapshot], [[], [], undefined]);
    assert.ok(ann.takeEvents().includes("mediaServerReady"));
    for (let count = 0; count < 5; count++) {
      ann.request("sendMessage", { topic: "t", body: count });
    }
    const resumed = world.resumed(bob);
    assert.deepEqual(
      resumed.snapshot?.routerRtpCapabilities,
      rtpCapabilities,
    );
    world.sfuDown();
    bob.drop();
    world.loseRouter();
    for (let count = 0; count < 5; count++) {
      ann.request("sendMessage", { topic: "t", body: count });
    }
    const { snapshot: without } = world.resumed(bob);
    assert.ok(without && without.routerRtpCapabilities === undefined);
  });

  it("MD9: ends what is not published anew in time; one who is away has until the return", () => {
    const world = new World({ evictAfterMs: 300_000 });
    const [ann, bob, cat] = ["ann", "bob", "cat"].map((name) =>
      world.join(name)
    );
    assert.ok(ann && bob && cat);
    world.publish(ann);
    world.publish(bob);
    bob.drop();
    world.loseRouter();
    cat.takeEvents();
    ann.takeEvents();
    world.advance(29_999);
    assert.deepEqual(cat.takeEvents(), []);
    world.advance(1);
    assert.equal(cat.next("producerRemoved").sessionId, ann.sessionId);
    assert.equal(ann.next("producerRemoved").sessionId, ann.sessionId);
    world.advance(60_000);
    assert.deepEqual(cat.takeEvents(), []);
    world.resumed(bob);
    assert.deepEqual(cat.takeEvents(), ["participantReconnected"]);
    bob.request("produce", again(world.openTransport(bob, "send")));
    world.advance(60_000);
    assert.deepEqual(cat.takeEvents(), ["producerReplaced"]);
  });

  it("MD9: whoever leaves takes along what has not come back", () => {
    const { world, ann, bob } = stage();
    world.sfuDown();
    world.loseRouter();
    bob.takeEvents();
    ann.close();
    assert.deepEqual(bob.takeEvents(), [
      "producerRemoved",
      "dataProducerRemoved",
      "participantDisconnected",
    ]);
    assert.equal(world.room.dump().owners.size, 0);
    bob.close();
    world.advance(60_000);
    assert.equal(world.ended, true);
    assert.deepEqual(world.announcements.at(-1), {
      type: "roomEnded",
      reason: "empty",
    });
  });

  it("MD9: is not moved by the loss of a router that is not its own", () => {
    const { world, ann } = stage();
    const params = { routerId: "another", cause: "workerDied" } as const;
    world.sfuEvent({ event: "routerClosed", params });
    assert.deepEqual(ann.takeEvents(), []);
  });
});
