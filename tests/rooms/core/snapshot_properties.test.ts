/** What holds for a room whatever happens to it, and whenever its process dies. */
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import assert from "node:assert/strict";
import { Room } from "../../../rooms/core/room.ts";
import { decode } from "../../../rooms/core/snapshot/decode.ts";
import { restore } from "../../../rooms/core/snapshot/restore.ts";
import type { Snapshot } from "../../../rooms/core/snapshot/schema.ts";
import { crash } from "./crash.ts";
import {
  assertRosters,
  assertSettled,
  play,
  policy,
  quiesce,
} from "./playing.ts";
import { script } from "./script.ts";
import { World } from "./world.ts";

const QUIET_MS = 40_000;

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
  acts: Parameters<typeof play>[0],
  plan: { at: number; stale: boolean; downMs: number }[],
): World {
  const world = new World(policy);
  world.kept = world.room.snapshot();
  return play(acts, world, (act) => {
    for (const { at, stale, downMs } of plan) {
      if (at !== act || world.ended) continue;
      crash(world, {
        downMs,
        ...(stale && world.kept && { kept: world.kept }),
      });
    }
  });
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
        quiesce(world, QUIET_MS);
        if (world.ended) return;
        assertSettled(world);
        assert.equal(world.room.dump().claim, null);
      }),
      { numRuns: 120 },
    );
  });

  it("HO4: tells each client a roster that is the room's, each event once and in order", () => {
    fc.assert(
      fc.property(script, crashes, (acts, plan) => {
        const world = playWithCrashes(acts, plan);
        quiesce(world, QUIET_MS);
        if (world.ended) return;
        assertRosters(world);
        for (const client of world.clients) {
          if (client.closed !== null) continue;
          const session = world.room.dump().sessions.get(client.sessionId);
          assert.ok(session?.state === "joined");
          assert.equal(session.seq, client.seq);
        }
      }),
      { numRuns: 80 },
    );
  });
});
