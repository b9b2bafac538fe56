/** The service is told to stop, and another one goes on in its place. */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { delay } from "../support/delay.ts";
import { State } from "../support/state.ts";
import { Participant } from "./participant.ts";
import { Program } from "./program.ts";

const ROOMS = 6;
const EACH = 12;
const STOP_MS = 5_000;

describe("a service that is restarted while many are in it", () => {
  it("HO6: loses nobody and nothing, and has them back one after the other", async () => {
    await using open = new AsyncDisposableStack();
    const state = open.use(new State());
    const env = { STATE_FOLDER: state.path, SFU_WORKERS: "1" };
    const first = open.use(new Program(env));
    const origin = await first.origin();
    const rooms = Array.from({ length: ROOMS }, (_, index) => `room-${index}`);
    const people = await Promise.all(
      rooms.flatMap((room) =>
        Array.from({ length: EACH }, async () => {
          const participant = await Participant.join(origin, room);
          return { room, participant: open.use(participant) };
        })
      ),
    );
    const sessions = people.map(({ participant }) => participant.sessionId);
    const told = Promise.all(
      people.map(({ participant }) => participant.told()),
    );
    // Until the very end, everybody talks.
    const talk = people.map(({ participant }) =>
      participant.say({ topic: "t", body: "last words" })
    );
    const stopsAt = performance.now();
    first.kill("SIGTERM");
    const waits = await told;
    assert.equal(await first.code(STOP_MS), 0);
    console.log(`stopped after ${Math.round(performance.now() - stopsAt)} ms`);
    assert.equal(talk.length, people.length);
    assert.ok(new Set(waits).size > people.length / 2, "all at once");

    const { port } = new URL(origin);
    const second = open.use(new Program({ ...env, PORT: port }));
    await second.origin();
    const results = await Promise.all(
      people.map(async ({ room, participant }, index) => {
        const left = (waits[index] ?? 0) - (performance.now() - stopsAt);
        await delay(Math.max(0, left));
        return await participant.resume(origin, room);
      }),
    );
    // Each event came once and in order: the participants have seen to that.
    assert.ok(results.every(({ snapshot }) => snapshot === undefined));
    assert.deepEqual(
      people.map(({ participant }) => participant.sessionId),
      sessions,
    );
    // Twice: what one has said late, the others hear by the second time.
    for (const { participant } of [...people, ...people]) {
      await participant.drain();
    }
    for (const room of rooms) {
      const there = people.filter((one) => one.room === room);
      const words = there.map(({ participant }) =>
        participant.events.filter(({ method }) => method === "message").length
      );
      assert.deepEqual(words, words.map(() => EACH - 1));
    }
  });
});
