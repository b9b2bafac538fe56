import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { channel, track } from "./media.ts";
import { stage } from "./stage.ts";
import type { World } from "./world.ts";

const again = (transportId: string, options: object = {}) =>
  track(transportId, { replace: true, ...options });

/** Of what is published over it. */
const transportOf = (world: World, id: string): string =>
  world.sfu.open.get(id)?.parents[0] ?? assert.fail(`${id} is not open`);

/**
 * One of several sidecars is gone, with these transports of the room. The others
 * tell what they received from there.
 */
function lose(world: World, ...transportIds: string[]): void {
  for (const transportId of transportIds) {
    for (const told of world.sfu.collapse(transportId)) {
      const { params } = told;
      const isElsewhere = !("cause" in params) ||
        params.cause === "producerClosed";
      if (isElsewhere) world.sfuEvent(told);
    }
  }
}

describe("a room that loses one of several sidecars", () => {
  it("SF7, MD9: tells only those who were there, and makes no other router", () => {
    const { world, ann, bob, send } = stage();
    lose(world, send);
    const lost = ann.next("transportClosed");
    assert.equal(lost.transportId, send);
    assert.equal(lost.cause, "lost");
    assert.deepEqual(ann.takeEvents(), []);
    assert.deepEqual(bob.takeEvents(), [], "not even that it stands still");
    assert.equal(world.sfu.calls("createRouter").length, 1);
  });

  it("SF7, MD7: has what was published there replaced under its keys, mutes and all", () => {
    const { world, ann, bob, send, producerId, dataProducerId } = stage();
    lose(world, send, transportOf(world, dataProducerId));
    ann.request("pauseProducer", { producerId });
    assert.deepEqual(bob.takeEvents(), ["producerPaused"]);
    const anew = world.openTransport(ann, "send");
    const renewed = ann.request("produce", again(anew, { paused: false }));
    assert.equal(renewed.paused, true);
    const replaced = bob.next("producerReplaced");
    assert.equal(replaced.oldProducerId, producerId);
    ann.request("produceData", channel(anew, { replace: true }));
    const data = bob.next("dataProducerReplaced");
    assert.equal(data.oldDataProducerId, dataProducerId);
    assert.deepEqual(bob.takeEvents(), []);
    world.subscribe(bob, renewed.producerId);
    world.advance(60_000);
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("SF7: gives nothing of it to consume before it is there again", () => {
    const { world, bob, send, producerId, consumerId } = stage();
    lose(world, send);
    const recv = world.openTransport(bob, "recv");
    const params = { transportId: recv, producerId };
    assert.equal(
      bob.refused("consume", params).code,
      errors.producerNotFound.code,
    );
    assert.equal(
      bob.refused("resumeConsumer", { consumerId }).code,
      errors.consumerNotFound.code,
    );
  });

  it("SF7: has whoever received there receive anew, and nobody else", () => {
    const { world, ann, bob, recv, producerId } = stage();
    lose(world, recv);
    assert.equal(bob.next("transportClosed").transportId, recv);
    assert.deepEqual(bob.takeEvents(), []);
    assert.deepEqual(ann.takeEvents(), []);
    world.subscribe(bob, producerId);
  });

  it("SF7: has nothing of it on its books but what was published", () => {
    const { world, send, recv, producerId, dataProducerId } = stage();
    lose(world, send, recv, transportOf(world, dataProducerId));
    assert.deepEqual(
      [...world.room.dump().owners.keys()].sort(),
      [dataProducerId, producerId].sort(),
    );
  });

  it("SF7: ends what its owner does not publish anew in time", () => {
    const { world, ann, bob, send, dataProducerId } = stage();
    lose(world, send, transportOf(world, dataProducerId));
    ann.takeEvents();
    world.advance(29_999);
    assert.deepEqual(bob.takeEvents(), []);
    world.advance(1);
    const ends = ["producerRemoved", "dataProducerRemoved"];
    assert.deepEqual(bob.takeEvents(), ends);
    assert.deepEqual(ann.takeEvents(), ends);
  });

  it("SF7: is not moved by what is not its own", () => {
    const { world, ann, bob } = stage();
    const params = { routerId: "another", transportId: "another" };
    world.sfuEvent({ event: "transportLost", params });
    assert.deepEqual([...ann.takeEvents(), ...bob.takeEvents()], []);
  });
});
