/** What holds for a room whatever happens to it, in whatever order. */
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import assert from "node:assert/strict";
import type { ParticipantInfo } from "../../../protocol/mod.ts";
import { participants } from "../../../rooms/core/roster.ts";
import { replicaOf } from "./replica.ts";
import { play, policy, script } from "./script.ts";
import { World } from "./world.ts";

/** Until the SFU has answered everything and every retry has been made. */
function quiesce(world: World): void {
  world.sfuUp();
  world.answerCalls();
  world.answering = true;
  world.advance(5_000);
}

/** What the room believes to be open in the SFU. */
const owned = (world: World): string[] =>
  [...world.room.dump().owners.keys()].sort();

describe("whatever happens, a room", () => {
  it("answers every request once, and keeps the SFU as its sessions have it", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = play(acts);
        quiesce(world);
        if (world.ended) return;
        for (const { waiting, closed, identity } of world.clients) {
          const open = closed === null;
          assert.ok(!open || waiting.size === 0, `${identity} waits in vain`);
        }
        assert.deepEqual(owned(world), world.sfu.inventory);
        const { pending, unclosed } = world.room.dump();
        assert.equal(pending.size, 0);
        assert.equal(unclosed.length, 0);
      }),
      { numRuns: 400 },
    );
  });

  it("tells each client a roster that is, event by event, the room's", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = play(acts);
        quiesce(world);
        const roster: ParticipantInfo[] = JSON.parse(
          JSON.stringify(participants(world.room.dump())),
        );
        for (const client of world.clients) {
          if (client.closed !== null) continue;
          const { sessionId } = client;
          const others = roster.filter((one) => one.sessionId !== sessionId);
          assert.deepEqual(replicaOf(client), others);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("does the same again when the same happens at the same times", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = play(acts);
        const replayed = new World(policy).room;
        for (const { input, now, effects } of world.log) {
          assert.deepEqual(replayed.handle(input, now), effects);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("never ends a session that answers its pings", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3_000), { minLength: 1 }), (pauses) => {
        const world = new World();
        const clients = pauses.map((ms, index) => {
          world.advance(ms);
          return world.join(`client-${index}`);
        });
        world.advance(10_000);
        assert.deepEqual(clients.filter(({ closed }) => closed !== null), []);
      }),
      { numRuns: 50 },
    );
  });
});
