/** What holds for a room whatever happens to it, in whatever order. */
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import assert from "node:assert/strict";
import { participants } from "../../../rooms/core/roster.ts";
import {
  assertRosters,
  assertSettled,
  play,
  policy,
  quiesce,
} from "./playing.ts";
import { script } from "./script.ts";
import { World } from "./world.ts";

const QUIET_MS = 20_000;

/** Producers that the others are shown as muted. */
const mutedIn = (world: World): string[] =>
  participants(world.room.dump()).flatMap(({ producers }) => producers)
    .filter(({ paused }) => paused)
    .map(({ producerId }) => producerId);

/** What sessions have and may not have. */
function revokedIn(world: World): string[] {
  const revoked: string[] = [];
  for (const session of world.room.dump().sessions.values()) {
    if (session.state !== "joined" || session.media === null) continue;
    const { access: { grants }, media } = session;
    const lost = [
      ...(grants.publish === true ? [] : media.producers.keys()),
      ...(grants.sendData ? [] : media.dataProducers.keys()),
      ...(grants.subscribe ? [] : media.consumers.keys()),
      ...(grants.subscribe ? [] : media.dataConsumers.keys()),
    ];
    revoked.push(...lost);
  }
  return revoked;
}

describe("whatever happens, a room", () => {
  it("answers every request once, and keeps the SFU as its sessions have it", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = play(acts);
        quiesce(world, QUIET_MS);
        if (world.ended) return;
        assertSettled(world);
        for (const producerId of mutedIn(world)) {
          assert.ok(world.sfu.paused.has(producerId), `${producerId} is heard`);
        }
        const { pending, unclosed } = world.room.dump();
        assert.equal(pending.size, 0);
        assert.equal(unclosed.length, 0);
      }),
      { numRuns: 400 },
    );
  });

  it("AC3: leaves nobody anything that it may not have, at no time", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = play(acts);
        assert.deepEqual(revokedIn(world), []);
        quiesce(world, QUIET_MS);
        if (!world.ended) assert.deepEqual(revokedIn(world), []);
      }),
      { numRuns: 100 },
    );
  });

  it("tells each client a roster that is, event by event, the room's", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = play(acts);
        quiesce(world, QUIET_MS);
        if (world.ended) return;
        assertRosters(world);
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

  it("RS1: tells each client every event once and in order, over all its connections", () => {
    fc.assert(
      fc.property(script, (acts) => {
        // The client asserts it at each event, and at each answer to a resume.
        const world = play(acts);
        quiesce(world, QUIET_MS);
        if (world.ended) return;
        for (const client of world.clients) {
          if (client.closed !== null) continue;
          const session = world.room.dump().sessions.get(client.sessionId);
          assert.ok(session?.state === "joined");
          assert.equal(session.seq, client.seq);
          assert.equal(session.log, null);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("RP1: gives one report for each time that a session was lost", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = play(acts);
        quiesce(world, QUIET_MS);
        world.advance(40_000);
        const lost = new Set<string>();
        let incidents = 0;
        let reports = 0;
        for (const announcement of world.announcements) {
          switch (announcement.type) {
            case "participantReconnecting":
              if (!lost.has(announcement.sessionId)) incidents += 1;
              lost.add(announcement.sessionId);
              break;
            case "participantReconnected":
              lost.delete(announcement.sessionId);
              break;
            case "recovery":
              if (announcement.seen !== null) reports += 1;
          }
        }
        assert.equal(reports, incidents);
      }),
      { numRuns: 100 },
    );
  });

  it("GR2: leaves no session behind whose client does not come back", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = play(acts);
        if (world.ended) return;
        for (const client of world.clients) {
          client.alive = false;
          client.deaf = true;
        }
        world.sfuUp();
        world.answerCalls();
        world.answering = true;
        world.advance(4_000 + 12_000);
        assert.equal(world.room.dump().sessions.size, 0);
        assert.deepEqual(world.sfu.inventory, []);
        world.advance(30_000);
        assert.ok(world.ended);
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
