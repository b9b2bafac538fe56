import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { LEASE_MS, Stage } from "./_stage.ts";

const home = (routerId: string) => routerId.slice(0, 4);

describe("several sidecars", () => {
  it("SF1: share the rooms by their load, and each is asked for its own", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const rooms = [];
    for (let count = 0; count < 6; count++) rooms.push(await stage.room());
    for (const name of ["eu-1", "eu-2"]) {
      assert.equal(rooms.filter((id) => home(id) === name).length, 3);
    }
    stage.link("eu-2").busy = 0.8;
    stage.clock.advance(2_000);
    assert.equal(home(await stage.room()), "eu-1");

    const [routerId = ""] = rooms;
    const before = stage.link(home(routerId)).asked.length;
    await stage.call("createWebRtcTransport", { routerId });
    assert.equal(stage.link(home(routerId)).asked.length, before + 1);
  });

  it("SF1: have rooms of a region in it, and elsewhere while none is up there", async () => {
    const stage = new Stage(["us-1", "eu-1"], "eu");
    stage.link("eu-1").busy = 0.9;
    stage.clock.advance(2_000);
    assert.equal(home(await stage.room()), "eu-1");
    stage.link("eu-1").down();
    assert.equal(home(await stage.room()), "us-1");
    stage.link("eu-1").up(false);
    assert.equal(home(await stage.room()), "eu-1");
  });

  it("SF2: pass on that a worker died: the others' rooms stay", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const rooms = [await stage.room(), await stage.room()];
    const [routerId = ""] = rooms;
    stage.link(home(routerId)).emit({
      event: "routerClosed",
      params: { routerId, cause: "workerDied" },
    });
    assert.deepEqual(stage.told, [`routerClosed ${routerId}`]);
    const gone = await stage.call("dumpRouter", { routerId });
    assert.ok(!gone.ok && gone.status === "NOT_FOUND");
  });

  it("SF2: tell its rooms at once when nobody listens at a sidecar's address any more", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const [one, other] = [await stage.room(), await stage.room()];
    stage.link(home(one)).down();
    assert.deepEqual(stage.told, [], "it may only be cut off");
    stage.member(home(one)).refused();
    assert.deepEqual(stage.told, [`routerClosed ${one}`]);
    assert.equal(stage.member(home(one)).condition, "gone");
    assert.deepEqual(stage.states, [], "there is another one");
    assert.equal(home(await stage.room()), home(other));
  });

  it("SF3: that is cut off costs nothing when it is back within the lease", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const routerId = await stage.room();
    const link = stage.link(home(routerId));
    link.down();
    assert.equal(stage.member(home(routerId)).condition, "cut");
    stage.clock.advance(LEASE_MS - 1);
    link.up(false);
    stage.clock.advance(LEASE_MS);
    assert.deepEqual(stage.told, []);
    const reply = await stage.call("dumpRouter", { routerId });
    assert.equal(reply.ok, true);
  });

  it("SF3: that stays cut off loses its rooms with its lease, and closes what it still has later", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const routerId = await stage.room();
    const link = stage.link(home(routerId));
    link.down();
    stage.clock.advance(LEASE_MS);
    assert.deepEqual(stage.told, [`routerClosed ${routerId}`]);
    link.up(false);
    stage.clock.advance(0);
    assert.equal(link.routers.size, 0, "nothing is left behind");
    const { method, epoch } = link.asked.at(-1) ?? {};
    assert.deepEqual([method, epoch], ["closeRouter", 7]);
  });

  it("SF3: that most of a room cannot reach either has lost that room, where there is another", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const [routerId, other] = [await stage.room(), await stage.room()];
    const transports = [];
    for (let count = 0; count < 4; count++) {
      const made = await stage.call("createWebRtcTransport", { routerId });
      assert.ok(made.ok);
      transports.push(made.result.transportId);
    }
    const [first = "", second = "", third = "", fourth = ""] = transports;
    const restart = (transportId: string) =>
      stage.call("restartIce", { routerId, transportId });
    for (const id of transports) await restart(id);
    assert.deepEqual(stage.told, [], "it is heard: the clients' affair");

    const link = stage.link(home(routerId));
    link.down();
    await restart(first);
    await restart(first);
    await restart(second);
    assert.deepEqual(stage.told, [], "two of four may be in trouble alone");
    await stage.call("closeTransport", { routerId, transportId: fourth });
    assert.deepEqual(stage.told, []);
    await restart(third);
    assert.deepEqual(stage.told, [`routerClosed ${routerId}`]);
    assert.equal(stage.member(home(routerId)).condition, "cut");
    assert.equal(home(await stage.room()), home(other));
    link.up(false);
    stage.clock.advance(0);
    assert.deepEqual(link.asked.at(-1)?.method, "closeRouter");
    assert.equal(link.routers.size, 0);
  });

  it("SF3: is waited for where there is no other, whoever cannot reach it", async () => {
    const stage = new Stage(["eu-1"]);
    const routerId = await stage.room();
    const made = await stage.call("createWebRtcTransport", { routerId });
    assert.ok(made.ok);
    const { transportId } = made.result;
    stage.link("eu-1").down();
    await stage.call("restartIce", { routerId, transportId });
    assert.deepEqual(stage.told, []);
  });

  it("SF2: that has begun anew has lost its rooms, which is told before it is up", async () => {
    const stage = new Stage(["eu-1"]);
    const routerId = await stage.room();
    stage.pool.onState((state) => stage.told.push(state));
    stage.link("eu-1").down();
    stage.link("eu-1").up(true);
    assert.deepEqual(stage.told, ["down", `routerClosed ${routerId}`, "up"]);
  });

  it("SF4: that is slow gets no new rooms as long as there is another, and keeps its own", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    const routerId = await stage.room();
    const slow = home(routerId);
    stage.link(slow).delayMs = 600;
    stage.clock.advance(3_000);
    assert.equal(stage.member(slow).isSlow, true);
    assert.equal(stage.member(slow).condition, "up");
    for (let count = 0; count < 3; count++) {
      assert.notEqual(home(await stage.room()), slow);
    }
    assert.deepEqual(stage.told, []);
    stage.link(slow).delayMs = 0;
    stage.clock.advance(3_000);
    assert.equal(stage.member(slow).isSlow, false);
    assert.ok(stage.logged.some((line) => line.includes("is slow")));
  });

  it("SF4: that fails to make a room is not asked next", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    stage.link("eu-1").isRefusing = true;
    stage.clock.advance(0);
    const first = await stage.call("createRouter", { label: "room" });
    if (!first.ok) assert.equal(first.status, "RESOURCE_EXHAUSTED");
    for (let count = 0; count < 3; count++) {
      assert.equal(home(await stage.room()), "eu-2");
    }
  });

  it("SF1: are up as long as one is", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    assert.equal(stage.pool.state, "up");
    stage.link("eu-1").down();
    assert.deepEqual(stage.states, []);
    stage.link("eu-2").down();
    assert.equal(stage.pool.state, "down");
    const reply = await stage.call("createRouter", { label: "room" });
    assert.ok(!reply.ok && reply.status === "UNAVAILABLE");
    stage.link("eu-1").up(false);
    assert.deepEqual(stage.states, ["down", "up"]);
    stage.pool.close();
    stage.clock.advance(0);
    assert.equal(stage.pool.state, "closed");
    assert.equal(stage.clock.pending, 0, "no timer is left");
  });

  it("SF1: are asked all for a router that another process has made", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    stage.link("eu-2").routers.add("old");
    const claimed = await stage.call("claimRouter", { routerId: "old" }, 8);
    assert.equal(claimed.ok, true);
    assert.equal(
      (await stage.call("dumpRouter", { routerId: "old" }, 8)).ok,
      true,
    );
    const past = await stage.call("closeRouter", { routerId: "old" }, 7);
    assert.ok(!past.ok && past.status === "FAILED_PRECONDITION");
    const none = await stage.call("claimRouter", { routerId: "none" });
    assert.ok(!none.ok && none.status === "NOT_FOUND");
    stage.link("eu-1").down();
    const unsure = await stage.call("claimRouter", { routerId: "none" });
    assert.ok(!unsure.ok && unsure.status === "UNAVAILABLE");
    stage.member("eu-1").refused();
    const sure = await stage.call("claimRouter", { routerId: "none" });
    assert.ok(!sure.ok && sure.status === "NOT_FOUND");
  });

  it("SF1: say together how they are", async () => {
    const stage = new Stage(["eu-1", "eu-2"]);
    await stage.room();
    const status = await stage.call("getStatus", {});
    assert.ok(status.ok);
    assert.equal(status.result.routers, 1);
    const sidecars = status.result.workers.map(({ sidecar }) => sidecar);
    assert.deepEqual(sidecars, ["eu-1", "eu-2"]);
  });
});
