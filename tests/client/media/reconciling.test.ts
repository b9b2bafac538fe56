import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { ResumeResult } from "../../../protocol/mod.ts";
import type {
  LocalDataPublication,
  LocalPublication,
} from "../../../client/mod.ts";
import { camera, participant } from "../fakes/answers.ts";
import type { Kept } from "../fakes/books.ts";
import { FakeCall } from "../fakes/call.ts";
import { held, Refusal } from "../fakes/service.ts";
import { FakeTrack } from "../fakes/track.ts";
import { rest } from "../fakes/turns.ts";

/** Longer than it takes to be back, and to find the media server again. */
const BACK_MS = 2_500;

/** The service is killed, and the next process knows what was kept. */
async function crash(
  call: FakeCall,
  kept: Kept,
  more: Partial<ResumeResult> = {},
): Promise<void> {
  const { books, client } = call;
  const { service } = client;
  books.crash(kept);
  service.asked.length = 0;
  service.answers.resume = (params) => books.resumedAnew(params, {}, more);
  service.socket.drop(1006);
  await call.pass(BACK_MS);
}

const publishMicrophone = ({ client }: FakeCall, muted = false) =>
  client.room.localParticipant.publish(new FakeTrack("audio"), {
    source: "microphone",
    appData: { brand: "acme" },
    muted,
  });

async function publishChat(call: FakeCall): Promise<LocalDataPublication> {
  const { room, browser } = call.client;
  const publishing = room.localParticipant.publishData({ label: "chat" });
  await rest();
  browser.end("send").openChannels();
  return await publishing;
}

/** What the app does to the publication is done to what the service has. */
async function assertCarries(
  { books }: FakeCall,
  publication: LocalPublication,
): Promise<void> {
  const { key } = publication;
  await publication.mute();
  assert.equal(books.tracks.get(key)?.paused, true);
  await publication.unmute();
  assert.equal(books.tracks.get(key)?.paused, false);
}

/** What the app has heard of its own media, and of media that comes and goes. */
const heard = ({ client }: FakeCall) =>
  client.events.filter((event) =>
    event.startsWith("local") || event.startsWith("track") ||
    event.startsWith("data") || event === "exception"
  );

const asked = ({ client }: FakeCall) =>
  client.service.methodsAsked().filter((method) =>
    method !== "resume" && method !== "reportRecovery"
  );

