/** What operators do over HTTP with participants, and what those see of it. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { get } from "../admin/client.ts";
import { errors } from "../protocol/mod.ts";
import { ask } from "./http/ask.ts";
import {
  AdminStage,
  assertRefused,
  inRoom,
  PARTICIPANT,
  pathOf,
} from "./service_admin_stage.ts";
import { eventually } from "./support/eventually.ts";

let stage: AdminStage;
beforeEach(async () => void (stage = await AdminStage.start()));
afterEach(() => stage[Symbol.asyncDispose]());

describe("an operator over HTTP, of participants", () => {
  it("removes a participant, who may come again", async () => {
    const ann = await stage.join("ann");
    const api = await stage.operator();
    await get(api.DELETE(PARTICIPANT, pathOf(ann)));
    assert.deepEqual((await ann.hears("sessionEnded")).reason, "removed");
    assert.equal((await ann.client.closed()).reason, "removed");
    await assertRefused(get(api.GET(PARTICIPANT, pathOf(ann))), 404, /no such/);
    await stage.join("ann");
  });

  it("keeps an identity out for a while: its joins and its resumes", async () => {
    const ann = await stage.join("ann");
    await stage.join("bob");
    const api = await stage.operator();
    const { params } = pathOf(ann);
    const query = { banSeconds: 60 };
    await get(api.DELETE(PARTICIPANT, { params: { ...params, query } }));
    const { error } = await stage.knock("ann");
    assert.equal(error?.code, errors.participantRemoved.code);
    const back = stage.use(await stage.world.connect());
    const { sessionId, secret, epoch } = ann.result;
    const shown = { sessionId, secret, epoch, ack: 0 };
    const { error: refused } = await ask(back, "resume", shown);
    assert.equal(refused?.data.reason, "removed");

    const { items } = await get(api.GET("/rooms/{room}/bans", inRoom()));
    assert.deepEqual(items.map(({ identity }) => identity), ["ann"]);
    const path = { room: "r", identity: "ann" };
    await get(
      api.DELETE("/rooms/{room}/bans/{identity}", { params: { path } }),
    );
    await stage.join("ann");
  });

  it("bans an identity that is in the room, or that is not", async () => {
    const ann = await stage.join("ann");
    const api = await stage.operator();
    for (const identity of ["ann", "zoe/1"]) {
      await get(api.PUT("/rooms/{room}/bans/{identity}", {
        params: { path: { room: "r", identity } },
        body: { seconds: 60 },
      }));
    }
    assert.equal((await ann.hears("sessionEnded")).reason, "removed");
    assert.equal(
      (await stage.knock("zoe/1")).error?.code,
      errors.participantRemoved.code,
    );
  });

  it("changes what a participant may do and how it is shown, at once", async () => {
    const ann = await stage.join("ann");
    const bob = await stage.join("bob");
    const api = await stage.operator();
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
    const ann = await stage.join("ann");
    const api = await stage.operator();
    await get(api.POST(`${PARTICIPANT}/move`, {
      ...pathOf(ann),
      body: { room: "side" },
    }));
    const { room, token } = await ann.hears("moved");
    assert.equal(room, "side");
    const there = await stage.join("ann", "side", String(token));
    assert.equal(there.result.identity, "ann");
    const { error } = await stage.knock("ann", "elsewhere", String(token));
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
    const ann = await stage.join("ann");
    const bob = await stage.join("bob");
    const api = await stage.operator();
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
    const ann = await stage.join("ann");
    const api = await stage.operator();
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

  it("leaves nothing about people in the log", async () => {
    const ann = await stage.join("ann-of-somewhere");
    const api = await stage.operator();
    await get(api.PATCH(PARTICIPANT, {
      ...pathOf(ann),
      body: { name: "Her Name", metadata: { her: "data" } },
    }));
    await get(api.POST(`${PARTICIPANT}/move`, {
      ...pathOf(ann),
      body: { room: "side" },
    }));
    const { token } = await ann.hears("moved");
    const log = JSON.stringify(stage.world.lines);
    assert.doesNotMatch(log, /ann-of-somewhere|Her Name|her.*data/);
    assert.ok(!log.includes(String(token)));
  });
});
