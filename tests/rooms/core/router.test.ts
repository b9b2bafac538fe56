import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../../protocol/mod.ts";
import { World } from "./world.ts";

const identities = (participants: readonly { identity: string }[]) =>
  participants.map(({ identity }) => identity);

describe("the router", () => {
  it("is made by the first join; joins meanwhile wait, and come in in order", () => {
    const world = new World();
    world.answering = false;
    const ann = world.knock("ann");
    const bob = world.knock("bob");
    assert.equal(ann.hasAnswer(1), false);
    assert.equal(world.calls.length, 1);

    world.answerCalls();
    assert.deepEqual(
      identities(ann.result<"join">(1).participants),
      ["ann"],
    );
    assert.deepEqual(
      identities(bob.result<"join">(1).participants),
      ["ann", "bob"],
    );
    assert.deepEqual(ann.takeEvents(), ["participantConnected"]);
    assert.equal(world.sfu.calls("createRouter").length, 1);
  });

  it("is made with the codecs of the policy", () => {
    const codecs = ["video/VP9", "audio/opus"] as const;
    const world = new World({ codecs: [...codecs] });
    world.join("ann");
    const [params] = world.sfu.calls("createRouter");
    assert.deepEqual(params, {
      label: "room",
      codecs,
      audioLevelIntervalMs: 300,
    });
  });

  it("turns those who wait away when it cannot be made, and is tried again by a later join", () => {
    const world = new World();
    world.answering = false;
    const early = [world.knock("ann"), world.knock("bob")];
    world.answerCall("UNAVAILABLE");
    for (const client of early) {
      const error = client.error(1);
      assert.equal(error.code, errors.mediaServerUnavailable.code);
      assert.ok((error.data.retryAfterMs ?? 0) > 0);
      assert.equal(client.closed, "tryAgainLater");
    }

    world.answering = true;
    assert.equal(world.join("ann").closed, null);
    assert.deepEqual(world.announcements.map(({ type }) => type), [
      "roomStarted",
      "participantJoined",
    ]);
  });

  it("is waited for no longer than its limit, and closed when it comes later", () => {
    const world = new World();
    world.answering = false;
    const ann = world.knock("ann");
    world.advance(9_999);
    assert.equal(ann.closed, null);
    world.advance(1);
    assert.equal(ann.error(1).code, errors.mediaServerUnavailable.code);
    assert.equal(ann.closed, "tryAgainLater");

    const bob = world.knock("bob");
    assert.equal(world.calls.length, 2);
    world.answerCalls();
    bob.result<"join">(1);
    assert.deepEqual([...world.sfu.routers], ["router-2"]);
  });

  it("is not asked for while the SFU is down", () => {
    const world = new World();
    world.sfuDown();
    const ann = world.knock("ann");
    assert.equal(ann.error(1).code, errors.mediaServerUnavailable.code);
    assert.equal(world.calls.length, 0);
    world.sfuUp();
    world.join("ann");
  });

  it("once there, lets people in also while the SFU is down", () => {
    const world = new World();
    const ann = world.join("ann");
    world.sfuDown();
    world.join("bob");
    assert.deepEqual(ann.takeEvents(), ["participantConnected"]);
  });

  it("has nobody to let in when all who waited have gone", () => {
    const world = new World();
    world.answering = false;
    const ann = world.knock("ann");
    ann.close();
    world.answerCalls();
    assert.deepEqual([...world.sfu.routers], ["router-1"]);
    world.answering = true;
    world.advance(30_000);
    assert.equal(world.ended, true);
    assert.deepEqual([...world.sfu.routers], []);
  });
});