describe("after a crash that has taken back the last of what was done", () => {
  it("HO13: a track that was published is made anew, the same publication under its key, and no other is touched", async () => {
    await using call = await FakeCall.start();
    const kept = call.books.keep();
    const publication = await publishMicrophone(call);
    call.client.log.length = 0;
    await crash(call, kept);
    const { localParticipant } = call.client.room;
    assert.equal(localParticipant.publications.get("microphone"), publication);
    const produced = call.client.service.of("produce");
    assert.deepEqual(produced.map(({ key }) => key), ["microphone"]);
    assert.equal(produced[0]?.replace, true);
    assert.equal(produced[0]?.transportId, call.transportIds.send);
    const there = call.books.tracks.get("microphone");
    assert.deepEqual(there?.appData, { brand: "acme" });
    assert.equal(there?.paused, false);
    assert.deepEqual(heard(call), []);
    assert.equal(call.client.room.state, "connected");
    await assertCarries(call, publication);
  });

  it("HO13: a track comes back muted if it is muted, and can be unmuted", async () => {
    await using call = await FakeCall.start();
    const kept = call.books.keep();
    const publication = await publishMicrophone(call);
    await publication.mute();
    await crash(call, kept);
    assert.equal(call.books.tracks.get("microphone")?.paused, true);
    assert.equal(publication.muted, true);
    await publication.unmute();
    assert.equal(call.books.tracks.get("microphone")?.paused, false);
  });

  it("HO13: a track that was unpublished is closed again", async () => {
    await using call = await FakeCall.start();
    const publication = await publishMicrophone(call);
    const kept = call.books.keep();
    await publication.unpublish();
    await crash(call, kept);
    assert.deepEqual([...call.books.tracks.keys()], ["camera"]);
    assert.deepEqual(asked(call), ["closeProducer"]);
  });

  it("HO13: a track that was published again under its key replaces what is there", async () => {
    await using call = await FakeCall.start();
    const publication = await publishMicrophone(call);
    const kept = call.books.keep();
    await publication.unpublish();
    const other = await publishMicrophone(call);
    await crash(call, kept);
    assert.deepEqual(asked(call), ["produce"]);
    await assertCarries(call, other);
  });

  for (const muted of [true, false]) {
    const name = muted ? "muted" : "unmuted";
    it(`HO13: a track that was ${name} is ${name} again`, async () => {
      await using call = await FakeCall.start();
      if (!muted) await call.sent.mute();
      const kept = call.books.keep();
      await (muted ? call.sent.mute() : call.sent.unmute());
      call.client.log.length = 0;
      await crash(call, kept);
      assert.equal(call.books.tracks.get("camera")?.paused, muted);
      assert.equal(call.sent.muted, muted);
      assert.equal(call.client.browser.end("send").isSending, !muted);
      assert.deepEqual(asked(call), [
        muted ? "pauseProducer" : "resumeProducer",
      ]);
      assert.deepEqual(heard(call), []);
    });
  }

  it("HO13: a track that an operator has muted since stays so, and the app is told", async () => {
    await using call = await FakeCall.start();
    const kept = call.books.keep();
    call.client.service.answers.resumeProducer = () => {
      throw new Refusal("trackMutedByServer");
    };
    const [[producerId = "", thing] = []] = call.books.all("producer");
    assert.ok(thing);
    const info = { ...thing.info, paused: true };
    await crash(call, new Map(kept).set(producerId, { ...thing, info }));
    assert.equal(call.sent.mutedByServer, true);
    assert.equal(call.sent.muted, true);
  });

  it("HO13: a track that is received is consumed anew, with its layers, and shown under the same publication", async () => {
    await using call = await FakeCall.start();
    const { client, books, received } = call;
    await received.setPreferredLayers({ spatialLayer: 1 });
    const old = received.track;
    const kept = new Map(books.keep());
    for (const id of books.all("consumer").keys()) kept.delete(id);
    await crash(call, kept);
    const [consumed, ...more] = client.service.of("consume");
    assert.deepEqual(more, []);
    assert.equal(consumed?.producerId, "p-camera");
    assert.equal(consumed?.transportId, call.transportIds.recv);
    assert.deepEqual(consumed?.preferredLayers, { spatialLayer: 1 });
    assert.equal(call.received, received);
    assert.notEqual(received.track, old);
    assert.deepEqual(heard(call), ["trackReplaced"]);
    assert.deepEqual(client.service.of("produce"), []);
  });

  it("HO13: a track that is not received any more has its consumer closed again", async () => {
    await using call = await FakeCall.start();
    const kept = call.books.keep();
    await call.received.unsubscribe();
    await crash(call, kept);
    assert.deepEqual([...call.books.all("consumer")], []);
    assert.equal(call.received.subscribed, false);
  });

  it("HO13: data channels are made anew, and closed, as tracks are", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const before = await publishChat(call);
    const kept = books.keep();
    await before.close();
    const chat = await publishChat(call);
    await crash(call, kept);
    client.browser.end("send").openChannels();
    assert.equal(books.all("dataProducer").size, 1);
    await chat.close();
    assert.equal(books.all("dataProducer").size, 0);
    await crash(call, kept);
    assert.equal(books.all("dataProducer").size, 0);
  });

  it("HO13: data channels of others are consumed anew, and closed, as tracks are", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const dataProducer = {
      dataProducerId: "d-bob",
      key: "chat",
      label: "chat",
      protocol: "",
    };
    client.service.event("dataProducerAdded", {
      sessionId: "s-bob",
      dataProducer,
    });
    await rest();
    const kept = books.keep();
    const lost = new Map(kept);
    for (const id of books.all("dataConsumer").keys()) lost.delete(id);
    await crash(call, lost);
    assert.equal(books.all("dataConsumer").size, 1);
    await client.room.participants.get("s-bob")?.dataPublications.get("chat")
      ?.unsubscribe();
    await crash(call, kept);
    assert.deepEqual([...books.all("dataConsumer")], []);
  });

  it("HO13, MD7: a transport that was replaced is made anew, and what the room has is closed when it is replaced", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const old = call.transportIds.send;
    const kept = books.keep();
    client.room.recoverMedia({ recreate: true });
    await rest();
    call.connect();
    await call.pass(1_000);
    assert.notEqual(call.transportIds.send, old);
    await crash(call, kept);
    call.connect();
    await call.pass(1_000);
    const current = new Set(Object.values(call.transportIds));
    assert.deepEqual(new Set(books.all("transport").keys()), current);
    const methods = asked(call);
    await assertCarries(call, call.sent);
    const closed = client.service.of("closeProducer")
      .map(({ producerId }) => kept.get(producerId)?.kind);
    assert.ok(!closed.includes("producer"), "others see no track go");
    assert.ok(
      methods.lastIndexOf("closeTransport") > methods.indexOf("produce"),
    );
  });

  it("HO13: nothing is asked for where the room has all as it is", async () => {
    await using call = await FakeCall.start();
    await crash(call, call.books.keep());
    assert.deepEqual(asked(call), []);
    assert.deepEqual(heard(call), []);
  });

  it("HO13: what the media server is not there for yet is tried again", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const { service } = client;
    const kept = books.keep();
    const publication = await publishMicrophone(call);
    await call.sent.mute();
    const { produce, pauseProducer } = service.answers;
    let refusals = 2;
    const away = () => {
      if (refusals-- > 0) {
        throw new Refusal("mediaServerUnavailable", { retryAfterMs: 1_000 });
      }
    };
    service.answers.produce = (params) => {
      away();
      return produce(params);
    };
    service.answers.pauseProducer = (params) => {
      away();
      return pauseProducer(params);
    };
    const opened = client.browser.ends.length;
    await crash(call, kept);
    assert.ok(refusals < 0);
    await assertCarries(call, publication);
    assert.equal(books.tracks.get("camera")?.paused, true);
    assert.equal(client.browser.ends.length, opened);
  });

  it("HO13: what cannot be made where it was is made with another transport", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const { service } = client;
    const kept = books.keep();
    const publication = await publishMicrophone(call);
    const { produce } = service.answers;
    const { send } = call.transportIds;
    service.answers.produce = (params) => {
      if (params.transportId !== send) return produce(params);
      throw new Refusal("mediaServerUnavailable");
    };
    await crash(call, kept);
    await call.pass(5_000);
    call.connect();
    await call.pass(1_000);
    assert.notEqual(call.transportIds.send, send);
    await assertCarries(call, publication);
    assert.equal(client.room.state, "connected");
  });
});

