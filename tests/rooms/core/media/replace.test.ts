import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../../protocol/mod.ts";
import { channel, track } from "../media.ts";
import { isRefused, pair } from "../pair.ts";

const again = (transportId: string, options: object = {}) =>
  track(transportId, { replace: true, ...options });

describe("a producer that takes the place of another", () => {
  it("MD7: is told as the same track by its key, and no leave", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann, { appData: "main" });
    bob.takeEvents();
    const transportId = world.openTransport(ann, "send");
    const renewed = ann.request(
      "produce",
      again(transportId, { appData: "main" }),
    );
    assert.equal(renewed.paused, false);
    const { oldProducerId, producer, sessionId } = bob.next("producerReplaced");
    assert.equal(sessionId, ann.sessionId);
    assert.equal(oldProducerId, producerId);
    assert.equal(producer.producerId, renewed.producerId);
    assert.equal(producer.key, "microphone");
    assert.equal(producer.appData, "main");
    assert.deepEqual(bob.takeEvents(), []);
    assert.equal(world.sfu.open.has(producerId), false);
  });

  it("MD7: is told before the consumers of the old one are closed", () => {
    const { world, ann, bob } = pair();
    const { producerId, transportId } = world.publish(ann);
    const { consumerId } = world.subscribe(bob, producerId);
    bob.takeEvents();
    ann.request("produce", again(transportId));
    bob.next("producerReplaced");
    const closed = bob.next("consumerClosed");
    assert.equal(closed.consumerId, consumerId);
    assert.equal(closed.cause, "producerClosed");
    ann.request("closeTransport", { transportId });
    assert.deepEqual(bob.takeEvents(), ["producerRemoved"]);
  });

  it("MD7: outlives the transport of the old one", () => {
    const { world, ann, bob } = pair();
    const { transportId: old } = world.publish(ann);
    const transportId = world.openTransport(ann, "send");
    ann.request("produce", again(transportId));
    bob.takeEvents();
    ann.request("closeTransport", { transportId: old });
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("MD7: is simply new where there was none", () => {
    const { world, ann, bob } = pair();
    const transportId = world.openTransport(ann, "send");
    ann.request("produce", again(transportId));
    assert.deepEqual(bob.takeEvents(), ["producerAdded"]);
  });

  it("MD7: is possible where the room allows no further one", () => {
    const { world, ann } = pair({ maxProducers: 1, maxDataProducers: 1 });
    const { transportId } = world.publish(ann);
    ann.request("produce", again(transportId));
    const other = again(transportId, { key: "other" });
    isRefused(ann, "tooManyProducers", "produce", other);
    ann.request("produceData", channel(transportId));
    ann.request("produceData", channel(transportId, { replace: true }));
  });

  it("MD7: is asked for: without it, a key is taken; and it stays of one kind", () => {
    const { world, ann } = pair();
    const { transportId } = world.publish(ann);
    const taken = "trackKeyDuplicate";
    isRefused(ann, taken, "produce", track(transportId));
    const video = again(transportId, { kind: "video" });
    isRefused(ann, taken, "produce", video);
    const data = channel(transportId, { key: "microphone", replace: true });
    isRefused(ann, taken, "produceData", data);
  });

  it("MD7: may be replaced in turn while it is being made", () => {
    const { world, ann, bob } = pair();
    const { transportId } = world.publish(ann);
    bob.takeEvents();
    world.answering = false;
    const ids = [1, 2].map(() => ann.send("produce", again(transportId)));
    world.answerCalls();
    for (const id of ids) ann.result<"produce">(id);
    assert.deepEqual(bob.takeEvents(), [
      "producerReplaced",
      "producerReplaced",
    ]);
    const producers = world.sfu.inventory.filter((id) =>
      id.startsWith("producer")
    );
    assert.equal(producers.length, 1);
  });

  it("MD7: holds for data channels as well", () => {
    const { world, ann, bob } = pair();
    const dataProducerId = world.publishData(ann);
    const recv = world.openTransport(bob, "recv");
    bob.request("consumeData", { transportId: recv, dataProducerId });
    bob.takeEvents();
    const transportId = world.openTransport(ann, "send");
    const params = channel(transportId, { replace: true });
    const renewed = ann.request("produceData", params);
    const replaced = bob.next("dataProducerReplaced");
    assert.equal(replaced.oldDataProducerId, dataProducerId);
    assert.equal(
      replaced.dataProducer.dataProducerId,
      renewed.dataProducerId,
    );
    assert.deepEqual(bob.takeEvents(), ["dataConsumerClosed"]);
    assert.equal(world.sfu.open.has(dataProducerId), false);
  });
});

