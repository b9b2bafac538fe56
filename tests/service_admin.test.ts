/** What operators do over HTTP, and what participants see of it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import {
  type AdminClient,
  adminClient,
  AdminError,
  get,
} from "../admin/client.ts";
import { follow, type Followed } from "../admin/follow.ts";
import { signToken } from "../auth/sign.ts";
import { errors } from "../protocol/mod.ts";
import type { TestClient } from "./http/client.ts";
import { World } from "./service_world.ts";
import { eventually } from "./support/eventually.ts";
import { within } from "./support/within.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const key = { kid: "k", secret: new TextEncoder().encode(SECRET) };

let world: World;
let open: AsyncDisposableStack;
beforeEach(async () => {
  open = new AsyncDisposableStack();
  world = open.use(await World.start({ TOKEN_KEYS: `k:${SECRET}` }));
});
afterEach(() => open.disposeAsync());

const origin = () => `http://127.0.0.1:${world.service.port}`;

type Claims = { room?: string; grants?: { admin: boolean }; ttlS?: number };

const tokenOf = (
  sub: string,
  { room = "*", ttlS = 60, ...claims }: Claims = {},
) => signToken({ sub, room, ...claims }, ttlS, { key });

async function operator(room = "*"): Promise<AdminClient> {
  const token = await tokenOf("operator", { room, grants: { admin: true } });
  return adminClient({ url: origin(), token });
}

type Frame = {
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; data: { reason?: string } };
};

/** Somebody in a room, by the bare protocol. */
class Guest {
  readonly client: TestClient;
  readonly sessionId: string;
  readonly result: Record<string, unknown>;

  constructor(client: TestClient, result: Record<string, unknown>) {
    this.client = client;
    this.result = result;
    this.sessionId = String(result.sessionId);
  }

  /** What comes next of this kind; the rest is passed over. */
  async hears(method: string): Promise<Record<string, unknown>> {
    while (true) {
      const frame: Frame = JSON.parse(await this.client.next());
      if (frame.method === method) return frame.params ?? {};
    }
  }
}

async function knock(identity: string, room = "r", token?: string) {
  const client = open.use(await world.connect(room));
  const shown = token ?? await tokenOf(identity);
  const frame: Frame = await world.join(client, shown);
  return { client, ...frame };
}

async function join(identity: string, room = "r", token?: string) {
  const { client, result, error } = await knock(identity, room, token);
  assert.ok(result, JSON.stringify(error));
  return new Guest(client, result);
}

async function assertRefused(
  answer: Promise<unknown>,
  status: number,
  detail: RegExp,
): Promise<void> {
  await assert.rejects(answer, (error: unknown) => {
    assert.ok(error instanceof AdminError, String(error));
    assert.equal(error.problem.status, status, error.message);
    assert.match(error.message, detail);
    return true;
  });
}

const pathOf = ({ sessionId }: Guest, room = "r") => ({
  params: { path: { room, sessionId } },
});
const inRoom = (room = "r") => ({ params: { path: { room } } });
const PARTICIPANT = "/rooms/{room}/participants/{sessionId}";

