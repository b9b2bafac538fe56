import assert from "node:assert/strict";
import { beforeEach, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import type { AdminRefusal } from "../../../rooms/admin.ts";
import { participant, room } from "./fake_rooms.ts";
import { assertProblem, Stage } from "./stage.ts";

const Page = z.object({
  items: z.array(z.looseObject({ name: z.string() })),
  nextPageToken: z.string().optional(),
});

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

async function names(query = "", token = "operator") {
  const page = Page.parse(await stage.done("GET", `/rooms${query}`, { token }));
  return { ...page, names: page.items.map(({ name }) => name) };
}

describe("the list of rooms", () => {
  it("is empty when there is none", async () => {
    assert.deepEqual(await stage.done("GET", "/rooms"), { items: [] });
  });

  it("comes in pages, each room once, also while rooms come and go", async () => {
    for (const name of ["d", "b", "a", "c", "e"]) {
      stage.rooms.rooms.set(name, room(name));
    }
    const first = await names("?pageSize=2");
    assert.deepEqual(first.names, ["a", "b"]);
    stage.rooms.rooms.delete("b");
    stage.rooms.rooms.set("aa", room("aa"));
    const second = await names(`?pageSize=2&pageToken=${first.nextPageToken}`);
    assert.deepEqual(second.names, ["c", "d"]);
    const last = await names(`?pageSize=2&pageToken=${second.nextPageToken}`);
    assert.deepEqual(last.names, ["e"]);
    assert.equal(last.nextPageToken, undefined);
  });

  it("ends with a page that is just full", async () => {
    for (const name of ["a", "b"]) stage.rooms.rooms.set(name, room(name));
    assert.equal((await names("?pageSize=2")).nextPageToken, undefined);
  });

  it("has pages of 1 to 200: 400", async () => {
    for (const size of ["0", "201", "x", "1.5", ""]) {
      const answer = await stage.call("GET", `/rooms?pageSize=${size}`);
      assertProblem(answer, 400, /in the query, pageSize/);
    }
  });

  it("takes no page token that it never gave: 400", async () => {
    for (const token of ["!", "_w", "%20"]) {
      const answer = await stage.call("GET", `/rooms?pageToken=${token}`);
      assertProblem(answer, 400, /pageToken/);
    }
  });

  it("has only the rooms that the token grants", async () => {
    for (const name of ["a", "b"]) stage.rooms.rooms.set(name, room(name));
    assert.deepEqual((await names("", "operator-of-b")).names, ["b"]);
  });
});

describe("a new room", () => {
  it("has the policy that it is given: 201, and where it is", async () => {
    const policy = { maxParticipants: 3, duplicateIdentity: "reject" };
    const answer = await stage.call("POST", "/rooms", {
      body: { name: "new", policy },
    });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get("location"), "/admin/v1/rooms/new");
    const created = z.looseObject({ policy: z.looseObject({}) })
      .parse(answer.body);
    assert.equal(created.policy.maxParticipants, 3);
    assert.equal(created.policy.duplicateIdentity, "reject");
  });

  it("has a policy within the bounds, and nothing else in it: 400", async () => {
    const bad = [{ maxParticipants: 0 }, { timeoutMs: 1 }, { none: 1 }];
    for (const policy of bad) {
      const answer = await stage.call("POST", "/rooms", {
        body: { name: "new", policy },
      });
      assertProblem(answer, 400, /policy/);
    }
    assert.equal(stage.rooms.rooms.size, 0);
  });

  it("is the operator's own: 403", async () => {
    const answer = await stage.call("POST", "/rooms", {
      body: { name: "a" },
      token: "operator-of-b",
    });
    assertProblem(answer, 403, /does not grant the room a/);
  });

  it("is refused for a cause", async () => {
    const causes = {
      exists: [409, /is a room of this name/],
      full: [503, /as many rooms/],
      draining: [503, /lets no room begin/],
      unavailable: [503, /not known/],
      invalidPolicy: [400, /contradicts itself/],
    } as const;
    for (const [cause, [status, detail]] of Object.entries(causes)) {
      stage.rooms.creation = z.enum([
        "exists",
        "full",
        "draining",
        "unavailable",
        "invalidPolicy",
      ]).parse(cause);
      const body = { name: "new" };
      const answer = await stage.call("POST", "/rooms", { body });
      assertProblem(answer, status, detail);
    }
  });
});

