/** What holds for a room whatever happens to it, and whenever its process dies. */
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import assert from "node:assert/strict";
import type { ParticipantInfo } from "../../../protocol/mod.ts";
import { Room } from "../../../rooms/core/room.ts";
import { participants } from "../../../rooms/core/roster.ts";
import { decode } from "../../../rooms/core/snapshot/decode.ts";
import { restore } from "../../../rooms/core/snapshot/restore.ts";
import type { Snapshot } from "../../../rooms/core/snapshot/schema.ts";
import { crash } from "./crash.ts";
import { replicaOf } from "./replica.ts";
import { canResume, play, policy, script } from "./script.ts";
import { World } from "./world.ts";

const crashes = fc.array(
  fc.record({
    /** Before this act of the script. */
    at: fc.nat(150),
    /** Whether what was kept is a little older than what was told. */
    stale: fc.boolean(),
    downMs: fc.nat(20_000),
  }),
  { minLength: 1, maxLength: 3 },
);

function kept(room: Room): Snapshot {
  const decoded = decode(room.snapshot());
  assert.ok(decoded.ok);
  return decoded.snapshot;
}

function playWithCrashes(
  { acts }: Parameters<typeof play>[0],
  plan: { at: number; stale: boolean; downMs: number }[],
): World {
  const world = new World(policy);
  world.kept = world.room.snapshot();
  for (const identity of ["identity-1", "identity-2", "identity-3"]) {
    const client = world.join(identity);
    client.resends = true;
    world.publish(client);
    world.openTransport(client, "recv");
  }
  world.answering = false;
  for (const [index, [, act]] of acts.entries()) {
    for (const { at, stale, downMs } of plan) {
      if (at !== index || world.ended) continue;
      crash(world, {
        downMs,
        ...(stale && world.kept && { kept: world.kept }),
      });
    }
    if (!world.ended) act(world);
  }
  return world;
}

/** Until all is answered, and whoever was lost is back or has been evicted. */
function quiesce(world: World): void {
  world.sfuUp();
  world.answerCalls();
  world.answering = true;
  world.clients.forEach((client, index) => {
    const isAway = client.closed !== null || client.deaf;
    if (!isAway || !canResume(client) || index % 2 === 0) return;
    client.deaf = false;
    client.alive = true;
    world.resume(client);
  });
  world.advance(40_000);
}

describe("whatever happened to a room, what is kept of it", () => {
  it("HO1: makes another that is the same in all that its clients rely on", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const { room, now, ended } = play(acts);
        if (ended) return;
        const before = kept(room);
        const after = kept(
          Room.restore(restore(before, before.epoch + 1, now)),
        );
        const essence = (
          { sessions, epoch: _, at: __, ...rest }: Snapshot,
        ) => ({
          ...rest,
          sessions: sessions.map((session) => ({
            ...session,
            heardAt: 0,
            graceUntil: 0,
            forks: 0,
            answers: 0,
            goneBy: 0,
            media: session.media && { ...session.media, transports: [] },
          })),
        });
        assert.deepEqual(essence(after), essence(before));
        // The numbers of what is not over are those of both.
        assert.equal(after.sessions.length, before.sessions.length);
      }),
      { numRuns: 100 },
    );
  });
});

describe("whatever happens, and whenever its process dies, a room", () => {
  it("HO4: answers every request, and keeps the SFU as its sessions have it", () => {
    fc.assert(
      fc.property(script, crashes, (acts, plan) => {
        const world = playWithCrashes(acts, plan);
        quiesce(world);
        if (world.ended) return;
        for (const { waiting, closed, identity } of world.clients) {
          const open = closed === null;
          assert.ok(!open || waiting.size === 0, `${identity} waits in vain`);
        }
        const owned = [...world.room.dump().owners.keys()].sort();
        assert.deepEqual(owned, world.sfu.inventory);
        assert.equal(world.room.dump().claim, null);
      }),
      { numRuns: 120 },
    );
  });

  it("HO4: tells each client a roster that is the room's, each event once and in order", () => {
    fc.assert(
      fc.property(script, crashes, (acts, plan) => {
        const world = playWithCrashes(acts, plan);
        quiesce(world);
        if (world.ended) return;
        const roster: ParticipantInfo[] = JSON.parse(
          JSON.stringify(participants(world.room.dump())),
        );
        for (const client of world.clients) {
          if (client.closed !== null) continue;
          const { sessionId } = client;
          const others = roster.filter((one) => one.sessionId !== sessionId);
          assert.deepEqual(replicaOf(client), others);
          const session = world.room.dump().sessions.get(sessionId);
          assert.ok(session?.state === "joined");
          assert.equal(session.seq, client.seq);
        }
      }),
      { numRuns: 80 },
    );
  });
});
