/** The service is killed, and another one goes on in its place. */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { State } from "../support/state.ts";
import { rtpCapabilities } from "../rooms/core/media.ts";
import { Participant } from "./participant.ts";
import { Program } from "./program.ts";

describe("after kill -9 of the service, the next one", () => {
  it("HO1: resumes each session, with its events and its transports", async () => {
    await using state = new State();
    const env = { STATE_FOLDER: state.path, SFU_WORKERS: "1" };
    const first = new Program(env);
    let origin = await first.origin();
    await using ann = await Participant.join(origin, "r");
    await using bob = await Participant.join(origin, "r");
    const transport = await ann.request("createWebRtcTransport", {
      direction: "send",
    });
    const received = await bob.request("createWebRtcTransport", {
      direction: "recv",
      rtpCapabilities,
    });
    await ann.request("sendMessage", { topic: "t", body: "before" });
    await bob.event("message");
    const { sidecar } = state;
    // Her join is answered when all of that is kept.
    await using _eve = await Participant.join(origin, "r");
    await first[Symbol.asyncDispose]();
    const killedAt = performance.now();

    await using second = new Program(env);
    origin = await second.origin();
    assert.equal(state.sidecar, sidecar);
    const resumed = await ann.resume(origin, "r");
    console.log("resumed after", Math.round(performance.now() - killedAt));
    assert.equal(resumed.snapshot, undefined);
    assert.deepEqual(
      resumed.transports.map(({ transportId }) => transportId),
      [transport.transportId],
    );
    const { transports, snapshot } = await bob.resume(origin, "r");
    assert.equal(snapshot, undefined);
    assert.equal(transports[0]?.transportId, received.transportId);
    await ann.request("sendMessage", { topic: "t", body: "after" });
    await bob.event("message");
    // The sidecar does what the new owner wants.
    await ann.request("closeTransport", {
      transportId: transport.transportId,
    });
    second.kill("SIGTERM");
    assert.equal(await second.code(), 0);
  });

  it("HO2: knows everybody whose join was answered, be it in the very last moment", async () => {
    await using open = new AsyncDisposableStack();
    const state = open.use(new State());
    const env = { STATE_FOLDER: state.path, SFU_WORKERS: "1" };
    const first = open.use(new Program(env));
    const origin = await first.origin();
    const rooms = ["a", "b", "c", "d"];
    const some = Promise.withResolvers<void>();
    const people: { room: string; participant: Participant }[] = [];
    const joins = rooms.flatMap((room) =>
      Array.from({ length: 5 }, async () => {
        const participant = await Participant.join(origin, room);
        people.push({ room, participant: open.use(participant) });
        if (people.length === 8) some.resolve();
      })
    );
    // As soon as some are in, while others come.
    await some.promise;
    await first.die();
    await Promise.allSettled(joins);
    const second = open.use(new Program(env));
    const next = await second.origin();
    for (const { room, participant } of people) {
      await participant.resume(next, room);
    }
    console.log(`${people.length} of ${joins.length} had joined`);
  });

  it("HO5: has another sidecar where its settings are others, and says that media is lost", async () => {
    await using open = new AsyncDisposableStack();
    const state = open.use(new State());
    const env = { STATE_FOLDER: state.path, SFU_WORKERS: "1" };
    const first = open.use(new Program(env));
    const origin = await first.origin();
    const ann = open.use(await Participant.join(origin, "r"));
    const { sidecar } = state;
    await first.die();
    const second = open.use(new Program({ ...env, SFU_WORKERS: "2" }));
    const next = await second.origin();
    assert.notEqual(state.sidecar, sidecar);
    await ann.resume(next, "r");
    await ann.event("mediaServerReady");
  });
});
