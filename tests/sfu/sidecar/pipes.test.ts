import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { SfuParams, SfuResult } from "../../../sfu/methods.ts";
import { Browser } from "./_browser.ts";
import { Core } from "./_core.ts";
import { until } from "../../support/until.ts";
import { TestOwner } from "./_owner.ts";
import { TestRoom } from "./_room.ts";
import { rejectsWith } from "./_status.ts";
import { workerBin } from "./_worker.ts";

const pipeId = "pipe-1";

/** A room with parts in two sidecars, and a pipe between them. */
async function stage() {
  const open = new AsyncDisposableStack();
  const [coreA, coreB] = await Promise.all([Core.start(), Core.start()]);
  open.use(coreA);
  open.use(coreB);
  const a = await TestRoom.make(coreA, new TestOwner());
  const b = await partOf(a, coreB);
  await pipe(a, b);
  return { a, b, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

async function partOf(room: TestRoom, core: Core): Promise<TestRoom> {
  const { routerId } = room;
  const { rtpCapabilities, ...settings } = await room.core
    .call(room.owner, "describeRouter", { routerId });
  assert.deepEqual(rtpCapabilities, room.rtpCapabilities);
  const params = { ...settings, partOf: routerId };
  return await TestRoom.make(core, new TestOwner(), params);
}

async function pipe(a: TestRoom, b: TestRoom): Promise<void> {
  const { routerId } = a;
  const [ofA, ofB] = await Promise.all(
    [a, b].map(({ core, owner }) =>
      core.call(owner, "createPipeTransport", { routerId, pipeId })
    ),
  );
  assert.ok(ofA && ofB);
  await Promise.all([connect(a, ofB), connect(b, ofA)]);
}

const connect = (
  { core, owner, routerId }: TestRoom,
  remote: SfuResult<"createPipeTransport">,
) => core.call(owner, "connectPipeTransport", { routerId, pipeId, remote });

/** Sends a producer of one part to the other. */
async function send(from: TestRoom, to: TestRoom, producerId: string) {
  const params = { routerId: from.routerId, pipeId, producerId };
  const sent = await from.core.call(from.owner, "pipeProducer", params);
  await to.core.call(to.owner, "producePiped", { ...params, ...sent });
}

async function sendData(from: TestRoom, to: TestRoom, dataProducerId: string) {
  const params = { routerId: from.routerId, pipeId, dataProducerId };
  const sent = await from.core.call(from.owner, "pipeDataProducer", params);
  await to.core.call(to.owner, "produceDataPiped", { ...params, ...sent });
}

/** Somebody's transport in a part, with a browser at its other end. */
async function open(
  browser: Browser,
  { core, owner, routerId }: TestRoom,
) {
  const info = await core.call(owner, "createWebRtcTransport", {
    routerId,
    sctp: true,
  });
  const { transportId } = info;
  const { own } = await browser.open(
    info,
    (dtlsParameters: SfuParams<"connectWebRtcTransport">["dtlsParameters"]) =>
      core.call(owner, "connectWebRtcTransport", {
        routerId,
        transportId,
        dtlsParameters,
      }),
  );
  return { own, transportId };
}

describe("a router with parts in two sidecars", () => {
  it("SF6: has one name and the same capabilities in both", async () => {
    await using there = await stage();
    const { a, b } = there;
    assert.equal(b.routerId, a.routerId);
    assert.deepEqual(b.rtpCapabilities, a.rtpCapabilities);
    const { transports, pipes } = await b.dump();
    assert.deepEqual(transports, [], "pipes are none of the owner's");
    assert.deepEqual(pipes, [{ pipeId, producerIds: [], dataProducerIds: [] }]);
    await rejectsWith(
      "FAILED_PRECONDITION",
      /here already/,
      partOf(a, b.core),
    );
  });

  it("SF6: has sound flow from one to the other, not while it is paused, and no more when it is closed", async () => {
    await using there = await stage();
    const { a, b } = there;
    await using browser = await Browser.start(await workerBin());
    const ann = await open(browser, a);
    const { producerId } = await a.produce({
      transportId: ann.transportId,
      kind: "audio",
      rtpParameters: await browser.speak(ann.own, -20),
      paused: false,
    });
    await send(a, b, producerId);
    await send(a, b, producerId);
    const bob = await open(browser, b);
    const consumed = await b.consume(bob.transportId, producerId);
    assert.equal(consumed.producerPaused, false);
    const heard = await browser.listen(bob.own, consumed);
    await until("Bob hears Ann", () => heard.packets > 10);

    const { routerId } = a;
    for (const { core, owner } of [a, b]) {
      await core.call(owner, "pauseProducer", { routerId, producerId });
    }
    const before = heard.packets;
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(heard.packets - before < 5, "20 ms a packet");
    for (const { core, owner } of [a, b]) {
      await core.call(owner, "resumeProducer", { routerId, producerId });
    }
    await until("he hears her again", () => heard.packets > before + 10);

    const { consumerId } = consumed;
    for (const { core, owner } of [a, b]) {
      await core.call(owner, "closeProducer", { routerId, producerId });
    }
    const cause = "producerClosed";
    await b.owner.heard("consumerClosed", { consumerId, cause });
    assert.deepEqual(
      b.owner.closes(),
      ["consumerClosed producerClosed"],
      "what is piped is none of the owner's",
    );
  });

  it("SF6: has data flow from one to the other", async () => {
    await using there = await stage();
    const { a, b } = there;
    await using browser = await Browser.start(await workerBin());
    const ann = await open(browser, a);
    const channel = await browser.openData(ann.own);
    const { dataProducerId } = await a.core.call(a.owner, "produceData", {
      routerId: a.routerId,
      transportId: ann.transportId,
      sctpStreamParameters: channel.sctpStreamParameters,
      label: "chat",
      protocol: "",
    });
    await sendData(a, b, dataProducerId);
    await sendData(a, b, dataProducerId);
    const bob = await open(browser, b);
    const consumed = await b.consumeData(bob.transportId, dataProducerId);
    assert.equal(consumed.label, "chat");
    const taken = await browser
      .takeData(bob.own, consumed.sctpStreamParameters);
    await until("Bob reads what Ann writes", () => {
      channel.send("hello");
      return taken.includes("hello");
    });
    const { pipes } = await b.dump();
    assert.deepEqual(pipes?.[0]?.dataProducerIds, [dataProducerId]);
  });

  it("SF6: ends what came over a pipe with the pipe, and leaves nothing of it", async () => {
    await using there = await stage();
    const { a, b } = there;
    const { routerId } = a;
    const before = await Promise.all([a, b].map(({ core }) => core.holdings()));
    const second = "pipe-2";
    for (const { core, owner } of [a, b]) {
      await core.call(owner, "createPipeTransport", {
        routerId,
        pipeId: second,
      });
      await core.call(owner, "closePipeTransport", {
        routerId,
        pipeId: second,
      });
    }
    assert.deepEqual(
      await Promise.all([a, b].map(({ core }) => core.holdings())),
      before,
    );

    const { transportId } = await a.transport();
    const producerId = await a.produceVideo(transportId);
    await send(a, b, producerId);
    const bob = await b.transport();
    const { consumerId } = await b.consume(bob.transportId, producerId);
    await b.core.call(b.owner, "closePipeTransport", { routerId, pipeId });
    await b.owner.heard("consumerClosed", { consumerId });
    await rejectsWith(
      "NOT_FOUND",
      /no producer/,
      b.consume(bob.transportId, producerId),
    );
    assert.deepEqual((await b.dump()).pipes, []);
    const { transports } = await a.dump();
    assert.deepEqual(transports[0]?.producerIds, [producerId]);
  });

  it("SF7: tells when nothing comes through a pipe any more, again and again", async () => {
    await using there = await stage();
    const { a, b } = there;
    const { routerId } = a;
    await b.core.call(b.owner, "closePipeTransport", { routerId, pipeId });
    await until(
      "it is told twice",
      () =>
        a.owner.events.filter(({ event, params }) =>
          event === "pipeFailed" && params.pipeId === pipeId
        ).length === 2,
    );
    assert.deepEqual(b.owner.events, []);
  });

  it("SF7: is fenced in each of them", async () => {
    await using there = await stage();
    const { b } = there;
    const { routerId } = b;
    const next = new TestOwner();
    await b.core.call(next, "claimRouter", { routerId }, { epoch: 2 });
    await rejectsWith(
      "FAILED_PRECONDITION",
      /fenced/,
      b.core.call(b.owner, "closePipeTransport", { routerId, pipeId }),
    );
  });

  it("SF6: says so when nothing comes through", async () => {
    await using there = await stage();
    const { a, b } = there;
    const { routerId } = a;
    const nowhere = await b.core.call(b.owner, "createPipeTransport", {
      routerId,
      pipeId: "nowhere",
    });
    await a.core.call(a.owner, "createPipeTransport", {
      routerId,
      pipeId: "nowhere",
    });
    await rejectsWith(
      "UNAVAILABLE",
      /nothing comes through from 127/,
      a.core.call(a.owner, "connectPipeTransport", {
        routerId,
        pipeId: "nowhere",
        remote: nowhere,
      }),
    );
  });
});
