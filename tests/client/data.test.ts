import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type DataProducerInfo, errors } from "../../protocol/mod.ts";
import type { PublishDataOptions } from "../../client/mod.ts";
import { joinResult, participant } from "./fakes/answers.ts";
import { FakeClient } from "./fakes/client.ts";
import { rest, until } from "./fakes/turns.ts";

const chat: DataProducerInfo = {
  dataProducerId: "d-chat",
  key: "chat",
  label: "chat",
  protocol: "",
};

async function publish(
  client: FakeClient,
  options: Partial<PublishDataOptions> = {},
) {
  const publishing = client.room.localParticipant.publishData({
    label: "chat",
    ...options,
  });
  publishing.catch(() => {});
  await until(
    "a channel",
    () => client.browser.ends.some(({ channels }) => channels.length > 0),
  );
  await rest();
  client.browser.end("send").openChannels();
  return await publishing;
}

/** In which the service goes on pinging. */
async function tenSeconds(client: FakeClient): Promise<void> {
  for (let second = 0; second < 10; second++) {
    client.service.ping();
    await rest();
    client.clock.advance(1_000);
  }
  await rest();
}

/** Ann, in a room where Bob publishes a data channel. */
async function withChat(autoSubscribe = true) {
  const client = new FakeClient();
  client.service.answers.join = () =>
    joinResult([participant("bob", { dataProducers: [chat] })]);
  await client.join({ autoSubscribe });
  return client;
}

describe("publishing data", () => {
  it("resolves when the channel is open, and then sends", async () => {
    await using client = await FakeClient.joined();
    const publication = await publish(client, { appData: 1 });
    const [asked] = client.service.of("produceData");
    assert.equal(asked?.key, "chat");
    assert.equal(asked?.label, "chat");
    assert.equal(asked?.appData, 1);
    assert.equal(asked?.sctpStreamParameters.ordered, true);
    assert.equal(publication.bufferedAmount, 0);
    const { dataPublications } = client.room.localParticipant;
    assert.equal(dataPublications.get("chat"), publication);
  });

  it("is unordered where messages may be lost", async () => {
    await using client = await FakeClient.joined();
    await publish(client, { maxRetransmits: 0 });
    const [asked] = client.service.of("produceData");
    assert.equal(asked?.sctpStreamParameters.ordered, false);
    assert.equal(asked?.sctpStreamParameters.maxRetransmits, 0);
  });

  for (
    const [what, options] of [
      ["two limits", { maxRetransmits: 1, maxPacketLifeTime: 1 }],
      ["order where messages may be lost", {
        ordered: true,
        maxRetransmits: 1,
      }],
    ] satisfies [string, Partial<PublishDataOptions>][]
  ) {
    it(`refuses ${what} with -32602`, async () => {
      await using client = await FakeClient.joined();
      await assert.rejects(
        client.room.localParticipant.publishData({ label: "x", ...options }),
        { code: errors.invalidParams.code },
      );
    });
  }

  it("gives up with 53405 when the channel does not open, and takes it back", async () => {
    await using client = await FakeClient.joined();
    const publishing = assert.rejects(
      client.room.localParticipant.publishData({ label: "chat" }),
      { code: errors.mediaFailed.code },
    );
    await rest();
    await tenSeconds(client);
    await publishing;
    assert.equal(client.service.of("closeDataProducer").length, 1);
    assert.equal(client.room.localParticipant.dataPublications.size, 0);
  });

  it("ends with close", async () => {
    await using client = await FakeClient.joined();
    const publication = await publish(client);
    await publication.close();
    await publication.close();
    assert.equal(client.service.of("closeDataProducer").length, 1);
    assert.equal(client.room.localParticipant.dataPublications.size, 0);
    assert.throws(() => publication.send("late"), {
      code: errors.mediaFailed.code,
    });
  });

  it("ends when the service closes the data producer", async () => {
    await using client = await FakeClient.joined();
    await publish(client);
    client.service.event("dataProducerRemoved", {
      sessionId: "s-ann",
      dataProducerId: "d-2",
      key: "chat",
      cause: "closed",
    });
    await rest();
    assert.equal(client.room.localParticipant.dataPublications.size, 0);
    assert.deepEqual(client.service.of("closeDataProducer"), []);
  });

  it("opens again when the channel closes by itself", async () => {
    await using client = await FakeClient.joined();
    const publication = await publish(client);
    const [channel] = client.browser.end("send").channels;
    channel?.dispatchEvent(new Event("close"));
    await rest();
    client.browser.end("send").openChannels();
    await rest();
    const [first, second] = client.service.of("produceData");
    assert.equal(second?.replace, true);
    assert.equal(second?.key, first?.key);
    const { dataPublications } = client.room.localParticipant;
    assert.deepEqual([...dataPublications.values()], [publication]);
  });

  it("ends with an exception when the channel does not open again", async () => {
    await using client = await FakeClient.joined();
    await publish(client);
    const [channel] = client.browser.end("send").channels;
    channel?.dispatchEvent(new Event("close"));
    await rest();
    await tenSeconds(client);
    assert.equal(client.room.localParticipant.dataPublications.size, 0);
    const [[error] = []] = client.argsOf("exception");
    assert.equal(error?.code, errors.mediaFailed.code);
  });
});

describe("receiving data", () => {
  it("begins by itself, and gives each message with its publication", async () => {
    await using client = await withChat();
    const bob = client.room.participants.get("s-bob");
    const publication = bob?.dataPublications.get("chat");
    assert.equal(publication?.subscribed, true);
    const [channel] = client.browser.end("recv").channels;
    assert.equal(channel?.binaryType, "arraybuffer");
    channel?.dispatchEvent(new MessageEvent("message", { data: "hi" }));
    assert.deepEqual(client.argsOf("dataReceived"), [["hi", publication, bob]]);
  });

  it("tells of channels that come and go", async () => {
    await using client = await withChat(false);
    const { service } = client;
    service.event("dataProducerAdded", {
      sessionId: "s-bob",
      dataProducer: { ...chat, dataProducerId: "d-2", key: "cursor" },
    });
    service.event("dataProducerRemoved", {
      sessionId: "s-bob",
      dataProducerId: "d-chat",
      key: "chat",
      cause: "closed",
    });
    await rest();
    assert.deepEqual(client.events, ["dataPublished", "dataUnpublished"]);
    const bob = client.room.participants.get("s-bob");
    assert.deepEqual([...bob?.dataPublications.keys() ?? []], ["cursor"]);
    assert.deepEqual(service.of("consumeData"), []);
  });

  it("can be chosen, ended and begun again", async () => {
    await using client = await withChat(false);
    const publication = client.room.participants.get("s-bob")
      ?.dataPublications.get("chat");
    assert.ok(publication);
    await publication.subscribe();
    assert.equal(publication.subscribed, true);
    await publication.unsubscribe();
    assert.equal(publication.subscribed, false);
    assert.deepEqual(client.service.of("closeDataConsumer"), [
      { dataConsumerId: "dc-d-chat" },
    ]);
    await publication.subscribe();
    client.service.event("dataConsumerClosed", {
      dataConsumerId: "dc-d-chat",
      cause: "closed",
    });
    await rest();
    assert.equal(publication.subscribed, false);
  });
});
