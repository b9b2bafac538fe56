import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createRouter, EPOCH, world } from "./actor_stage.ts";

describe("a room's actor and the SFU", () => {
  it("calls with the room's epoch, and feeds the reply back with the call's number", () => {
    const { actor, core, link } = world();
    core.answer = (input) => input.type === "tick" ? [createRouter] : [];
    actor.post({ type: "tick" });
    assert.deepEqual(link.sent[0]?.options, { epoch: EPOCH });
    link.sent[0]?.reply({ ok: false, status: "UNAVAILABLE", message: "away" });
    assert.deepEqual(core.heard.at(-1)?.input, {
      type: "sfuReplied",
      call: 1,
      reply: { ok: false, status: "UNAVAILABLE", message: "away" },
    });
  });

  it("hears a new router's events from its reply on, in the order of arrival", () => {
    const { core, link, openRouter } = world();
    openRouter("R1");
    link.emit({
      event: "activeSpeaker",
      params: { routerId: "R1", producerId: "p" },
    });
    assert.deepEqual(core.types, ["tick", "sfuReplied", "sfuEvent"]);
  });

  it("forgets a router that the core closes", () => {
    const { actor, core, link, openRouter } = world();
    openRouter("R1");
    core.answer = (input) =>
      input.type === "tick"
        ? [{
          type: "call",
          call: 2,
          method: "closeRouter",
          params: { routerId: "R1" },
        }]
        : [];
    actor.post({ type: "tick" });
    assert.deepEqual(link.heard, []);
  });

  it("forgets a router that the SFU closed, and tells the core", () => {
    const { core, link, openRouter } = world();
    openRouter("R1");
    link.emit({
      event: "routerClosed",
      params: { routerId: "R1", cause: "workerDied" },
    });
    assert.deepEqual(link.heard, []);
    assert.equal(core.types.at(-1), "sfuEvent");
  });

  it("tells the core that the link is down or up", () => {
    const { core, link } = world();
    link.turn("down");
    link.turn("up");
    assert.deepEqual(core.types, ["sfuDown", "sfuUp"]);
  });

  it("tells a new core that the link is down already", () => {
    const { actor, core, link } = world();
    link.state = "connecting";
    actor.start();
    assert.deepEqual(core.types, ["sfuDown"]);
  });

  it("takes the routers for closed when the sidecar has forgotten us", () => {
    const { core, link, openRouter } = world();
    openRouter("R1");
    link.turn("down");
    link.turn("up", true);
    assert.deepEqual(core.heard.slice(-3).map(({ input }) => input), [
      { type: "sfuDown" },
      {
        type: "sfuEvent",
        event: {
          event: "routerClosed",
          params: { routerId: "R1", cause: "leaseExpired" },
        },
      },
      { type: "sfuUp" },
    ]);
    assert.deepEqual(link.heard, []);
  });
});
