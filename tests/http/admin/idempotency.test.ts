import assert from "node:assert/strict";
import { beforeEach, describe, it } from "@std/testing/bdd";
import { room } from "./fake_rooms.ts";
import { assertProblem, Stage } from "./stage.ts";

const HOUR_MS = 3_600_000;
const key = (value: string) => ({ "idempotency-key": value });

describe("Idempotency-Key", () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
    stage.rooms.rooms.set("r", room("r"));
  });

  const send = (body: unknown, headers: Record<string, string>, more = {}) =>
    stage.call("POST", "/rooms/r/messages", {
      body: { topic: "t", body },
      headers,
      ...more,
    });

  it("has a write that is sent again done once, and answered the same", async () => {
    const call = { body: { name: "new" }, headers: key("k") };
    const first = await stage.call("POST", "/rooms", call);
    stage.rooms.creation = "exists";
    const again = await stage.call("POST", "/rooms", call);
    assert.equal(first.status, 201);
    assert.equal(again.status, 201);
    assert.deepEqual(again.body, first.body);
    assert.equal(again.headers.get("location"), "/admin/v1/rooms/new");
    assert.equal(first.headers.get("idempotency-replayed"), null);
    assert.equal(again.headers.get("idempotency-replayed"), "true");
  });

  it("is answered the same also by nothing: 204", async () => {
    await send(1, key("k"));
    const again = await send(1, key("k"));
    assert.equal(again.status, 204);
    assert.equal(stage.rooms.commands.length, 1);
  });

  it("stands for one request: 422 with another body, address or query", async () => {
    await send(1, key("k"));
    assertProblem(await send(2, key("k")), 422, /used for another request/);
    for (const path of ["/rooms/r", "/rooms/r/participants/s?banSeconds=1"]) {
      const headers = key("k");
      const answer = await stage.call("DELETE", path, { headers });
      assertProblem(answer, 422, /used for another request/);
    }
    assert.equal(stage.rooms.commands.length, 1);
  });

  it("waits for nobody: 409 while the first is at work", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    stage.rooms.gate = promise;
    const first = send(1, key("k"));
    const again = await send(1, key("k"));
    assertProblem(again, 409, /is at work/);
    assert.equal(again.headers.get("retry-after"), "1");
    resolve();
    assert.equal((await first).status, 204);
    assert.equal((await send(1, key("k"))).status, 204);
    assert.equal(stage.rooms.commands.length, 1);
  });

  it("is each operator's own", async () => {
    await send(1, key("k"));
    await send(2, key("k"), { token: "operator-of-r" });
    assert.equal(stage.rooms.commands.length, 2);
  });

  it("answers with nothing of the rooms that another token of the operator is for", async () => {
    stage.rooms.rooms.set("new", room("new"));
    const call = { body: { name: "new" }, headers: key("k") };
    await stage.done("POST", "/rooms", call);
    const token = "operator~r";
    const again = await stage.call("POST", "/rooms", { ...call, token });
    assertProblem(again, 403, /does not grant the room new/);
  });

  it("keeps what was refused for good, and not what failed for now", async () => {
    stage.rooms.outcome = { type: "refused", reason: "messageTooLarge" };
    await send(1, key("large"));
    stage.rooms.creation = "full";
    const call = { body: { name: "new" }, headers: key("full") };
    assertProblem(await stage.call("POST", "/rooms", call), 503, /as many/);
    stage.rooms.outcome = { type: "done" };
    stage.rooms.creation = "created";
    assertProblem(await send(1, key("large")), 413, /larger/);
    assert.equal((await stage.call("POST", "/rooms", call)).status, 201);
  });

  it("is forgotten after an hour", async () => {
    await send(1, key("k"));
    stage.clock.advance(HOUR_MS - 1);
    await send(1, key("k"));
    assert.equal(stage.rooms.commands.length, 1);
    stage.clock.advance(1);
    await send(2, key("k"));
    assert.equal(stage.rooms.commands.length, 2);
  });

  it("is kept for a bounded number: the oldest goes", async () => {
    for (let i = 0; i < 1_001; i++) await send(i, key(`k${i}`));
    await send(1, key("k1"));
    assert.equal(stage.rooms.commands.length, 1_001);
    await send("another", key("k0"));
    assert.equal(stage.rooms.commands.length, 1_002);
  });

  it("is 1 to 255 printable characters: 400", async () => {
    for (const bad of ["x".repeat(256), "a b", "é"]) {
      assertProblem(await send(1, key(bad)), 400, /Idempotency-Key/);
    }
    assert.equal((await send(1, key('"quoted"'))).status, 204);
  });

  it("means nothing to reads", async () => {
    await stage.done("GET", "/rooms/r", { headers: key("k") });
    stage.rooms.rooms.set("r2", room("r2"));
    await stage.done("GET", "/rooms/r2", { headers: key("k") });
  });
});