describe("a track that is muted", () => {
  it("MD7: comes back muted, whatever is asked", () => {
    const { world, ann, bob } = pair();
    const { producerId, transportId } = world.publish(ann);
    ann.request("pauseProducer", { producerId });
    const renewed = ann.request(
      "produce",
      again(transportId, { paused: false }),
    );
    assert.equal(renewed.paused, true);
    assert.equal(world.sfu.calls("produce").at(-1)?.paused, true);
    bob.takeEvents().forEach(() => {});
    ann.request("resumeProducer", { producerId: renewed.producerId });
    bob.next("producerResumed");
  });

  it("MD7: comes back muted when its transport was lost in between", () => {
    const { world, ann } = pair();
    const { transportId } = world.publish(ann, { paused: true });
    ann.request("closeTransport", { transportId });
    const renewed = world.openTransport(ann, "send");
    const { paused } = ann.request("produce", track(renewed));
    assert.equal(paused, true);
  });

  it("MD7: is not heard for a moment when it was muted while the SFU made it anew", () => {
    const { world, ann, bob } = pair();
    const { producerId, transportId } = world.publish(ann);
    bob.takeEvents();
    world.answering = false;
    const produce = ann.send("produce", again(transportId));
    const pause = ann.send("pauseProducer", { producerId });
    const [first, second] = world.calls.splice(0);
    assert.ok(first && second);
    world.calls.push(second, first);
    world.answerCall();
    ann.result(pause);
    world.answerCall();
    assert.equal(ann.hasAnswer(produce), false);
    assert.deepEqual(bob.takeEvents(), ["producerPaused"]);
    world.answerCall();
    const { paused, producerId: renewed } = ann.result<"produce">(produce);
    assert.equal(paused, true);
    assert.equal(bob.next("producerReplaced").producer.paused, true);
    const last = world.sfu.calls("pauseProducer").at(-1);
    assert.equal(last?.producerId, renewed);
  });

  for (const what of ["cannot be muted", "belongs to nobody any more"]) {
    it(`MD7: is given up when it ${what} after it was made anew`, () => {
      const { world, ann, bob } = pair();
      const { producerId, transportId } = world.publish(ann);
      world.answering = false;
      const produce = ann.send("produce", again(transportId));
      ann.send("pauseProducer", { producerId });
      world.calls.reverse();
      world.answerCall();
      world.answerCall();
      bob.takeEvents();
      if (what === "cannot be muted") {
        world.answerCall("UNAVAILABLE");
        const { code } = ann.error(produce);
        assert.equal(code, errors.mediaServerUnavailable.code);
        assert.deepEqual(bob.takeEvents(), []);
      } else ann.close();
      world.answerCalls();
      assert.equal(world.room.dump().owners.size, world.sfu.open.size);
    });
  }

  it("MD7: is unmuted again when it is published anew after its end", () => {
    const { world, ann } = pair();
    const { producerId, transportId } = world.publish(ann, { paused: true });
    ann.request("closeProducer", { producerId });
    const { paused } = ann.request("produce", track(transportId));
    assert.equal(paused, false);
  });

  it("MD7: is remembered for no more keys than a participant may publish", () => {
    const { world, ann } = pair({ maxProducers: 2 });
    for (let number = 0; number < 5; number++) {
      const key = `key-${number}`;
      const { transportId } = world.publish(ann, { key, paused: true });
      ann.request("closeTransport", { transportId });
    }
    const session = world.room.dump().sessions.get(ann.sessionId);
    assert.ok(session?.state === "joined");
    assert.deepEqual([...session.media?.muted ?? []], ["key-3", "key-4"]);
  });
});