describe("what was asked before a crash and answered after it", () => {
  it("HO13: is there once, where it was done before", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const { answers } = client.service;
    const { produce } = answers;
    const lost = held<never>();
    const done = Promise.withResolvers<void>();
    let answer: ReturnType<typeof produce> | undefined;
    answers.produce = async (params) => {
      // Its answer is kept, and given to whoever asks again.
      if (answer !== undefined) return answer;
      answer = produce(params);
      await answer;
      done.resolve();
      return await lost.answer();
    };
    const publishing = publishMicrophone(call);
    await done.promise;
    await crash(call, books.keep());
    const publication = await publishing;
    await assertCarries(call, publication);
    assert.equal(books.all("producer").size, 2);
    assert.ok(!asked(call).includes("closeProducer"));
  });

  it("HO13: is there once, where it is done after it", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const { answers } = client.service;
    const { produce } = answers;
    const late = held<void>();
    const asking = Promise.withResolvers<void>();
    let isLost = true;
    answers.produce = async (params) => {
      asking.resolve();
      if (isLost) return await held<never>().answer();
      await late.answer();
      return await produce(params);
    };
    const publishing = publishMicrophone(call);
    await asking.promise;
    isLost = false;
    await crash(call, books.keep());
    late.give();
    const publication = await publishing;
    assert.equal(books.all("producer").size, 2);
    await assertCarries(call, publication);
  });

  it("HO13: takes the place of what has its key at the service and was closed here", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const first = await publishMicrophone(call);
    const kept = books.keep();
    await first.unpublish();
    const { answers } = client.service;
    const { produce } = answers;
    answers.produce = () => held<never>().answer();
    const publishing = publishMicrophone(call);
    await rest();
    answers.produce = produce;
    await crash(call, kept);
    const publication = await publishing;
    await assertCarries(call, publication);
    assert.equal(books.all("producer").size, 2);
  });

  it("HO13: is not made by a first resume what a second one finds made", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const { service } = client;
    const kept = books.keep();
    const publication = await publishMicrophone(call);
    await call.sent.mute();
    const { reportMediaState } = service.answers;
    service.answers.reportMediaState = () => held<never>().answer();
    await crash(call, kept);
    assert.deepEqual(service.of("produce"), []);
    service.answers.reportMediaState = reportMediaState;
    service.answers.resume = (params) => books.resumed(params, { epoch: 2 });
    service.socket.drop(1006);
    await call.pass(BACK_MS);
    assert.equal(service.of("produce").length, 1);
    await assertCarries(call, publication);
    assert.equal(books.tracks.get("camera")?.paused, true);
  });
});

