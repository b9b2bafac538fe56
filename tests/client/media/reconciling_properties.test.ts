import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import type { LocalPublication } from "../../../client/mod.ts";
import type { Kept } from "../fakes/books.ts";
import { FakeCall } from "../fakes/call.ts";
import { FakeTrack } from "../fakes/track.ts";
import { rest } from "../fakes/turns.ts";

const RUNS = 12;
/** Longer than all takes that follows a crash, tries that fail included. */
const SETTLE_MS = 5_000;
const KEYS = ["one", "two"] as const;

type Key = (typeof KEYS)[number];
type Act =
  | {
    readonly act: "publish" | "unpublish" | "mute" | "unmute";
    readonly key: Key;
  }
  | { readonly act: "subscribe" | "unsubscribe" | "recreate" };

type Plan = {
  /** Which the next process knows of. */
  readonly kept: readonly Act[];
  readonly lost: readonly Act[];
  /** Of which no answer has come when the process dies. */
  readonly asked: readonly Act[];
  /** Whether what is asked is done before, and whether the next one knows. */
  readonly isDone: boolean;
  readonly isKept: boolean;
  readonly crashes: number;
};

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    act: fc.constantFrom(
      "publish" as const,
      "unpublish" as const,
      "mute" as const,
      "unmute" as const,
    ),
    key: fc.constantFrom(...KEYS),
  }),
  fc.record({
    act: fc.constantFrom(
      "subscribe" as const,
      "unsubscribe" as const,
      "recreate" as const,
    ),
  }),
);

const plans: fc.Arbitrary<Plan> = fc.record({
  kept: fc.array(act, { maxLength: 4 }),
  lost: fc.array(act, { maxLength: 4 }),
  asked: fc.array(act, { maxLength: 3 }),
  isDone: fc.boolean(),
  isKept: fc.boolean(),
  crashes: fc.integer({ min: 1, max: 2 }),
});

/** What the app wants, while its calls are answered or not. */
class App {
  readonly #call: FakeCall;
  readonly #publications = new Map<Key, LocalPublication>();

  constructor(call: FakeCall) {
    this.#call = call;
  }

  /** What is refused is refused; the app goes on. */
  async do(one: Act): Promise<void> {
    try {
      await this.#do(one);
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }

  async #do(one: Act): Promise<void> {
    const { room } = this.#call.client;
    switch (one.act) {
      case "publish": {
        const { key } = one;
        const track = new FakeTrack("audio");
        const options = { source: "other", key } as const;
        const published = await room.localParticipant.publish(track, options);
        this.#publications.set(key, published);
        return;
      }
      case "unpublish":
        return await this.#publications.get(one.key)?.unpublish();
      case "mute":
        return await this.#publications.get(one.key)?.mute();
      case "unmute":
        return await this.#publications.get(one.key)?.unmute();
      case "subscribe":
        await this.#call.received.subscribe();
        return;
      case "unsubscribe":
        return await this.#call.received.unsubscribe();
      case "recreate":
        return room.recoverMedia({ recreate: true });
    }
  }
}

async function settle(call: FakeCall): Promise<void> {
  for (let passed = 0; passed < SETTLE_MS; passed += 1_000) {
    await call.pass(1_000);
    call.connect();
  }
}

async function crash(call: FakeCall, kept: Kept): Promise<void> {
  const { books, client } = call;
  books.crash(kept);
  client.service.answers.resume = (params) => books.resumedAnew(params);
  client.service.socket.drop(1006);
  await rest();
}

async function follow(call: FakeCall, plan: Plan): Promise<void> {
  const { books } = call;
  const app = new App(call);
  const doAll = async (acts: readonly Act[]) => {
    for (const one of acts) {
      const done = app.do(one);
      await rest();
      call.connect();
      await call.pass(100);
      await done;
    }
  };
  await doAll(plan.kept);
  const kept = books.keep();
  await doAll(plan.lost);
  const asked = plan.asked.map((one) => app.do(one));
  if (plan.isDone) await rest();
  const known = plan.isKept ? books.keep() : kept;
  for (let crashes = 0; crashes < plan.crashes; crashes++) {
    await crash(call, known);
    await call.pass(500);
  }
  await settle(call);
  await Promise.all(asked);
  await call.pass(500);
}

/** What the service has is what is here, and nothing else. */
function check({ books, client, received, transportIds }: FakeCall): void {
  const { publications } = client.room.localParticipant;
  assert.deepEqual(
    new Map([...books.tracks].map(([key, { paused }]) => [key, paused])),
    new Map([...publications].map(([key, { muted }]) => [key, muted])),
  );
  assert.equal(books.all("consumer").size, received.subscribed ? 1 : 0);
  const current = new Set(Object.values(transportIds));
  for (const id of books.all("transport").keys()) {
    assert.ok(current.has(id), `${id} is left`);
  }
  assert.equal(client.room.state, "connected");
}

describe("whatever a crash takes back, and whatever is asked meanwhile", () => {
  it("HO13: the service has in the end what is here, each once", async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        await using call = await FakeCall.start();
        await follow(call, plan);
        check(call);
      }),
      { numRuns: RUNS },
    );
  });
});
