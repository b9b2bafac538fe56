import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { openapi, type Operation } from "./document.ts";
import { participant, room } from "./fake_rooms.ts";
import { assertProblem, Stage } from "./stage.ts";

/** A request that would do, if one may and it is there. */
function requestOf({ method, path, operationId }: Operation) {
  const address = path.replace("{room}", "r").replace("{sessionId}", "s")
    .replace("{key}", "k").replace("{identity}", "i");
  const body = bodies[operationId];
  return { method, address, call: body === undefined ? {} : { body } };
}

const bodies: Record<string, unknown> = {
  createRoom: { name: "r" },
  updateRoom: { policy: {} },
  sendMessage: { topic: "t", body: 1 },
  updateParticipant: { name: "n" },
  moveParticipant: { room: "r2" },
  updateTrack: { muted: true },
  ban: { seconds: 1 },
};

const operations = openapi.operations.map((operation) => ({
  operation,
  ...requestOf(operation),
}));
const inRooms = operations.filter(({ operation }) =>
  operation.path.includes("{room}")
);
const ofService = operations.filter(({ operation }) =>
  ["/status", "/drain"].includes(operation.path)
);

describe("who may not", () => {
  it("is told so on every route: 401 without a token", async () => {
    const stage = new Stage();
    for (const { method, address, call } of operations) {
      const answer = await stage.call(method, address, {
        ...call,
        token: null,
      });
      assertProblem(answer, 401, /An access token is needed/);
      const challenge = answer.headers.get("www-authenticate");
      assert.equal(challenge, 'Bearer realm="holdfast admin"');
    }
  });

  it("is told so on every route: 401 with a token that does not hold", async () => {
    const stage = new Stage();
    for (const { method, address, call } of operations) {
      const answer = await stage.call(method, address, { ...call, token: "x" });
      assertProblem(answer, 401, /has expired/);
      assert.match(
        answer.headers.get("www-authenticate") ?? "",
        /error="invalid_token"/,
      );
    }
  });

  it("is told so on every route: 403 with a token that has no grant admin", async () => {
    const stage = new Stage();
    for (const { method, address, call } of operations) {
      const answer = await stage.call(method, address, {
        ...call,
        token: "guest",
      });
      assertProblem(answer, 403, /no grant admin/);
      assert.match(
        answer.headers.get("www-authenticate") ?? "",
        /error="insufficient_scope"/,
      );
    }
    assert.deepEqual(stage.rooms.commands, []);
  });

  it("is told so on every route of a room: 403 with a token for another", async () => {
    const stage = new Stage();
    stage.rooms.rooms.set("r", room("r"));
    assert.ok(inRooms.length > 10);
    for (const { method, address, call } of inRooms) {
      const token = "operator-of-q";
      const answer = await stage.call(method, address, { ...call, token });
      assertProblem(answer, 403, /does not grant the room r$/);
    }
    assert.deepEqual(stage.rooms.commands, []);
  });

  it("is told so on every route of the service: 403 with a token for one room", async () => {
    const stage = new Stage();
    assert.equal(ofService.length, 3);
    for (const { method, address, call } of ofService) {
      const token = "operator-of-r";
      const answer = await stage.call(method, address, { ...call, token });
      assertProblem(answer, 403, /does not grant all rooms/);
    }
    assert.equal(stage.rooms.state, "open");
  });

  it("shows no other scheme, and no more than one token", async () => {
    const stage = new Stage();
    for (const authorization of ["Basic b3A6", "Bearer a b", "operator"]) {
      const answer = await stage.call("GET", "/rooms", {
        token: null,
        headers: { authorization },
      });
      assertProblem(answer, 401, /is needed/);
    }
  });
});

describe("an operator", () => {
  it("is let in by the scheme in any case", async () => {
    const stage = new Stage();
    const headers = { authorization: "bearer operator" };
    await stage.done("GET", "/rooms", { token: null, headers });
  });

  it("waits while tokens cannot be checked: 503", async () => {
    const answer = await new Stage().call("GET", "/events", { token: "busy" });
    assertProblem(answer, 503, /cannot be checked for now/);
    assert.equal(answer.headers.get("retry-after"), "2");
  });

  it("of one room manages that room", async () => {
    const stage = new Stage();
    stage.rooms.rooms.set("r", room("r", { participants: [participant("s")] }));
    for (const { method, address, call } of inRooms) {
      const token = "operator-of-r";
      const { status } = await stage.call(method, address, { ...call, token });
      // But it may not move anybody to a room that it does not manage.
      assert.ok(status < 300 || address.endsWith("/move"), address);
    }
  });

  it("finds nothing in a room that is not there: 404 on every route of a room", async () => {
    const stage = new Stage();
    for (const { method, address, call } of inRooms) {
      const answer = await stage.call(method, address, call);
      assertProblem(answer, 404, /no such room/);
    }
  });

  it("is told that a name is none: 400 on every route of a room", async () => {
    const stage = new Stage();
    for (const { method, address, call } of inRooms) {
      const bad = address.replace("/rooms/r", "/rooms/r%20r");
      const answer = await stage.call(method, bad, call);
      assertProblem(answer, 400, /room: 1 to 64 of/);
    }
  });

  it("is told that a body is none: 400 on every route that takes one", async () => {
    const stage = new Stage();
    stage.rooms.rooms.set("r", room("r"));
    const taking = operations.filter(({ operation }) => operation.requestBody);
    assert.equal(taking.length, Object.keys(bodies).length);
    for (const { method, address } of taking) {
      for (const body of [{ wrong: 1 }, [], "x", null]) {
        const answer = await stage.call(method, address, { body });
        assertProblem(answer, 400, /does not fit/);
      }
      const response = await stage.request(address, {
        method,
        headers: {
          authorization: "Bearer operator",
          "content-type": "application/json",
        },
        body: "{",
      });
      assert.equal(response.status, 400);
      assert.match(await response.text(), /Malformed JSON/);
    }
    assert.deepEqual(stage.rooms.commands, []);
  });

  it("sends no body beyond the limit: 413", async () => {
    const body = { topic: "t", body: "x".repeat(1_400_000) };
    const answer = await new Stage().call("POST", "/rooms/r/messages", {
      body,
    });
    assertProblem(answer, 413, /at most 1310720 bytes/);
  });

  it("gets nothing that may be kept", async () => {
    for (const path of ["/rooms", "/rooms/none"]) {
      const { headers } = await new Stage().call("GET", path);
      assert.equal(headers.get("cache-control"), "no-store");
    }
  });

  it("hears no word of the inside when we fail: 500", async () => {
    const stage = new Stage();
    stage.rooms.list = () => Promise.reject(new Error("inner secret"));
    const response = await stage.request("/rooms", {
      headers: { authorization: "Bearer operator" },
    });
    assert.equal(response.status, 500);
    assert.doesNotMatch(await response.text(), /inner secret/);
    assert.match(JSON.stringify(stage.lines), /inner secret/);
  });
});
