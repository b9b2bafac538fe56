import assert from "node:assert/strict";
import { beforeEach, describe, it } from "@std/testing/bdd";
import {
  adminClient,
  AdminError,
  get,
  pages,
  type RoomSummary,
} from "../../admin/client.ts";
import { room } from "../http/admin/fake_rooms.ts";
import { Stage } from "../http/admin/stage.ts";

const url = "http://calls.example";
let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  stage.rooms.rooms.set("r", room("r"));
});

const client = (send: typeof fetch = stage.fetch, token = "operator") =>
  adminClient({ url, token, fetch: send });

const close = { params: { path: { room: "r" } } };
const message = { ...close, body: { topic: "t", body: 1 } };

describe("the client of the admin API", () => {
  it("gives what was asked for", async () => {
    const found = await get(client().GET("/rooms/{room}", close));
    assert.equal(found.name, "r");
    await get(client().POST("/rooms/{room}/messages", message));
    assert.equal(stage.rooms.commands.length, 1);
  });

  it("throws the problem when the service refuses", async () => {
    const params = { path: { room: "none" } };
    await assert.rejects(
      get(client().GET("/rooms/{room}", { params })),
      (error: unknown) => {
        assert.ok(error instanceof AdminError);
        assert.equal(error.problem.status, 404);
        assert.equal(error.problem.reason, "roomNotFound");
        assert.equal(error.message, "There is no such room");
        return true;
      },
    );
  });

  it("tells that something else has answered", async () => {
    const proxy = () =>
      Promise.resolve(new Response("<h1>Bad Gateway</h1>", { status: 502 }));
    await assert.rejects(
      get(client(proxy).GET("/status")),
      /HTTP 502, and not one of the admin API/,
    );
  });

  it("sends a write again whose answer got lost, and it is done once", async () => {
    let losses = 2;
    const lossy: typeof fetch = async (input, init) => {
      const response = await stage.fetch(input, init);
      if (losses-- > 0) throw new TypeError("connection lost");
      return response;
    };
    await get(client(lossy).POST("/rooms/{room}/messages", message));
    assert.equal(stage.rooms.commands.length, 1);
    assert.equal(losses, -1);
  });

  it("gives up after three tries", async () => {
    let tries = 0;
    const dead = () => {
      tries += 1;
      return Promise.reject(new TypeError("no route"));
    };
    await assert.rejects(get(client(dead).GET("/status")), /no route/);
    assert.equal(tries, 3);
  });

  it("reads lists to their end", async () => {
    for (let i = 0; i < 7; i++) stage.rooms.rooms.set(`r${i}`, room(`r${i}`));
    const api = client();
    const all = await Array.fromAsync(
      pages<RoomSummary>((pageToken) =>
        get(api.GET("/rooms", {
          params: { query: { pageSize: 3, ...(pageToken && { pageToken }) } },
        }))
      ),
    );
    assert.deepEqual(
      all.map(({ name }) => name),
      ["r", "r0", "r1", "r2", "r3", "r4", "r5", "r6"],
    );
  });
});
