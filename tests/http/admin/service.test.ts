import assert from "node:assert/strict";
import { beforeEach, describe, it } from "@std/testing/bdd";
import { participant, room } from "./fake_rooms.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

describe("the service", () => {
  it("tells how it is, and how the media server is", async () => {
    const participants = [participant("s")];
    stage.rooms.rooms.set("r", room("r", { participants }));
    const answer = stage.done("GET", "/status");
    const worker = {
      pid: 1,
      routers: 1,
      transports: 2,
      consumers: 3,
      load: 0.5,
    };
    await Promise.resolve();
    while (stage.link.sent.length === 0) await Promise.resolve();
    stage.link.answer("getStatus", {
      mediasoup: "3.27.1",
      workers: [worker],
      routers: 1,
    });
    assert.deepEqual(await answer, {
      state: "open",
      rooms: 1,
      participants: 1,
      sfu: { state: "up", mediasoup: "3.27.1", workers: [worker] },
    });
  });

  it("tells what it knows while the media server is away", async () => {
    stage.link.state = "down";
    assert.deepEqual(await stage.done("GET", "/status"), {
      state: "open",
      rooms: 0,
      participants: 0,
      sfu: { state: "down" },
    });
  });

  it("drains, and takes it back; doing it twice is doing it once", async () => {
    for (const state of ["draining", "draining"]) {
      await stage.done("PUT", "/drain");
      assert.equal(stage.rooms.state, state);
    }
    for (const state of ["open", "open"]) {
      await stage.done("DELETE", "/drain");
      assert.equal(stage.rooms.state, state);
    }
  });

  it("shows the ICE servers that a client would get", async () => {
    const shown = await stage.done("GET", "/ice-servers?identity=ann");
    assert.deepEqual(shown, {
      iceServers: [{ urls: ["turn:t"], username: "1000000:ann" }],
    });
    const own = await stage.done("GET", "/ice-servers");
    assert.match(JSON.stringify(own), /1000000:operator/);
  });
});
