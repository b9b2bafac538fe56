import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { arrive, count, full, methods, produce, spread } from "./_full.ts";

describe("a room that outgrows its sidecar", () => {
  it("SF6: goes on there while a part of it is made elsewhere, where who comes next is", async () => {
    const { stage, routerId } = await full();
    assert.match(await arrive(stage, routerId), /^eu-1/);
    assert.ok(stage.link("eu-2").routers.has(routerId));
    assert.match(await arrive(stage, routerId), /^eu-2/);
    assert.match(await arrive(stage, routerId), /^eu-2/);
    stage.link("eu-1").isCrowded = false;
    stage.link("eu-2").isCrowded = true;
    assert.match(await arrive(stage, routerId), /^eu-1/);
    assert.deepEqual(stage.told, []);
  });

  it("SF6: asks for room for all that is sent, wherever", async () => {
    const { stage, routerId, here, there } = await spread();
    await produce(stage, routerId, here);
    const gone = await produce(stage, routerId, here);
    await produce(stage, routerId, there);
    await stage.call("closeProducer", { routerId, producerId: gone });
    await arrive(stage, routerId);
    const { expected }: { expected?: number } =
      stage.link("eu-2").asked.at(-1)?.params ?? {};
    assert.equal(expected, 2);
    await stage.call("closeTransport", { routerId, transportId: here });
    await arrive(stage, routerId);
    const last: { expected?: number } =
      stage.link("eu-2").asked.at(-1)?.params ?? {};
    assert.equal(last.expected, 1);
  });

  it("SF6: makes one part at a time, however many come", async () => {
    const { stage, routerId } = await full();
    const replies: string[] = [];
    for (let each = 0; each < 5; each++) {
      stage.pool.call(
        "createWebRtcTransport",
        { routerId },
        { epoch: 7 },
        (reply) => {
          if (reply.ok) replies.push(reply.result.transportId);
        },
      );
    }
    await stage.settle();
    assert.equal(replies.length, 5);
    assert.equal(count(stage.link("eu-2"), "createRouter"), 1);
  });

  it("SF6: fills all that there are evenly when there is no other", async () => {
    const { stage, routerId } = await spread();
    stage.link("eu-2").isCrowded = true;
    const homes = [];
    for (let each = 0; each < 4; each++) {
      homes.push((await arrive(stage, routerId)).slice(0, 4));
    }
    assert.deepEqual(homes.sort(), ["eu-1", "eu-1", "eu-2", "eu-2"]);
  });

  it("SF6: is not asked whether it is full where there is only one sidecar", async () => {
    const { stage, routerId } = await full(["eu-1"]);
    await arrive(stage, routerId);
    assert.deepEqual(methods(stage.link("eu-1")), [
      "createRouter",
      "createWebRtcTransport",
    ]);
  });

  it("SF6: goes on in one that does not know of others yet", async () => {
    const { stage, routerId } = await full();
    stage.link("eu-1").isOld = true;
    stage.link("eu-1").failing.set("describeRouter", "UNIMPLEMENTED");
    assert.match(await arrive(stage, routerId), /^eu-1/);
    assert.match(await arrive(stage, routerId), /^eu-1/);
    assert.equal(stage.link("eu-2").routers.size, 0);
  });

  it("SF6: is not spread to one that is slow or busy, and to another region where its own has no room", async () => {
    const { stage, routerId } = await full(["eu-1", "eu-2", "us-1"]);
    stage.link("eu-2").busy = 0.95;
    stage.link("us-1").delayMs = 600;
    stage.clock.advance(3_000);
    await arrive(stage, routerId);
    assert.equal(count(stage.link("eu-2"), "createRouter"), 0);
    assert.equal(count(stage.link("us-1"), "createRouter"), 0);
    stage.link("us-1").delayMs = 0;
    stage.clock.advance(3_000);
    await arrive(stage, routerId);
    assert.match(await arrive(stage, routerId), /^us-1/);
  });

  it("SF6: is not spread to one that cannot be reached, leaves nothing there, and tries again later", async () => {
    const { stage, routerId } = await full();
    const other = stage.link("eu-2");
    other.failing.set("connectPipeTransport", "UNAVAILABLE");
    await arrive(stage, routerId);
    assert.equal(other.routers.size, 0);
    assert.equal(count(stage.link("eu-1"), "closePipeTransport"), 1);
    assert.match(await arrive(stage, routerId), /^eu-1/);
    assert.equal(count(other, "createRouter"), 1);
    other.failing.clear();
    stage.clock.advance(30_000);
    await arrive(stage, routerId);
    assert.match(await arrive(stage, routerId), /^eu-2/);
  });

  it("SF6: is not spread to one that knows other codecs", async () => {
    const { stage, routerId } = await full();
    const kind = "audio";
    const codec = { kind, mimeType: "audio/opus", clockRate: 48_000 } as const;
    stage.link("eu-2").codecs = [{ ...codec, preferredPayloadType: 100 }];
    await arrive(stage, routerId);
    assert.match(await arrive(stage, routerId), /^eu-1/);
    assert.equal(stage.link("eu-2").routers.size, 0);
    assert.ok(stage.logged.some((line) => line.includes("other codecs")));
  });

  it("SF6: that ends meanwhile leaves nothing", async () => {
    const { stage, routerId } = await full();
    stage.pool.call("createWebRtcTransport", { routerId }, {}, () => {});
    stage.clock.advance(0);
    stage.clock.advance(0);
    await stage.call("closeRouter", { routerId });
    for (const name of ["eu-1", "eu-2"]) {
      assert.equal(stage.link(name).routers.size, 0);
    }
  });
});
