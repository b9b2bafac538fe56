/** What operators do over HTTP with rooms and the service. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { adminClient, get } from "../admin/client.ts";
import { follow, type Followed } from "../admin/follow.ts";
import { errors } from "../protocol/mod.ts";
import {
  AdminStage,
  assertRefused,
  inRoom,
  KEYS,
  PARTICIPANT,
  pathOf,
  tokenOf,
} from "./service_admin_stage.ts";
import { World } from "./service_world.ts";
import { eventually } from "./support/eventually.ts";
import { within } from "./support/within.ts";

let stage: AdminStage;
beforeEach(async () => void (stage = await AdminStage.start()));
afterEach(() => stage[Symbol.asyncDispose]());

describe("an operator over HTTP", () => {
  it("creates a room with a policy, under which those are who join it", async () => {
    const api = await stage.operator();
    const policy = { maxParticipants: 1, codecs: ["audio/opus" as const] };
    const room = await get(api.POST("/rooms", { body: { name: "r", policy } }));
    assert.equal(room.policy.maxParticipants, 1);
    const ann = await stage.join("ann");
    assert.equal(ann.result.policy.maxParticipants, 1);
    const asked = stage.world.link.sent.find(({ method }) =>
      method === "createRouter"
    );
    assert.match(JSON.stringify(asked?.params), /"codecs":\["audio\/opus"\]/);
    const { error } = await stage.knock("bob");
    assert.equal(error?.code, errors.roomFull.code);
    await assertRefused(
      get(api.POST("/rooms", { body: { name: "r" } })),
      409,
      /is a room/,
    );
    const contradiction = { pingIntervalMs: 5_000, timeoutMs: 4_000 };
    await assertRefused(
      get(api.POST("/rooms", { body: { name: "r2", policy: contradiction } })),
      400,
      /contradicts itself/,
    );
  });

  it("changes the policy of a room, and who is in it is told", async () => {
    const ann = await stage.join("ann");
    const api = await stage.operator();
    const room = await get(api.PATCH("/rooms/{room}", {
      ...inRoom(),
      body: { policy: { evictAfterMs: 5_000 } },
    }));
    assert.equal(room.policy.evictAfterMs, 5_000);
    const { policy } = await ann.hears("policyChanged");
    assert.equal((policy as { evictAfterMs: number }).evictAfterMs, 5_000);
  });

  it("sees rooms and participants as they are", async () => {
    const ann = await stage.join("ann");
    const bob = await stage.join("bob");
    bob.client.socket.terminate();
    const api = await stage.operator();
    const bobs = await eventually(async () => {
      const found = await get(api.GET(PARTICIPANT, pathOf(bob)));
      assert.equal(found.state, "reconnecting");
      return found;
    });
    assert.ok((bobs.graceUntil ?? 0) > bobs.joinedAt);
    const { items } = await get(api.GET("/rooms", { params: {} }));
    assert.deepEqual(
      items.map(({ name, participants, reconnecting }) => ({
        name,
        participants,
        reconnecting,
      })),
      [{ name: "r", participants: 2, reconnecting: 1 }],
    );
    const all = await get(api.GET("/rooms/{room}/participants", inRoom()));
    assert.deepEqual(
      all.items.map(({ sessionId }) => sessionId),
      [ann.sessionId, bob.sessionId],
    );
    assert.equal(all.items[0]?.grants.admin, false);
  });

  it("closes a room, and all who are in it are told", async () => {
    const ann = await stage.join("ann");
    const api = await stage.operator();
    await get(api.DELETE("/rooms/{room}", inRoom()));
    assert.equal((await ann.hears("sessionEnded")).reason, "roomClosed");
    assert.equal((await ann.client.closed()).reason, "roomClosed");
    await assertRefused(
      get(api.GET("/rooms/{room}", inRoom())),
      404,
      /no such/,
    );
  });

  it("drains: no room begins, those that are there go on, and readiness ends", async () => {
    await stage.join("ann");
    const api = await stage.operator();
    const ready = async () => {
      const response = await fetch(`${stage.origin}/readyz`);
      return { status: response.status, text: await response.text() };
    };
    assert.equal((await ready()).status, 200);
    await get(api.PUT("/drain"));
    const draining = await ready();
    assert.equal(draining.status, 503);
    assert.match(draining.text, /draining/);
    await stage.join("bob");
    assert.ok((await stage.knock("zoe", "new")).error);
    await assertRefused(
      get(api.POST("/rooms", { body: { name: "new" } })),
      503,
      /no room begin/,
    );
    await get(api.DELETE("/drain"));
    assert.equal((await ready()).status, 200);
    await stage.join("zoe", "new");
  });

  it("of one room sees and manages that room only", async () => {
    await stage.join("ann", "mine");
    const bob = await stage.join("bob", "other");
    const api = await stage.operator("mine");
    const { items } = await get(api.GET("/rooms", { params: {} }));
    assert.deepEqual(items.map(({ name }) => name), ["mine"]);
    await assertRefused(
      get(api.DELETE(PARTICIPANT, pathOf(bob, "other"))),
      403,
      /does not grant the room other/,
    );
  });

  it("is one by the token alone: its grant, its time and its signature", async () => {
    const api = (token: string) => adminClient({ url: stage.origin, token });
    const rooms = (token: string) => get(api(token).GET("/rooms", {}));
    const guest = await tokenOf("ann");
    await assertRefused(rooms(guest), 403, /no grant admin/);
    const admin = { room: "*", grants: { admin: true } };
    const old = await tokenOf("op", { ...admin, ttlS: -60 });
    await assertRefused(rooms(old), 401, /has expired/);
    const good = await tokenOf("op", admin);
    const forged = `${good.slice(0, -8)}AAAAAAAA`;
    await assertRefused(rooms(forged), 401, /signature/);
    await assertRefused(rooms("x".repeat(9_000)), 401, /invalid/);
    await rooms(good);
  });

  it("follows what happens, and goes on after a break where it was", async () => {
    const stopping = new AbortController();
    const token = await tokenOf("op", { grants: { admin: true } });
    const url = stage.origin;
    const { signal } = stopping;
    const events = follow({ url, token, signal, random: () => 0 });
    const next = async (type: string) => {
      while (true) {
        const { value } = await within(type, events.next());
        const told = value as Followed;
        assert.notEqual(told.type, "gap");
        if (told.type === type) return told;
        if (told.type === "event" && told.event.type === type) return told;
      }
    };
    await next("connected");
    const ann = await stage.join("ann");
    const told = await next("participantJoined");
    assert.equal(told.type === "event" && told.event.identity, "ann");
    await get((await stage.operator()).PUT("/drain"));
    await stage.join("bob");
    ann.client.socket.close(1000);
    const left = await next("participantLeft");
    assert.equal(left.type === "event" && left.event.reason, "left");
    stopping.abort();
    await events.return();
  });

  it("is shown the API's page and its description without a token", async () => {
    const page = await fetch(`${stage.origin}/docs`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /\/assets\/docs\.js/);
    assert.match(
      page.headers.get("content-security-policy") ?? "",
      /script-src 'self'/,
    );
    const document = await fetch(`${stage.origin}/admin/v1/openapi.json`);
    assert.equal((await document.json()).openapi, "3.1.0");
  });

  it("is told what an address takes, and what is none", async () => {
    const token = await tokenOf("op", { grants: { admin: true } });
    const headers = { authorization: `Bearer ${token}` };
    const put = await fetch(`${stage.origin}/admin/v1/rooms`, {
      method: "PUT",
      headers,
    });
    await put.body?.cancel();
    assert.equal(put.status, 405);
    assert.match(put.headers.get("allow") ?? "", /GET.*POST/);
    const none = await fetch(`${stage.origin}/admin/v1/nothing`, { headers });
    assert.equal(none.status, 404);
    assert.match(await none.text(), /nothing at this address/);
  });
});

describe("a token for operators in development mode", () => {
  const issue = (at: World, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${at.service.port}/admin/token`, {
      method: "POST",
      headers,
    });

  it("is given on this machine, and holds for all rooms", async () => {
    const development = stage.use(await World.start());
    const { token } = await (await issue(development)).json();
    const url = `http://127.0.0.1:${development.service.port}`;
    const api = adminClient({ url, token });
    assert.deepEqual((await get(api.GET("/rooms", {}))).items, []);
  });

  it("is not given to others, nor where there are keys", async () => {
    const development = stage.use(await World.start());
    const forwarded = await issue(development, {
      "x-forwarded-for": "1.2.3.4",
    });
    await forwarded.body?.cancel();
    assert.equal(forwarded.status, 403);
    const keyed = await issue(stage.world);
    await keyed.body?.cancel();
    assert.equal(keyed.status, 404);
  });
});

describe("a service that stops", () => {
  it("ends the streams of events, and waits for none of them", async () => {
    const stopping = await World.start(KEYS);
    const { port } = stopping.service;
    const token = await tokenOf("op", { grants: { admin: true } });
    const response = await fetch(`http://127.0.0.1:${port}/admin/v1/events`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const read = response.text().catch(() => "cut");
    await within("the stop", stopping[Symbol.asyncDispose]());
    await within("the end of the stream", read);
  });
});
