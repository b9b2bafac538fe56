import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { AdminError } from "../../admin/client.ts";
import { follow, type Followed } from "../../admin/follow.ts";
import { within } from "../support/within.ts";
import { Stage } from "../http/admin/stage.ts";
import { turn } from "../support/turn.ts";

let stage: Stage;
let stopping: AbortController;
let started: AsyncGenerator<Followed, void>[];
beforeEach(() => {
  stage = new Stage();
  stopping = new AbortController();
  started = [];
});
afterEach(async () => {
  stopping.abort();
  await Promise.all(started.map((events) => events.return()));
});

type More = { token?: string; send?: typeof fetch; after?: string };

function start({ token = "operator", send = stage.fetch, after }: More = {}) {
  const events = follow({
    url: "http://calls.example",
    token,
    after,
    fetch: send,
    signal: stopping.signal,
    random: () => 0,
  });
  started.push(events);
  return {
    async next(): Promise<Followed> {
      const { done, value } = await within("news", events.next());
      if (done) throw new Error("it has ended");
      return value;
    },
    async seqs(count: number): Promise<number[]> {
      const found: number[] = [];
      while (found.length < count) {
        const told = await this.next();
        if (told.type === "event") found.push(told.event.seq);
      }
      return found;
    },
    events,
  };
}

describe("following the events", () => {
  it("tells each, and goes on after a break where it was", async () => {
    const following = start();
    assert.deepEqual(await following.next(), { type: "connected" });
    stage.happen(1);
    assert.deepEqual(await following.seqs(1), [1]);
    await stage.done("PUT", "/drain");
    stage.happen(2);
    stage.happen(3);
    assert.deepEqual(await following.next(), {
      type: "disconnected",
      retryMs: 0,
    });
    assert.deepEqual(await following.next(), { type: "connected" });
    assert.deepEqual(await following.seqs(2), [2, 3]);
    stopping.abort();
    const { done } = await within("the end", following.events.next());
    assert.ok(done);
  });

  it("loses nothing that happens before the first event, over a break", async () => {
    const following = start();
    await following.next();
    const first = following.seqs(1);
    await turn();
    await stage.done("PUT", "/drain");
    stage.happen(1);
    assert.deepEqual(await first, [1]);
  });

  it("tells that some are lost", async () => {
    const after = `${stage.hub.lastId}`;
    for (let seq = 1; seq <= 40; seq++) stage.happen(seq);
    const following = start({ after });
    await following.next();
    assert.deepEqual(await following.next(), { type: "gap" });
    assert.equal((await following.next()).type, "event");
  });

  it("tries again while the service cannot be reached, or cannot answer", async () => {
    const failures = [
      () => Promise.reject(new TypeError("no route")),
      () => Promise.resolve(new Response("busy", { status: 503 })),
    ];
    const send: typeof fetch = (...request) =>
      failures.shift()?.() ?? stage.fetch(...request);
    const following = start({ send });
    assert.equal((await following.next()).type, "disconnected");
    assert.equal((await following.next()).type, "disconnected");
    assert.deepEqual(await following.next(), { type: "connected" });
  });

  it("ends with the problem when the service will not have it", async () => {
    for (const [token, status] of [["guest", 403], ["old", 401]] as const) {
      await assert.rejects(
        start({ token }).next(),
        (error: unknown) =>
          error instanceof AdminError && error.problem.status === status,
      );
    }
  });
});
