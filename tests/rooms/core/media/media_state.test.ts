import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { dtlsParameters } from "../media.ts";
import { pair } from "../pair.ts";

describe("a participant's media state", () => {
  it("MD8: is told to the others as the SFU sees its transports", () => {
    const { world, ann, bob } = pair();
    const transportId = world.openTransport(ann, "send");
    ann.request("connectWebRtcTransport", { transportId, dtlsParameters });
    const told = () => bob.next("mediaStateChanged");
    assert.deepEqual(told(), {
      seq: 1,
      sessionId: ann.sessionId,
      state: "checking",
    });
    const states = [
      ["connected", "connecting", null],
      ["connected", "connected", "connected"],
      ["completed", "connected", "completed"],
      ["disconnected", "connected", "disconnected"],
      ["completed", "connected", "completed"],
      ["completed", "failed", "failed"],
      ["completed", "closed", "closed"],
    ] as const;
    for (const [ice, dtls, state] of states) {
      world.transportState(transportId, ice, dtls);
      if (state !== null) assert.equal(told().state, state);
    }
    assert.deepEqual(bob.takeEvents(), []);
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("MD8: is the worst of what the client reports and the SFU sees", () => {
    const { world, ann, bob } = pair();
    const transportId = world.openTransport(ann, "send");
    world.connectTransport(ann, transportId);
    bob.takeEvents();
    const report = (state: "disconnected" | "connected" | "completed") =>
      ann.request("reportMediaState", { state });
    report("disconnected");
    assert.equal(bob.next("mediaStateChanged").state, "disconnected");
    report("completed");
    assert.equal(bob.next("mediaStateChanged").state, "completed");
    world.transportState(transportId, "disconnected", "connected");
    assert.equal(bob.next("mediaStateChanged").state, "disconnected");
    report("connected");
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("MD8: is the worst of all transports, those left out that are not in use", () => {
    const { world, ann, bob } = pair();
    const [send, recv] = (["send", "recv"] as const).map((direction) =>
      world.openTransport(ann, direction)
    );
    assert.ok(send && recv);
    world.connectTransport(ann, send);
    assert.deepEqual(bob.takeEvents(), [
      "mediaStateChanged",
      "mediaStateChanged",
    ]);
    world.connectTransport(ann, recv);
    assert.deepEqual(
      bob.events.splice(0).map(({ params }) =>
        (params as { state: string }).state
      ),
      ["checking", "completed"],
    );
    world.transportState(recv, "disconnected", "connected");
    assert.equal(bob.next("mediaStateChanged").state, "disconnected");
    ann.request("closeTransport", { transportId: recv });
    assert.equal(bob.next("mediaStateChanged").state, "completed");
  });

  it("MD8: is in the answer to a join, and told once for each change", () => {
    const { world, ann, bob } = pair();
    for (const state of ["connected", "connected", "failed"] as const) {
      ann.request("reportMediaState", { state });
    }
    assert.equal(bob.takeEvents().length, 2);
    const { participants } = world.knock("eve").result<"join">(1);
    assert.deepEqual(participants.map(({ mediaState }) => mediaState), [
      "failed",
      "new",
      "new",
    ]);
  });

  it("MD8: stays as it was when signaling is lost, unless the SFU sees more", () => {
    const { world, ann, bob } = pair();
    const transportId = world.openTransport(ann, "send");
    world.connectTransport(ann, transportId);
    bob.takeEvents();
    ann.drop();
    assert.deepEqual(bob.takeEvents(), ["participantReconnecting"]);
    world.transportState(transportId, "disconnected", "connected");
    assert.equal(bob.next("mediaStateChanged").state, "disconnected");
  });
});
