import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { arrive, consume, count, full, produce, spread } from "./_full.ts";
import { LEASE_MS, type PlayedLink, Stage } from "./_stage.ts";

describe("a room in several sidecars", () => {
  it("SF6: has what is sent in one piped to the other once, and told of it until it is heard", async () => {
    const { stage, routerId, here, there } = await spread();
    const producerId = await produce(stage, routerId, here);
    await Promise.all([
      consume(stage, routerId, there, producerId),
      consume(stage, routerId, there, producerId),
    ]);
    const other = stage.link("eu-2");
    assert.equal(count(stage.link("eu-1"), "pipeProducer"), 1);
    assert.equal(count(other, "producePiped"), 1);
    assert.equal(count(other, "consume"), 2);

    other.failing.set("pauseProducer", "UNAVAILABLE");
    await stage.call("pauseProducer", { routerId, producerId });
    other.failing.clear();
    stage.clock.advance(1_000);
    await stage.settle();
    assert.equal(count(other, "pauseProducer"), 2);
    await stage.call("closeProducer", { routerId, producerId });
    assert.equal(count(other, "closeProducer"), 1);
  });

  it("SF6: closes what is piped when its transport has gone, and fails what wants it", async () => {
    const { stage, routerId, here, there } = await spread();
    const producerId = await produce(stage, routerId, here);
    await consume(stage, routerId, there, producerId);
    stage.link("eu-1").emit({
      event: "producerClosed",
      params: { routerId, producerId, cause: "transportClosed" },
    });
    assert.equal(count(stage.link("eu-2"), "closeProducer"), 1);

    const next = await produce(stage, routerId, here);
    stage.link("eu-1").failing.set("pipeProducer", "NOT_FOUND");
    const reply = await consume(stage, routerId, there, next);
    assert.ok(!reply.ok && reply.status === "NOT_FOUND");
  });

  it("SF6: does not wait for what never comes from the other", async () => {
    const { stage, routerId, here, there } = await spread();
    const producerId = await produce(stage, routerId, here);
    stage.link("eu-1").deaf.add("pipeProducer");
    const reply = consume(stage, routerId, there, producerId);
    stage.clock.advance(5_000);
    const late = await reply;
    assert.ok(!late.ok && late.status === "DEADLINE_EXCEEDED");
  });

  it("SF6: closes what may have been made for a pipe that did not say so, unless it is wanted again", async () => {
    const { stage, routerId, here, there } = await spread();
    const producerId = await produce(stage, routerId, here);
    const other = stage.link("eu-2");
    other.failing.set("producePiped", "DEADLINE_EXCEEDED");
    other.failing.set("closeProducer", "UNAVAILABLE");
    const late = await consume(stage, routerId, there, producerId);
    assert.ok(!late.ok && late.status === "DEADLINE_EXCEEDED");
    assert.equal(count(other, "closeProducer"), 1);
    other.failing.clear();
    assert.ok((await consume(stage, routerId, there, producerId)).ok);
    stage.clock.advance(5_000);
    await stage.settle();
    assert.equal(count(other, "closeProducer"), 1);
  });

  it("SF7, MD9: loses with one of them what is there, and closes the pipe to it", async () => {
    const { stage, routerId, here, there } = await spread();
    stage.link("eu-2").emit({
      event: "routerClosed",
      params: { routerId, cause: "workerDied" },
    });
    assert.deepEqual(stage.told, [`transportLost ${there}`]);
    assert.equal(count(stage.link("eu-1"), "closePipeTransport"), 1);
    stage.link("eu-1").emit({
      event: "routerClosed",
      params: { routerId, cause: "workerDied" },
    });
    assert.deepEqual(stage.told.slice(1), [`routerClosed ${routerId}`]);
    assert.notEqual(here, there);
  });

  it("SF7: loses what is in one that is cut off with its lease, which closes it when it is heard again", async () => {
    const { stage, routerId, there } = await spread();
    const other = stage.link("eu-2");
    other.down();
    stage.clock.advance(LEASE_MS - 1);
    assert.deepEqual(stage.told, []);
    stage.clock.advance(1);
    assert.deepEqual(stage.told, [`transportLost ${there}`]);
    assert.match(await arrive(stage, routerId), /^eu-1/);
    other.up(false);
    await stage.settle();
    assert.equal(other.routers.size, 0);
  });

  it("SF7: loses the later part when nothing comes through to it, unless its sidecar only takes its time", async () => {
    const { stage, routerId, there } = await spread();
    const other = stage.link("eu-2");
    const { pipeId = "" }: { pipeId?: string } = other.asked
      .find(({ method }) => method === "createPipeTransport")?.params ?? {};
    const fail = () => {
      const params = { routerId, pipeId };
      stage.link("eu-1").emit({ event: "pipeFailed", params });
    };
    other.delayMs = 600;
    stage.clock.advance(3_000);
    fail();
    assert.deepEqual(stage.told, []);
    other.delayMs = 0;
    stage.clock.advance(3_000);
    fail();
    await stage.settle();
    assert.deepEqual(stage.told, [`transportLost ${there}`]);
    assert.equal(other.routers.size, 0);
    assert.ok(stage.link("eu-1").routers.has(routerId));
    assert.match(await arrive(stage, routerId), /^eu-1/);
    assert.equal(count(other, "createRouter"), 1, "not at once");
  });

  it("SF6: has a pipe between any two of them, each of which may fail alone", async () => {
    const homes = ["eu-1", "eu-2", "eu-3"];
    const { stage, routerId } = await full(homes);
    const homeOf = (transportId: string) => stage.link(transportId.slice(0, 4));
    const transports: string[] = [];
    for (let each = 0; each < 4; each++) {
      const transportId = await arrive(stage, routerId);
      homeOf(transportId).isCrowded = true;
      transports.push(transportId);
    }
    assert.deepEqual(
      homes.map((name) => count(stage.link(name), "createPipeTransport")),
      [2, 2, 2],
    );
    const last = transports.pop() ?? "";
    const producerId = await produce(stage, routerId, last);
    for (const transportId of transports) {
      await consume(stage, routerId, transportId, producerId);
    }
    const third = homeOf(last);
    assert.equal(count(third, "pipeProducer"), 2);
    const params = { routerId, cause: "workerDied" } as const;
    third.emit({ event: "routerClosed", params });
    await stage.settle();
    assert.deepEqual(
      homes.map((name) => stage.link(name)).filter((link) => link !== third)
        .map((link) => count(link, "closePipeTransport")),
      [1, 1],
    );
    assert.ok(stage.told.every((one) => one.startsWith("transportLost")));
  });

  it("SF7: is another owner's as a whole when one of them says so", async () => {
    const { stage, routerId } = await spread();
    stage.link("eu-2").emit({
      event: "routerClosed",
      params: { routerId, cause: "fenced" },
    });
    await stage.settle();
    assert.deepEqual(stage.told, [`routerClosed ${routerId}`]);
    assert.equal(count(stage.link("eu-1"), "closeRouter"), 0);
    const gone = await stage.call("dumpRouter", { routerId });
    assert.ok(!gone.ok && gone.status === "NOT_FOUND");
  });

  it("SF6: ends in all of them, in one that is cut off as soon as it is heard", async () => {
    const { stage, routerId } = await spread();
    const other = stage.link("eu-2");
    other.down();
    await stage.call("closeRouter", { routerId });
    assert.equal(stage.link("eu-1").routers.size, 0);
    other.up(false);
    await stage.settle();
    assert.equal(other.routers.size, 0);
  });

  it("SF7, HO5: is claimed as a whole, with the pipes that have both ends", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const routerId = "large";
    const [one, two] = [stage.link("eu-1"), stage.link("eu-2")];
    const states = { ice: "completed", dtls: "connected" } as const;
    const none = {
      producerIds: [],
      consumerIds: [],
      dataProducerIds: [],
      dataConsumerIds: [],
    };
    for (const link of [one, two]) link.routers.add(routerId);
    one.dumps.set(routerId, {
      transports: [{
        transportId: "ann",
        ...states,
        ...none,
        producerIds: ["voice"],
      }],
      pipes: [
        { pipeId: "whole", producerIds: [], dataProducerIds: [] },
        { pipeId: "half", producerIds: [], dataProducerIds: [] },
      ],
    });
    two.dumps.set(routerId, {
      transports: [{ transportId: "bob", ...states, ...none }],
      pipes: [{
        pipeId: "whole",
        producerIds: ["voice", "gone"],
        dataProducerIds: [],
      }],
    });
    const claimed = await stage.call("claimRouter", { routerId }, 8);
    assert.ok(claimed.ok);
    assert.deepEqual(
      claimed.result.transports.map(({ transportId }) => transportId),
      ["ann", "bob"],
    );
    await stage.settle();
    const closed = (link: PlayedLink) =>
      link.asked.filter(({ method }) => method.startsWith("close"))
        .map(({ params }) => Object.values(params).at(-1));
    assert.deepEqual(closed(one), ["half"]);
    assert.deepEqual(closed(two), ["gone"]);
    await stage.call("pauseProducer", { routerId, producerId: "voice" }, 8);
    assert.equal(count(two, "pauseProducer"), 1);
    await consume(stage, routerId, "bob", "voice");
    assert.equal(count(one, "pipeProducer"), 0, "it is there already");
  });

  it("SF7, HO5: is not taken for whole by the word of a part that nothing is piped to", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const routerId = "large";
    const [one, two] = [stage.link("eu-1"), stage.link("eu-2")];
    one.dumps.set(routerId, { isPart: true });
    two.dumps.set(routerId, {
      transports: [{
        transportId: "ann",
        ice: "completed",
        dtls: "connected",
        producerIds: [],
        consumerIds: [],
        dataProducerIds: [],
        dataConsumerIds: [],
      }],
    });
    for (const link of [one, two]) link.routers.add(routerId);
    const claimed = await stage.call("claimRouter", { routerId }, 8);
    assert.ok(claimed.ok);
    assert.equal(claimed.result.transports.length, 1);
  });

  it("SF7, HO5: is claimed without what does not answer, which is closed when it is heard", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const routerId = "large";
    const pipes = [{ pipeId: "half", producerIds: [], dataProducerIds: [] }];
    stage.link("eu-1").routers.add(routerId);
    stage.link("eu-1").dumps.set(routerId, { pipes });
    stage.link("eu-2").routers.add(routerId);
    stage.link("eu-2").down();
    const claimed = await stage.call("claimRouter", { routerId }, 8);
    assert.ok(claimed.ok);
    stage.hear(routerId);
    stage.link("eu-2").up(false);
    await stage.settle();
    assert.equal(stage.link("eu-2").routers.size, 0);
    assert.deepEqual(stage.told, []);
  });

  it("SF7, HO5: loses nothing with a part that was being made when the process let go of it, and took it up again", async () => {
    const { stage, routerId } = await full();
    const [one, other] = [stage.link("eu-1"), stage.link("eu-2")];
    stage.pool.call("createWebRtcTransport", { routerId }, {}, () => {});
    while (!other.routers.has(routerId)) {
      stage.clock.advance(0);
      await Promise.resolve();
    }
    one.dumps.set(routerId, {
      pipes: [{ pipeId: "whole", producerIds: [], dataProducerIds: [] }],
    });
    other.dumps.set(routerId, { isPart: true, transports: [idle("carol")] });
    const claimed = await stage.call("claimRouter", { routerId }, 8);
    assert.ok(claimed.ok);
    stage.hear(routerId);
    assert.ok(stage.logged.some((line) => line.includes("is not spread to")));
    assert.ok(other.routers.has(routerId), "it is the later owner's");
    other.down();
    stage.clock.advance(LEASE_MS);
    await stage.settle();
    assert.deepEqual(stage.told, ["transportLost carol"]);
  });
});

const idle = (transportId: string) => ({
  transportId,
  ice: "new" as const,
  dtls: "new" as const,
  producerIds: [],
  consumerIds: [],
  dataProducerIds: [],
  dataConsumerIds: [],
});
