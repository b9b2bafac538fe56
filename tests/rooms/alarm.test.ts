import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { world } from "./actor_stage.ts";
import type { VirtualClock } from "./fakes/clock.ts";
import type { ScriptedCore } from "./fakes/core.ts";

/** In the next millisecond, and once. */
function assertRings(core: ScriptedCore, clock: VirtualClock): void {
  core.answer = () => {
    core.deadline = Infinity;
    return [];
  };
  clock.advance(1);
  assert.deepEqual(core.types, ["tick"]);
}

describe("the alarm of a room", () => {
  it("rings at the core's deadline", () => {
    const { actor, core, clock } = world();
    core.deadline = clock.now() + 100;
    actor.start();
    clock.advance(99);
    assert.deepEqual(core.types, []);
    assertRings(core, clock);
    assert.equal(clock.timers, 0);
  });

  it("follows a deadline that comes nearer", () => {
    const { actor, core, clock } = world();
    core.deadline = clock.now() + 1_000;
    actor.start();
    core.answer = () => {
      core.deadline = core.heard.length === 1 ? clock.now() + 10 : Infinity;
      return [];
    };
    actor.post({ type: "sfuUp" });
    assert.equal(clock.timers, 1);
    clock.advance(10);
    assert.deepEqual(core.types, ["sfuUp", "tick"]);
  });

  it("lets one that moved away ring for nothing, and is set again", () => {
    const { actor, core, clock } = world();
    core.deadline = clock.now() + 100;
    actor.start();
    core.deadline = clock.now() + 250;
    clock.advance(249);
    assert.deepEqual(core.types, []);
    assertRings(core, clock);
  });

  it("is one timer, however many inputs come", () => {
    const { actor, core, clock } = world();
    core.answer = () => {
      core.deadline = clock.now() + 1_000;
      return [];
    };
    for (let i = 0; i < 50; i++) {
      actor.post({ type: "sfuUp" });
      clock.advance(1);
    }
    assert.equal(clock.timers, 1);
  });

  it("waits in pieces for a deadline further away than timers reach", () => {
    const { actor, core, clock } = world();
    const far = 2 ** 31 + 500;
    core.deadline = clock.now() + far;
    actor.start();
    clock.advance(far - 1);
    assert.deepEqual(core.types, []);
    assertRings(core, clock);
  });
});
