import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { ask, resultOf } from "../http/ask.ts";
import type { TestClient } from "../http/client.ts";
import { HostileWorld } from "./service.ts";

const MAX_BACKLOG_BYTES = 262_144;
/** What the kernels of both ends may hold back as well. */
const KERNEL_BYTES = 64 * 1_048_576;
const body = "x".repeat(16_000);

/** Until the others hear of it, or it is clear that they will not. */
async function flood(sender: TestClient, receiver: string): Promise<number> {
  for (let id = 2; id * body.length < KERNEL_BYTES; id++) {
    const params = { topic: "flood", body };
    sender.send(
      JSON.stringify({ jsonrpc: "2.0", id, method: "sendMessage", params }),
    );
    while (true) {
      const { id: answered, method, params } = JSON.parse(await sender.next());
      if (method === "participantReconnecting") {
        assert.equal(params.sessionId, receiver);
        return id;
      }
      if (answered === id && method === undefined) break;
    }
  }
  return assert.fail("who does not read was never cut off");
}

describe("a client that does not read", () => {
  it("is cut off at the high-water mark, long before its silence would tell, and resumes later", async () => {
    await using world = await HostileWorld.start({
      MAX_BACKLOG_BYTES: `${MAX_BACKLOG_BYTES}`,
      ROOM_MAX_LOG_BYTES: `${MAX_BACKLOG_BYTES / 2}`,
      ROOM_PING_INTERVAL_MS: "60000",
      ROOM_TIMEOUT_MS: "120000",
      ROOM_EVICT_AFTER_MS: "200000",
      ROOM_MAX_MESSAGES_PER_SECOND: "100000",
      ROOM_MAX_MESSAGE_BURST: "1000000",
    });
    const ann = await world.join("ann");
    const bob = await world.join("bob");
    const { sessionId, secret, epoch, seq } = resultOf(ann.answer);
    ann.client.socket.pause();
    const sent = await flood(bob.client, sessionId);

    const back = await world.connect();
    const resume = { sessionId, secret, epoch, ack: seq };
    const { snapshot } = resultOf(await ask(back, "resume", resume));
    assert.equal(snapshot?.participants.length, 2);

    const note = { topic: "note", body: "still here?" };
    await ask(bob.client, "sendMessage", note, sent + 1);
    const { method, params } = JSON.parse(await back.next());
    assert.deepEqual([method, params.body], ["message", note.body]);

    ann.client.socket.resume();
    for (const client of [ann.client, bob.client, back]) {
      await client[Symbol.asyncDispose]();
    }
  });
});

describe("a room of which there is more to tell than a client may leave unread", () => {
  it("is joined, and returned to, all the same", async () => {
    await using world = await HostileWorld.start({
      MAX_BACKLOG_BYTES: "65536",
      ROOM_MAX_LOG_BYTES: "32768",
      ROOM_TIMEOUT_MS: "120000",
      ROOM_EVICT_AFTER_MS: "200000",
    });
    const metadata = "x".repeat(4_000);
    const clients = [];
    for (let number = 0; number < 20; number++) {
      const token = await world.token(`crowd-${number}`);
      const client = await world.connect();
      const result = resultOf(
        await ask(client, "join", { token, metadata }),
      );
      assert.equal(result.participants.length, number + 1);
      clients.push({ client, result });
    }
    const back = await world.connect();
    const { sessionId, secret, epoch } = clients[0]?.result ?? {};
    const resume = { sessionId, secret, epoch, ack: Number.MAX_SAFE_INTEGER };
    const { snapshot } = resultOf(await ask(back, "resume", resume));
    assert.equal(snapshot?.participants.length, 20);
    for (const { client } of [...clients, { client: back }]) {
      await client[Symbol.asyncDispose]();
    }
  });
});
