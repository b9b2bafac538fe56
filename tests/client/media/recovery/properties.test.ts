/** What holds for the recovery of media whatever happens, in whatever order. */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { calmDown, play, script } from "./script.ts";
import { World } from "./world.ts";

const RUNS = { numRuns: 300 };

describe("whatever happens, the recovery of media", () => {
  it("MD5: asks the service for nothing while signaling does not work", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = World.flowing();
        let isHealthy = true;
        for (const act of acts) {
          if (act.type === "suspected" || act.type === "lost") {
            isHealthy = false;
          }
          if (["spoke", "resumed", "rejoined"].includes(act.type)) {
            isHealthy = true;
          }
          const before = world.log.length;
          play(world, act);
          if (isHealthy) continue;
          for (const { type } of world.log.slice(before)) {
            assert.ok(
              !["restartIce", "recreate", "requestKeyFrame"].includes(type),
              type,
            );
          }
        }
      }),
      RUNS,
    );
  });

  it("MD4: has one request to restart, and one recreation a direction, under way", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = World.flowing();
        for (const act of acts) {
          play(world, act);
          assert.ok(world.restartsUnderWay <= 1);
        }
      }),
      RUNS,
    );
  });

  it("tells each change once, and is never late by itself", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = World.flowing();
        for (const act of acts) {
          play(world, act);
          assert.ok(world.recovery.deadline > world.now);
        }
        for (const type of ["setSuspended", "mediaState", "flow"] as const) {
          const told = world.of(type).map((effect) => {
            const { at: _, ...said } = effect;
            return JSON.stringify(said);
          });
          told.slice(1).forEach((said, index) =>
            assert.notEqual(said, told[index])
          );
        }
      }),
      RUNS,
    );
  });

  it("MD4: ends with media that flows, once the network and the service work", () => {
    fc.assert(
      fc.property(script, (acts) => {
        const world = World.flowing();
        for (const act of acts) play(world, act);
        calmDown(world);
        world.run(45_000);
        assert.equal(world.isSuspended, false);
        assert.equal(world.of("flow").at(-1)?.flow ?? "flowing", "flowing");
        const { type = "fine" } = world.log.findLast(({ type }) =>
          type === "fine" || type === "looking" || type === "trouble"
        ) ?? {};
        assert.equal(type, "fine");
      }),
      RUNS,
    );
  });
});