describe("a room", () => {
  beforeEach(() => {
    const participants = [participant("s1"), participant("s2")];
    stage.rooms.rooms.set("r", room("r", { participants }));
  });

  it("is shown with its policy and how it stands", async () => {
    const shown = z.looseObject({}).parse(await stage.done("GET", "/rooms/r"));
    assert.equal(shown.participants, 2);
    assert.deepEqual(shown.router, { state: "ready", id: "R1" });
    assert.equal(shown.bans, 0);
  });

  it("takes some of a policy", async () => {
    const policy = { evictAfterMs: 5_000 };
    await stage.done("PATCH", "/rooms/r", { body: { policy } });
    assert.deepEqual(stage.rooms.commands, [
      { room: "r", command: { type: "setPolicy", policy } },
    ]);
  });

  it("is closed", async () => {
    assert.equal(await stage.done("DELETE", "/rooms/r"), undefined);
    const command = { type: "closeRoom", reason: "roomClosed" };
    assert.deepEqual(stage.rooms.commands, [{ room: "r", command }]);
  });

  it("is sent a message, to all or to some", async () => {
    const body = { any: ["json"] };
    for (const to of [undefined, ["s1"]]) {
      await stage.done("POST", "/rooms/r/messages", {
        body: { topic: "t", body, ...(to && { to }) },
      });
    }
    assert.deepEqual(stage.rooms.commands.map(({ command }) => command), [
      { type: "sendMessage", topic: "t", body },
      { type: "sendMessage", topic: "t", body, to: ["s1"] },
    ]);
  });

  it("is sent nothing that some of those in it could not read", async () => {
    const messages = [
      '{"topic": "t", "body": "\\ud83d"}',
      '{"topic": "\\ud83d", "body": 1}',
      '{"topic": "t", "body": {"__proto__": 1}}',
      `{"topic": "t", "body": ${"[".repeat(17)}${"]".repeat(17)}}`,
      `{"topic": "t", "body": ${"[".repeat(5e5)}${"]".repeat(5e5)}}`,
    ];
    for (const body of messages) {
      const { status } = await stage.request("/rooms/r/messages", {
        method: "POST",
        headers: {
          authorization: "Bearer operator",
          "content-type": "application/json",
        },
        body,
      });
      assert.equal(status, 400, body.slice(0, 40));
    }
    assert.deepEqual(stage.rooms.commands, []);
  });

  it("says why it refuses", async () => {
    const refusals = {
      roomNotFound: [404, /no such room/],
      roomEnded: [404, /has ended/],
      unavailable: [503, /may be done/],
      noSuchParticipant: [404, /no such participant/],
      noSuchTrack: [404, /no such track/],
      invalidPolicy: [400, /contradicts itself: because/],
      sameRoom: [409, /is in that room/],
      messageTooLarge: [413, /message is larger/],
      metadataTooLarge: [413, /metadata is larger/],
      tooMany: [409, /as many/],
    } as const satisfies Record<AdminRefusal, readonly [number, RegExp]>;
    for (const [reason, [status, detail]] of Object.entries(refusals)) {
      stage.rooms.outcome = {
        type: "refused",
        reason: reason as AdminRefusal,
        detail: "because",
      };
      const answer = await stage.call("DELETE", "/rooms/r");
      assertProblem(answer, status, detail);
      assert.match(JSON.stringify(answer.body), new RegExp(`"${reason}"`));
    }
  });
});

describe("the bans of a room", () => {
  beforeEach(() => {
    const bans = [
      { identity: "zoe", until: 9 },
      { identity: "ann/bob", until: 8 },
    ];
    stage.rooms.rooms.set("r", room("r", { bans }));
  });

  it("are listed by identity, in pages", async () => {
    const page = z.object({
      items: z.array(z.object({ identity: z.string(), until: z.number() })),
      nextPageToken: z.string(),
    }).parse(await stage.done("GET", "/rooms/r/bans?pageSize=1"));
    assert.deepEqual(page.items, [{ identity: "ann/bob", until: 8 }]);
    const { nextPageToken } = page;
    const rest = `/rooms/r/bans?pageToken=${nextPageToken}`;
    assert.deepEqual(await stage.done("GET", rest), {
      items: [{ identity: "zoe", until: 9 }],
    });
  });

  it("are made and lifted, of any identity", async () => {
    const path = `/rooms/r/bans/${encodeURIComponent("ann/bob é%")}`;
    await stage.done("PUT", path, { body: { seconds: 60 } });
    await stage.done("DELETE", path);
    const identity = "ann/bob é%";
    assert.deepEqual(stage.rooms.commands.map(({ command }) => command), [
      { type: "ban", identity, banMs: 60_000 },
      { type: "unban", identity },
    ]);
  });

  it("last a whole number of seconds, from 1 on: 400", async () => {
    for (const seconds of [0, -1, 1.5, "1", 1e12]) {
      const body = { seconds };
      const answer = await stage.call("PUT", "/rooms/r/bans/ann", { body });
      assertProblem(answer, 400, /seconds/);
    }
  });
});
