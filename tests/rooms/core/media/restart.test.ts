import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../../protocol/mod.ts";
import { rtpCapabilities } from "../media.ts";
import { pair } from "../pair.ts";

/** Ann with two transports that were connected. */
function connected(policy: Parameters<typeof pair>[0] = {}) {
  const { world, ann, bob } = pair(policy);
  const ids = (["send", "recv"] as const).map((direction) => {
    const transportId = world.openTransport(ann, direction);
    world.connectTransport(ann, transportId);
    return transportId;
  });
  ann.hints = [];
  return { world, ann, bob, ids };
}

const parameters = { usernameFragment: "u", password: "p" };

describe("restartIce", () => {
  it("MD3: restarts all transports of an incident, in one answer", () => {
    const { world, ann, ids } = connected();
    const { transports } = ann.request("restartIce", { transportIds: ids });
    assert.deepEqual(
      transports,
      ids.map((transportId) => ({ transportId, iceParameters: parameters })),
    );
    assert.equal(world.sfu.calls("restartIce").length, 2);
  });

  it("MD3: is answered when the last transport is restarted, each named once", () => {
    const { world, ann, ids } = connected();
    world.answering = false;
    const [one = ""] = ids;
    const id = ann.send("restartIce", { transportIds: [...ids, one] });
    world.answerCall();
    assert.equal(ann.hasAnswer(id), false);
    world.answerCall();
    assert.equal(ann.result<"restartIce">(id).transports.length, 2);
    assert.equal(world.calls.length, 0);
  });

  it("MD3: gives nothing for transports that never were connected, are gone, or somebody else's", () => {
    const { world, ann, bob, ids } = connected();
    const fresh = ann.request("createWebRtcTransport", {
      direction: "recv",
      rtpCapabilities,
    }).transportId;
    const theirs = world.openTransport(bob, "send");
    world.connectTransport(bob, theirs);
    const [one = ""] = ids;
    const lame = [fresh, theirs, "gone"];
    const { transports } = ann.request("restartIce", {
      transportIds: [...lame, one],
    });
    assert.deepEqual(transports, [
      ...lame.map((transportId) => ({ transportId })),
      { transportId: one, iceParameters: parameters },
    ]);
    const none = ann.request("restartIce", { transportIds: lame });
    assert.ok(none.transports.every(({ iceParameters }) => !iceParameters));
    assert.equal(world.sfu.calls("restartIce").length, 1);
  });

  it("MD3: allows 10 tries in 20 s from the first on, then says when to come again", () => {
    const { world, ann, ids } = connected();
    for (let count = 0; count < 10; count++) {
      ann.request("restartIce", { transportIds: ids });
      world.advance(1_500);
    }
    const { code, data } = ann.refused("restartIce", { transportIds: ids });
    assert.equal(code, errors.tooManyRequests.code);
    assert.equal(data.retryAfterMs, 5_000);
    world.advance(4_999);
    const again = ann.refused("restartIce", { transportIds: ids });
    assert.equal(again.data.retryAfterMs, 1);
    world.advance(1);
    ann.request("restartIce", { transportIds: ids });
  });

  it("MD3: spends no try on what cannot be restarted, and none of others", () => {
    const { world, ann, bob, ids } = connected({ maxIceRestarts: 1 });
    ann.request("restartIce", { transportIds: ["gone"] });
    ann.request("restartIce", { transportIds: ids });
    ann.refused("restartIce", { transportIds: ids });
    const theirs = world.openTransport(bob, "send");
    world.connectTransport(bob, theirs);
    bob.request("restartIce", { transportIds: [theirs] });
  });

  it("MD3: learns from the SFU that a transport is gone, and tells its owner", () => {
    const { world, ann, ids } = connected();
    const [one = "", two = ""] = ids;
    world.answering = false;
    const id = ann.send("restartIce", { transportIds: ids });
    world.answerCall("NOT_FOUND");
    world.answerCall();
    const { transports } = ann.result<"restartIce">(id);
    assert.deepEqual(transports, [
      { transportId: one },
      { transportId: two, iceParameters: parameters },
    ]);
    const { transportId, cause } = ann.next("transportClosed");
    assert.deepEqual([transportId, cause], [one, "lost"]);
  });

  it("MD3: fails as a whole, and once, when the SFU is away", () => {
    const { world, ann, ids } = connected();
    world.answering = false;
    const id = ann.send("restartIce", { transportIds: ids });
    world.answerCall("UNAVAILABLE");
    const { code, data } = ann.error(id);
    assert.equal(code, errors.mediaServerUnavailable.code);
    assert.ok(data.retryAfterMs);
    world.answerCall();
    world.sfuDown();
    const down = ann.refused("restartIce", { transportIds: ids });
    assert.equal(down.code, errors.mediaServerUnavailable.code);
  });

  it("MD3: is forgotten with a session that ends meanwhile", () => {
    const { world, ann, ids } = connected();
    world.answering = false;
    ann.send("restartIce", { transportIds: ids });
    ann.close();
    world.answerCalls();
    assert.equal(world.room.dump().pending.size, 0);
  });
});
