import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import {
  readEvents,
  type ServerSentEvent,
} from "../../../admin/server_sent_events.ts";
import { turn } from "../../support/turn.ts";
import { within } from "../../support/within.ts";
import { assertProblem, Stage } from "./stage.ts";

let stage: Stage;
let following: Following[];
beforeEach(() => {
  stage = new Stage();
  following = [];
});
afterEach(async () => {
  await Promise.all(following.map((one) => one.stop()));
  assert.equal(stage.clock.timers, 0, "a stream has left a timer");
});

/** Somebody who follows the events. */
class Following {
  readonly first: Promise<ServerSentEvent>;
  readonly #events: AsyncGenerator<ServerSentEvent>;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#events = readEvents(body);
    this.first = this.next();
  }

  async next(): Promise<ServerSentEvent> {
    const { done, value } = await within("an event", this.#events.next());
    if (done) throw new Error("the stream has ended");
    return value;
  }

  /** The type of the next, and its data. */
  async told() {
    const { event, data } = await this.next();
    return { event, data: JSON.parse(data) };
  }

  async ended(): Promise<void> {
    const { done } = await within("the end", this.#events.next());
    assert.ok(done);
  }

  async stop(): Promise<void> {
    await this.#events.return(undefined);
  }
}

type How = { token?: string; query?: string; after?: number | string };

async function follow(
  { token = "operator", query = "", after }: How = {},
): Promise<Following> {
  const response = await stage.request(`/events${query}`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(after !== undefined && { "last-event-id": `${after}` }),
    },
  });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.ok(response.body);
  const one = new Following(response.body);
  following.push(one);
  await one.first;
  return one;
}

let seq = 0;
const happen = (room?: string) => stage.happen(++seq, room);

describe("the stream of events", () => {
  it("begins with where it stands, and tells what happens from then on", async () => {
    happen();
    const one = await follow();
    assert.deepEqual(await one.first, {
      id: `${stage.hub.lastId}`,
      event: "message",
      data: "",
    });
    happen();
    const { id, event, data } = await one.next();
    assert.equal(id, `${stage.hub.lastId}`);
    assert.equal(event, "roomStarted");
    assert.deepEqual(JSON.parse(data), {
      id: stage.hub.lastId,
      room: "r",
      epoch: 1,
      seq,
      at: 1_000_000,
      type: "roomStarted",
    });
  });

  it("goes on after Last-Event-ID, in order, each event once", async () => {
    happen();
    const seen = stage.hub.lastId;
    for (let i = 1; i <= 3; i++) happen();
    const one = await follow({ after: seen });
    happen();
    for (let i = 1; i <= 4; i++) {
      assert.equal((await one.next()).id, `${seen + i}`);
    }
  });

  it("says so by an event when that is not kept any more, and tells what is", async () => {
    const seen = stage.hub.lastId;
    for (let i = 0; i < 40; i++) happen();
    const one = await follow({ after: seen });
    assert.deepEqual(await one.told(), { event: "gap", data: { after: seen } });
    const { id } = await one.next();
    assert.ok(Number(id) > seen + 1 && Number(id) <= stage.hub.lastId);
  });

  it("says so when it was another process's", async () => {
    for (const after of [0, stage.hub.lastId + 1_000]) {
      const one = await follow({ after });
      assert.deepEqual(await one.told(), { event: "gap", data: { after } });
    }
  });

  it("does not end for a slow reader, who is told of the gap", async () => {
    const one = await follow();
    happen();
    await one.next();
    for (let i = 0; i < 200; i++) happen();
    const events = [];
    while (events.at(-1)?.id !== `${stage.hub.lastId}`) {
      events.push(await one.next());
    }
    assert.ok(events.some(({ event }) => event === "gap"));
    assert.ok(events.length < 30, `${events.length} were kept`);
  });

  it("has one room only, if asked, and only those that the token grants", async () => {
    const asked = await follow({ query: "?room=a" });
    const granted = await follow({ token: "operator-of-b" });
    for (const name of ["a", "b", "c", "a", "b"]) happen(name);
    for (const name of ["a", "a"]) {
      assert.equal((await asked.told()).data.room, name);
    }
    for (const name of ["b", "b"]) {
      assert.equal((await granted.told()).data.room, name);
    }
  });

  it("has a heartbeat, which keeps the place of a reader with nothing to read", async () => {
    const one = await follow({ query: "?room=a" });
    const next = one.next();
    for (let i = 0; i < 4; i++) happen("b");
    await turn();
    stage.clock.advance(15_000);
    assert.deepEqual(await next, {
      id: `${stage.hub.lastId}`,
      event: "message",
      data: "",
    });
  });

  it("ends with the token", async () => {
    const one = await follow();
    const end = one.ended();
    await turn();
    stage.clock.advance(1_000_000);
    await end;
  });

  it("ends when the service begins to drain, and can be followed again then", async () => {
    const one = await follow();
    await stage.done("PUT", "/drain");
    await one.ended();
    const again = await follow();
    await stage.done("PUT", "/drain");
    happen();
    assert.equal((await again.told()).event, "roomStarted");
  });

  it("is not to be had while the service closes: 503", async () => {
    stage.rooms.state = "closing";
    assertProblem(await stage.call("GET", "/events"), 503, /is closing/);
  });

  it("is for a bounded number: 503, until one goes", async () => {
    for (let i = 0; i < 100; i++) await follow();
    assertProblem(await stage.call("GET", "/events"), 503, /Too many/);
    await following.pop()?.stop();
    await follow();
  });

  it("wants an id that is one, and a room that is granted", async () => {
    for (const id of ["x", "-1", "1.5"]) {
      const headers = { "last-event-id": id };
      const answer = await stage.call("GET", "/events", { headers });
      assertProblem(answer, 400, /last-event-id/);
    }
    const answer = await stage.call("GET", "/events?room=a", {
      token: "operator-of-b",
    });
    assertProblem(answer, 403, /does not grant the room a/);
  });
});