describe("an operator over HTTP", () => {
  it("creates a room with a policy, under which those are who join it", async () => {
    const api = await operator();
    const policy = { maxParticipants: 1, codecs: ["audio/opus" as const] };
    const room = await get(api.POST("/rooms", { body: { name: "r", policy } }));
    assert.equal(room.policy.maxParticipants, 1);
    const ann = await join("ann");
    const { policy: told } = ann.result as { policy: Record<string, unknown> };
    assert.equal(told.maxParticipants, 1);
    const asked = world.link.sent.find(({ method }) =>
      method === "createRouter"
    );
    assert.match(JSON.stringify(asked?.params), /"codecs":\["audio\/opus"\]/);
    const { error } = await knock("bob");
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
    const ann = await join("ann");
    const api = await operator();
    const room = await get(api.PATCH("/rooms/{room}", {
      ...inRoom(),
      body: { policy: { evictAfterMs: 5_000 } },
    }));
    assert.equal(room.policy.evictAfterMs, 5_000);
    const { policy } = await ann.hears("policyChanged");
    assert.equal((policy as { evictAfterMs: number }).evictAfterMs, 5_000);
  });

  it("sees rooms and participants as they are", async () => {
    const ann = await join("ann");
    const bob = await join("bob");
    bob.client.socket.terminate();
    const api = await operator();
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

  it("removes a participant, who may come again", async () => {
    const ann = await join("ann");
    const api = await operator();
    await get(api.DELETE(PARTICIPANT, pathOf(ann)));
    assert.deepEqual((await ann.hears("sessionEnded")).reason, "removed");
    assert.equal((await ann.client.closed()).reason, "removed");
    await assertRefused(get(api.GET(PARTICIPANT, pathOf(ann))), 404, /no such/);
    await join("ann");
  });

  it("keeps an identity out for a while: its joins and its resumes", async () => {
    const ann = await join("ann");
    await join("bob");
    const api = await operator();
    const { params } = pathOf(ann);
    const query = { banSeconds: 60 };
    await get(api.DELETE(PARTICIPANT, { params: { ...params, query } }));
    const { error } = await knock("ann");
    assert.equal(error?.code, errors.participantRemoved.code);
    const back = open.use(await world.connect());
    const { sessionId, secret, epoch } = ann.result;
    back.send(JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "resume",
      params: { sessionId, secret, epoch, ack: 0 },
    }));
    const resumed: Frame = JSON.parse(await back.next());
    assert.equal(resumed.error?.data.reason, "removed");

    const { items } = await get(api.GET("/rooms/{room}/bans", inRoom()));
    assert.deepEqual(items.map(({ identity }) => identity), ["ann"]);
    const path = { room: "r", identity: "ann" };
    await get(
      api.DELETE("/rooms/{room}/bans/{identity}", { params: { path } }),
    );
    await join("ann");
  });

  it("bans an identity that is in the room, or that is not", async () => {
    const ann = await join("ann");
    const api = await operator();
    for (const identity of ["ann", "zoe/1"]) {
      await get(api.PUT("/rooms/{room}/bans/{identity}", {
        params: { path: { room: "r", identity } },
        body: { seconds: 60 },
      }));
    }
    assert.equal((await ann.hears("sessionEnded")).reason, "removed");
    assert.equal(
      (await knock("zoe/1")).error?.code,
      errors.participantRemoved.code,
    );
  });

  it("changes what a participant may do and how it is shown, at once", async () => {
    const ann = await join("ann");
    const bob = await join("bob");
    const api = await operator();
    const changed = await get(api.PATCH(PARTICIPANT, {
      ...pathOf(ann),
      body: { grants: { sendData: false }, name: "Ann", metadata: { a: 1 } },
    }));
    assert.equal(changed.grants.sendData, false);
    const { grants } = await ann.hears("grantsChanged");
    assert.equal((grants as { sendData: boolean }).sendData, false);
    const shown = await bob.hears("participantUpdated");
    assert.equal(shown.name, "Ann");
    assert.deepEqual(shown.metadata, { a: 1 });
    const params = { topic: "t", body: 1 };
    const request = { jsonrpc: "2.0", id: 9, method: "sendMessage", params };
    ann.client.send(JSON.stringify(request));
    const refused = await eventually(async () => {
      const frame = JSON.parse(await ann.client.next());
      assert.equal(frame.id, 9);
      return frame;
    });
    assert.equal(refused.error.code, errors.forbidden.code);
  });

  it("moves a participant, whose token for the other room holds there only", async () => {
    const ann = await join("ann");
    const api = await operator();
    await get(api.POST(`${PARTICIPANT}/move`, {
      ...pathOf(ann),
      body: { room: "side" },
    }));
    const { room, token } = await ann.hears("moved");
    assert.equal(room, "side");
    const there = await join("ann", "side", String(token));
    assert.equal(there.result.identity, "ann");
    const { error } = await knock("ann", "elsewhere", String(token));
    assert.equal(error?.code, errors.tokenGrantsInvalid.code);
    await assertRefused(
      get(api.POST(`${PARTICIPANT}/move`, {
        ...pathOf(there, "side"),
        body: { room: "side" },
      })),
      409,
      /is in that room/,
    );
  });

  it("sends messages that come from nobody, to all or to some", async () => {
    const ann = await join("ann");
    const bob = await join("bob");
    const api = await operator();
    const path = "/rooms/{room}/messages";
    await get(api.POST(path, {
      ...inRoom(),
      body: { topic: "notice", body: "only bob", to: [bob.sessionId] },
    }));
    await get(api.POST(path, {
      ...inRoom(),
      body: { topic: "notice", body: "all" },
    }));
    assert.equal((await bob.hears("message")).body, "only bob");
    assert.equal((await bob.hears("message")).body, "all");
    const { from, topic, body } = await ann.hears("message");
    assert.deepEqual({ from, topic, body }, {
      from: null,
      topic: "notice",
      body: "all",
    });
    await assertRefused(
      get(api.POST(path, {
        ...inRoom(),
        body: { topic: "notice", body: "x".repeat(20_000) },
      })),
      413,
      /larger than the room allows/,
    );
  });

  it("mutes no track that is not there", async () => {
    const ann = await join("ann");
    const api = await operator();
    const { room, sessionId } = pathOf(ann).params.path;
    const path = { room, sessionId, key: "camera" };
    await assertRefused(
      get(api.PATCH(`${PARTICIPANT}/tracks/{key}`, {
        params: { path },
        body: { muted: true },
      })),
      404,
      /no such track/,
    );
  });

  it("closes a room, and all who are in it are told", async () => {
    const ann = await join("ann");
    const api = await operator();
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
    await join("ann");
    const api = await operator();
    const ready = async () => {
      const response = await fetch(`${origin()}/readyz`);
      return { status: response.status, text: await response.text() };
    };
    assert.equal((await ready()).status, 200);
    await get(api.PUT("/drain"));
    const draining = await ready();
    assert.equal(draining.status, 503);
    assert.match(draining.text, /draining/);
    await join("bob");
    assert.ok((await knock("zoe", "new")).error);
    await assertRefused(
      get(api.POST("/rooms", { body: { name: "new" } })),
      503,
      /no room begin/,
    );
    await get(api.DELETE("/drain"));
    assert.equal((await ready()).status, 200);
    await join("zoe", "new");
  });

  it("of one room sees and manages that room only", async () => {
    await join("ann", "mine");
    const bob = await join("bob", "other");
    const api = await operator("mine");
    const { items } = await get(api.GET("/rooms", { params: {} }));
    assert.deepEqual(items.map(({ name }) => name), ["mine"]);
    await assertRefused(
      get(api.DELETE(PARTICIPANT, pathOf(bob, "other"))),
      403,
      /does not grant the room other/,
    );
  });

  it("is one by the token alone: its grant, its time and its signature", async () => {
    const api = (token: string) => adminClient({ url: origin(), token });
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
    const url = origin();
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
    const ann = await join("ann");
    const told = await next("participantJoined");
    assert.equal(told.type === "event" && told.event.identity, "ann");
    await get((await operator()).PUT("/drain"));
    await join("bob");
    ann.client.socket.close(1000);
    const left = await next("participantLeft");
    assert.equal(left.type === "event" && left.event.reason, "left");
    stopping.abort();
    await events.return();
  });

  it("is shown the API's page and its description without a token", async () => {
    const page = await fetch(`${origin()}/docs`);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /\/assets\/docs\.js/);
    assert.match(
      page.headers.get("content-security-policy") ?? "",
      /script-src 'self'/,
    );
    const document = await fetch(`${origin()}/admin/v1/openapi.json`);
    assert.equal((await document.json()).openapi, "3.1.0");
  });

  it("is told what an address takes, and what is none", async () => {
    const token = await tokenOf("op", { grants: { admin: true } });
    const headers = { authorization: `Bearer ${token}` };
    const put = await fetch(`${origin()}/admin/v1/rooms`, {
      method: "PUT",
      headers,
    });
    await put.body?.cancel();
    assert.equal(put.status, 405);
    assert.match(put.headers.get("allow") ?? "", /GET.*POST/);
    const none = await fetch(`${origin()}/admin/v1/nothing`, { headers });
    assert.equal(none.status, 404);
    assert.match(await none.text(), /nothing at this address/);
  });

  it("leaves nothing about people in the log", async () => {
    const ann = await join("ann-of-somewhere");
    const api = await operator();
    await get(api.PATCH(PARTICIPANT, {
      ...pathOf(ann),
      body: { name: "Her Name", metadata: { her: "data" } },
    }));
    await get(api.POST(`${PARTICIPANT}/move`, {
      ...pathOf(ann),
      body: { room: "side" },
    }));
    const { token } = await ann.hears("moved");
    const log = JSON.stringify(world.lines);
    assert.doesNotMatch(log, /ann-of-somewhere|Her Name|her.*data/);
    assert.ok(!log.includes(String(token)));
  });
});

describe("a token for operators in development mode", () => {
  const ask = (at: World, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${at.service.port}/admin/token`, {
      method: "POST",
      headers,
    });

  it("is given on this machine, and holds for all rooms", async () => {
    const development = open.use(await World.start());
    const { token } = await (await ask(development)).json();
    const url = `http://127.0.0.1:${development.service.port}`;
    const api = adminClient({ url, token });
    assert.deepEqual((await get(api.GET("/rooms", {}))).items, []);
  });

  it("is not given to others, nor where there are keys", async () => {
    const development = open.use(await World.start());
    const forwarded = await ask(development, { "x-forwarded-for": "1.2.3.4" });
    await forwarded.body?.cancel();
    assert.equal(forwarded.status, 403);
    const keyed = await ask(world);
    await keyed.body?.cancel();
    assert.equal(keyed.status, 404);
  });
});

describe("a service that stops", () => {
  it("ends the streams of events, and waits for none of them", async () => {
    const stopping = await World.start({ TOKEN_KEYS: `k:${SECRET}` });
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
