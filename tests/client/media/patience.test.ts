import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../../protocol/mod.ts";
import { camera } from "../fakes/answers.ts";
import { FakeCall } from "../fakes/call.ts";
import { type Answers, Refusal } from "../fakes/service.ts";
import { FakeTrack } from "../fakes/track.ts";
import { rest } from "../fakes/turns.ts";

type Asked =
  | "produce"
  | "pauseProducer"
  | "resumeProducer"
  | "consume"
  | "resumeConsumer";

/** The media server is away so many times when it is asked for this. */
function isAway<M extends Asked>(
  { client }: FakeCall,
  method: M,
  times: number,
): void {
  const answers: Pick<Answers, M> = client.service.answers;
  const answer = answers[method];
  let left = times;
  answers[method] = ((params: Parameters<typeof answer>[0]) => {
    if (left-- <= 0) return answer(params);
    throw new Refusal("mediaServerUnavailable", { retryAfterMs: 1_000 });
  }) as Answers[M];
}

const publishMicrophone = ({ client }: FakeCall) =>
  client.room.localParticipant.publish(new FakeTrack("audio"), {
    source: "microphone",
  });

const second = { ...camera("p-2"), key: "camera-2" };

describe("a media server that is away for a moment", () => {
  it("HO5: is asked again to publish a track", async () => {
    await using call = await FakeCall.start();
    isAway(call, "produce", 2);
    const publishing = publishMicrophone(call);
    await call.pass(4_000);
    assert.equal((await publishing).key, "microphone");
    assert.equal(call.client.service.of("produce").length, 3);
    assert.ok(call.books.tracks.has("microphone"));
  });

  it("HO5: is asked again to mute a track, and to unmute it", async () => {
    await using call = await FakeCall.start();
    isAway(call, "pauseProducer", 2);
    isAway(call, "resumeProducer", 2);
    const muting = call.sent.mute();
    await call.pass(4_000);
    await muting;
    assert.equal(call.books.tracks.get("camera")?.paused, true);
    const unmuting = call.sent.unmute();
    await call.pass(4_000);
    await unmuting;
    assert.equal(call.books.tracks.get("camera")?.paused, false);
    assert.equal(call.client.service.of("pauseProducer").length, 3);
    assert.equal(call.client.service.of("resumeProducer").length, 3);
  });

  it("HO5: is not asked for what was wanted before", async () => {
    await using call = await FakeCall.start();
    isAway(call, "pauseProducer", Infinity);
    const muting = call.sent.mute();
    await call.pass(1_000);
    await call.sent.unmute();
    const asked = call.client.service.of("pauseProducer").length;
    await call.pass(10_000);
    await muting;
    assert.equal(call.client.service.of("pauseProducer").length, asked);
    assert.equal(call.sent.muted, false);
  });

  for (const method of ["consume", "resumeConsumer"] as const) {
    it(`HO5: is asked again for a track of somebody else, by ${method}`, async () => {
      await using call = await FakeCall.start();
      isAway(call, method, 2);
      call.client.service.event("producerAdded", {
        sessionId: "s-bob",
        producer: second,
      });
      await call.pass(4_000);
      const names = call.client.argsOf("trackSubscribed")
        .map(([_, { key }]) => key);
      assert.deepEqual(names, ["camera-2"]);
      assert.deepEqual(call.client.argsOf("exception"), []);
      assert.equal(call.books.all("consumer").size, 2);
    });
  }

  it("HO5: is not asked for ever", async () => {
    await using call = await FakeCall.start();
    isAway(call, "produce", Infinity);
    const { code } = errors.mediaServerUnavailable;
    await Promise.all([
      assert.rejects(publishMicrophone(call), { code }),
      call.pass(10_000),
    ]);
    assert.equal(call.client.service.of("produce").length, 5);
  });

  it("HO5: is not waited for by one who leaves", async () => {
    await using call = await FakeCall.start();
    isAway(call, "produce", Infinity);
    const publishing = publishMicrophone(call);
    await rest();
    const { code } = errors.cancelled;
    await Promise.all([
      assert.rejects(publishing, { code }),
      call.client.room.leave(),
    ]);
  });
});
