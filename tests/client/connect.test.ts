import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../protocol/mod.ts";
import { HoldfastError } from "../../client/mod.ts";
import { turn } from "../support/turn.ts";
import { joinResult, participant } from "./fakes/answers.ts";
import { FakeClient } from "./fakes/client.ts";
import { Refusal, silence } from "./fakes/service.ts";
import { rest } from "./fakes/turns.ts";

const rejectsWith = (promise: Promise<unknown>, code: number) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof HoldfastError, String(error));
    assert.equal(error.code, code);
    return true;
  });

describe("connect", () => {
  it("opens the room's socket, and sends the token in the first message only", async () => {
    await using client = new FakeClient();
    const room = await client.join({ name: "Ann", metadata: { hat: true } });
    const { service } = client;
    assert.equal(service.socket.url.href, "wss://example.org/rooms/tea/ws");
    assert.equal(service.socket.protocol, "holdfast.v1");
    assert.deepEqual(service.of("join"), [
      { token: "secret", name: "Ann", metadata: { hat: true } },
    ]);
    assert.equal(room.name, "tea");
    assert.equal(room.sessionId, "s-ann");
    assert.equal(room.state, "connected");
    assert.equal(room.localParticipant.identity, "ann");
  });

  for (
    const [url, socket] of [
      ["http://127.0.0.1:8080/rooms/tea", "ws://127.0.0.1:8080/rooms/tea/ws"],
      ["wss://example.org/rooms/tea/", "wss://example.org/rooms/tea/ws"],
      ["/rooms/tea#top", "wss://example.org/rooms/tea/ws"],
      [
        new URL("https://example.org/x/rooms/tea"),
        "wss://example.org/x/rooms/tea/ws",
      ],
    ] as const
  ) {
    it(`finds the socket of ${url}`, async () => {
      await using client = new FakeClient();
      await client.connect({ autoSubscribe: false }, "secret", url);
      assert.equal(client.service.socket.url.href, socket);
    });
  }

  for (const url of ["https://example.org/rooms/a%20b", "https://", "ftp://"]) {
    it(`rejects ${url} with 53100`, async () => {
      await using client = new FakeClient();
      await rejectsWith(
        client.connect({}, "secret", url),
        errors.roomNameInvalid.code,
      );
    });
  }

  it("knows those who are there when it resolves, and fires no event for them", async () => {
    await using client = new FakeClient();
    client.service.answers.join = () => joinResult([participant("bob")]);
    const room = await client.join();
    assert.deepEqual([...room.participants.keys()], ["s-bob"]);
    const bob = room.participants.get("s-bob");
    assert.equal(bob?.identity, "bob");
    assert.equal(bob?.state, "connected");
    assert.deepEqual(client.events, []);
  });

  it("misses nothing that follows right after the answer to join", async () => {
    await using client = new FakeClient();
    const { service } = client;
    const joined = client.join();
    while (service.of("join").length === 0) await turn();
    service.event("participantConnected", { participant: participant("bob") });
    await joined;
    assert.deepEqual(client.events, ["participantConnected"]);
  });

  it("asks a token function for the token", async () => {
    await using client = new FakeClient();
    await client.connect({}, () => Promise.resolve("fresh"));
    assert.equal(client.service.of("join")[0]?.token, "fresh");
  });

  it("rejects when the token function does", async () => {
    await using client = new FakeClient();
    const token = () => Promise.reject(new Error("no such user"));
    await assert.rejects(client.connect({}, token), {
      code: errors.tokenInvalid.code,
      message: /no such user/,
    });
  });

  it("rejects with what the service says", async () => {
    await using client = new FakeClient();
    client.service.answers.join = () => {
      throw new Refusal("roomFull");
    };
    await assert.rejects(client.connect(), {
      name: "HoldfastError",
      code: 53105,
      status: "RESOURCE_EXHAUSTED",
      fatal: true,
    });
    assert.equal(client.clock.pending, 0);
  });

  it("rejects with 53000 when the service cannot be reached", async () => {
    await using client = new FakeClient();
    client.service.vanish();
    await rejectsWith(client.connect(), errors.signalingFailed.code);
  });

  it("rejects with 53000 where the browser forbids the socket", async () => {
    await using client = new FakeClient();
    const WebSocket = class extends client.service.WebSocket {
      constructor(url: URL, protocol: string) {
        super(url, protocol);
        throw new DOMException("mixed content", "SecurityError");
      }
    };
    Object.assign(client.ports, { WebSocket });
    await rejectsWith(client.connect(), errors.signalingFailed.code);
  });

  it("rejects with 53002 after its timeout", async () => {
    await using client = new FakeClient();
    client.service.answers.join = silence;
    const connecting = client.connect({ timeoutMs: 3_000 });
    await rest();
    client.clock.advance(3_000);
    await rejectsWith(connecting, errors.signalingTimeout.code);
    assert.equal(client.service.closedWith, 1000);
  });

  it("rejects with -32602 what is no JSON", async () => {
    await using client = new FakeClient();
    await rejectsWith(
      client.connect({ metadata: 1n }),
      errors.invalidParams.code,
    );
  });

  it("rejects with the reason of its signal, and closes the socket", async () => {
    await using client = new FakeClient();
    client.service.answers.join = silence;
    const controller = new AbortController();
    const connecting = client.connect({ signal: controller.signal });
    await rest();
    const reason = new Error("enough");
    controller.abort(reason);
    await assert.rejects(connecting, reason);
    assert.equal(client.service.closedWith, 1000);
    await assert.rejects(
      client.connect({ signal: controller.signal }),
      reason,
    );
    assert.equal(client.service.sockets.length, 1);
  });

  it("keeps two rooms in one page apart", async () => {
    await using tea = new FakeClient();
    await using milk = new FakeClient();
    tea.service.answers.join = () => joinResult([participant("bob")]);
    await Promise.all([tea.join(), milk.join()]);
    milk.service.event("participantConnected", {
      participant: participant("eve"),
    });
    await tea.room.leave();
    assert.equal(tea.room.state, "disconnected");
    assert.equal(milk.room.state, "connected");
    assert.deepEqual([...milk.room.participants.keys()], ["s-eve"]);
    assert.deepEqual(milk.events, ["participantConnected"]);
    assert.deepEqual(tea.events, ["disconnected"]);
  });
});