describe("a resume of a room that goes on where it was", () => {
  it("HO13: lets that explain what is missing which was missed", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const { service } = client;
    const [producerId = ""] = books.all("producer").keys();
    const [consumerId = ""] = books.all("consumer").keys();
    books.lose(producerId);
    books.lose(consumerId);
    service.answers.resume = (params) => books.resumed(params, { seq: 0 });
    service.socket.drop(1006);
    await rest();
    service.event("producerRemoved", {
      sessionId: "s-ann",
      producerId,
      key: "camera",
      cause: "revoked",
    });
    service.event("producerRemoved", {
      sessionId: "s-bob",
      producerId: "p-camera",
      key: "camera",
      cause: "closed",
    });
    await call.pass(BACK_MS);
    assert.deepEqual(service.of("produce"), []);
    assert.deepEqual(service.of("consume"), []);
    assert.equal(client.room.localParticipant.publications.size, 0);
  });

  it("HO13: closes what came too late for whoever wanted it", async () => {
    await using call = await FakeCall.start();
    const { books, client } = call;
    const { answers } = client.service;
    const { produce } = answers;
    const late = held<void>();
    answers.produce = async (params) => {
      await produce(params);
      await late.answer();
      throw new Refusal("internalError");
    };
    const publishing = publishMicrophone(call);
    await Promise.all([assert.rejects(publishing), call.pass(12_000)]);
    assert.equal(books.all("producer").size, 2);
    answers.resume = (params) => books.resumed(params);
    client.service.socket.drop(1006);
    await call.pass(BACK_MS);
    assert.deepEqual([...books.tracks.keys()], ["camera"]);
  });
});

describe("what the app has said of the participant", () => {
  const bob = participant("bob", {
    producers: [camera()],
    mediaState: "connected",
  });

  async function crashWith(
    call: FakeCall,
    about: { name?: string; metadata?: unknown },
    hasSnapshot: boolean,
  ): Promise<void> {
    const { books, client } = call;
    const { service } = client;
    service.asked.length = 0;
    const participants = [bob, participant("ann", about)];
    service.answers.resume = (params) =>
      books.resumedAnew(
        params,
        about,
        hasSnapshot ? { snapshot: { participants } } : {},
      );
    service.socket.drop(1006);
    await call.pass(BACK_MS);
  }

  for (const hasSnapshot of [false, true]) {
    const how = hasSnapshot ? "a snapshot" : "what was missed";
    it(`HO13: is said again to a room that does not know it, with ${how}`, async () => {
      await using call = await FakeCall.start();
      const { room, service } = call.client;
      await room.localParticipant.update({ metadata: { hand: "up" } });
      await crashWith(call, { name: "Ann" }, hasSnapshot);
      assert.deepEqual(service.of("updateMetadata"), [
        { metadata: { hand: "up" } },
      ]);
      assert.deepEqual(room.localParticipant.metadata, { hand: "up" });
    });
  }

  it("HO13: is not said again to a room that knows it, or where an operator has changed it since", async () => {
    await using call = await FakeCall.start();
    const { room, service } = call.client;
    await room.localParticipant.update({ name: "Ann B." });
    await crashWith(call, { name: "Ann B." }, false);
    assert.deepEqual(service.of("updateMetadata"), []);
    service.event("participantUpdated", { sessionId: "s-ann", name: "Guest" });
    await rest();
    await crashWith(call, { name: "ann" }, false);
    assert.deepEqual(service.of("updateMetadata"), []);
  });
});
