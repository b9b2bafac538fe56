import { beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import type { LinkReply } from "../../../../sfu/link.ts";
import type { SfuMethod, SfuParams } from "../../../../sfu/methods.ts";
import { Calls, type Channel } from "../../../../sfu/rpc/link/calls.ts";
import { ManualClock } from "../_clock.ts";
import type { Message } from "../_wire.ts";
import { statusOf } from "../_calls.ts";

const WINDOW = 3;
const MAX_QUEUED = 4;
const DEADLINE_MS = 10_000;

/** Microtasks have run. */
const soon = () => Promise.resolve();

class FakeChannel implements Channel {
  writable = true;
  readonly window = WINDOW;
  readonly maxFrameBytes = 2_048;
  readonly sent: Message[] = [];

  send(frame: string): void {
    this.sent.push(JSON.parse(frame));
  }

  /** Methods and ids that were sent since the last look. */
  take(): string[] {
    return this.sent.splice(0).map(({ method, id, params }) =>
      `${method} ${id ?? params?.id}`
    );
  }
}

const status = { mediasoup: "3", workers: [], routers: 0 };

describe("the calls of a link", () => {
  let clock: ManualClock;
  let calls: Calls;
  let channel: FakeChannel;
  let replies: [name: string, reply: LinkReply<SfuMethod>][];

  const add = <M extends SfuMethod>(
    name: string,
    method: M,
    params: SfuParams<M>,
    options = {},
  ) =>
    calls.add(method, params, options, (reply) => replies.push([name, reply]));
  /** Not idempotent. */
  const create = (name: string, options = {}) =>
    add(name, "createRouter", { label: name }, options);
  /** Idempotent. */
  const pause = (name: string, routerId = "r", options = {}) =>
    add(name, "pauseProducer", { routerId, producerId: name }, options);
  const outcomes = () =>
    replies.splice(0).map(([name, reply]) => `${name} ${statusOf(reply)}`);
  const unavailable = (id: number) =>
    calls.answer(id, { ok: false, status: "UNAVAILABLE", message: "not yet" });

  beforeEach(() => {
    clock = new ManualClock();
    channel = new FakeChannel();
    replies = [];
    calls = new Calls({
      clock,
      random: () => 0.5,
      backoff: { baseMs: 100, capMs: 1_000 },
      deadlineMs: DEADLINE_MS,
      maxQueued: MAX_QUEUED,
    });
    calls.up(channel);
  });

  it("a call is sent with its remaining time, epoch and traceparent", () => {
    create("a", { deadlineMs: 50, epoch: 7, traceparent: "00-1-2-01" });
    deepEqual(channel.sent, [{
      jsonrpc: "2.0",
      id: 1,
      method: "createRouter",
      params: { label: "a" },
      meta: { deadlineMs: 50, epoch: 7, traceparent: "00-1-2-01" },
    }]);
  });

  it("a call that may be sent again has a key", () => {
    pause("a");
    deepEqual(channel.sent[0]?.meta, {
      deadlineMs: DEADLINE_MS,
      idempotencyKey: "1",
    });
  });

  it("replies run in the order of the answers, inside of them", () => {
    add("a", "getStatus", {});
    add("b", "getStatus", {});
    calls.answer(2, { ok: true, result: status });
    deepEqual(outcomes(), ["b OK"]);
    calls.answer(1, { ok: true, result: status });
    deepEqual(outcomes(), ["a OK"]);
  });

  it("a result is checked: what does not fit is INTERNAL", () => {
    add("a", "getStatus", {});
    calls.answer(1, { ok: true, result: { mediasoup: 3 } });
    deepEqual(outcomes(), ["a INTERNAL"]);
  });

  it("members of a result that are not known are dropped", () => {
    add("a", "getStatus", {});
    calls.answer(1, { ok: true, result: { ...status, later: 1 } });
    deepEqual(replies[0]?.[1], { ok: true, result: status });
  });

  it("an error is told with status and message", () => {
    create("a");
    calls.answer(1, { ok: false, status: "NOT_FOUND", message: "no" });
    deepEqual(replies[0]?.[1], {
      ok: false,
      status: "NOT_FOUND",
      message: "no",
    });
  });

  it("an answer that comes again, or to nothing, is dropped", () => {
    add("a", "getStatus", {});
    calls.answer(1, { ok: true, result: status });
    calls.answer(1, { ok: true, result: status });
    calls.answer(77, { ok: true, result: status });
    deepEqual(outcomes(), ["a OK"]);
  });

  it("a reply that throws takes nothing with it", async () => {
    const reported = new Promise<unknown>((resolve) => {
      addEventListener("error", (event) => {
        event.preventDefault();
        resolve(event.error);
      }, { once: true });
    });
    const bug = new Error("a bug of the caller");
    calls.add("getStatus", {}, {}, () => {
      throw bug;
    });
    add("b", "getStatus", {});
    calls.answer(1, { ok: true, result: status });
    calls.answer(2, { ok: true, result: status });
    deepEqual(outcomes(), ["b OK"]);
    equal(await reported, bug);
  });

  describe("deadline", () => {
    it("a call fails at its deadline, and is cancelled at the sidecar", () => {
      create("a", { deadlineMs: 50 });
      channel.take();
      clock.advance(49);
      deepEqual(outcomes(), []);
      clock.advance(1);
      deepEqual(outcomes(), ["a DEADLINE_EXCEEDED"]);
      deepEqual(channel.take(), ["cancel 1"]);
    });

    it("an answer after it is dropped", () => {
      create("a", { deadlineMs: 50 });
      clock.advance(50);
      calls.answer(1, { ok: true, result: {} });
      deepEqual(outcomes(), ["a DEADLINE_EXCEEDED"]);
    });

    it("a call that names none has the link's", () => {
      create("a");
      clock.advance(DEADLINE_MS);
      deepEqual(outcomes(), ["a DEADLINE_EXCEEDED"]);
    });

    for (const deadlineMs of [0, -1, NaN]) {
      it(`of ${deadlineMs} ms has passed; the reply still runs after the call`, async () => {
        create("a", { deadlineMs });
        deepEqual(outcomes(), []);
        await soon();
        deepEqual(outcomes(), ["a DEADLINE_EXCEEDED"]);
        deepEqual(channel.take(), []);
      });
    }

    it("a call that expires while it waits is never sent", () => {
      channel.writable = false;
      create("a", { deadlineMs: 50 });
      clock.advance(50);
      channel.writable = true;
      calls.pump();
      deepEqual(outcomes(), ["a DEADLINE_EXCEEDED"]);
      deepEqual(channel.take(), []);
    });

    it("the time that a call has waited is taken off", () => {
      channel.writable = false;
      create("a", { deadlineMs: 50 });
      clock.advance(20);
      channel.writable = true;
      calls.pump();
      equal(channel.sent[0]?.meta?.deadlineMs, 30);
    });
  });

  describe("window", () => {
    it("calls beyond it wait, and go in order as answers make room", () => {
      for (const name of ["a", "b", "c", "d", "e"]) create(name);
      deepEqual(channel.take().length, WINDOW);
      calls.answer(2, { ok: true, result: {} });
      deepEqual(channel.take(), ["createRouter 4"]);
      calls.answer(1, { ok: true, result: {} });
      deepEqual(channel.take(), ["createRouter 5"]);
    });

    it("calls beyond what may wait are RESOURCE_EXHAUSTED", async () => {
      for (let count = 0; count < WINDOW + MAX_QUEUED; count++) create("a");
      create("b");
      deepEqual(outcomes(), []);
      await soon();
      deepEqual(outcomes(), ["b RESOURCE_EXHAUSTED"]);
    });

    it("a deadline makes room", () => {
      for (const name of ["a", "b", "c"]) create(name, { deadlineMs: 50 });
      create("d");
      channel.take();
      clock.advance(50);
      equal(channel.take().includes("createRouter 4"), true);
    });

    it("calls wait while the wire takes nothing", () => {
      channel.writable = false;
      create("a");
      deepEqual(channel.take(), []);
      channel.writable = true;
      calls.pump();
      deepEqual(channel.take(), ["createRouter 1"]);
    });
  });

  it("a call larger than the sidecar takes is not sent", async () => {
    const mimeType = "x".repeat(64);
    const codec = { kind: "audio", mimeType, clockRate: 1 } as const;
    const mediaCodecs = Array.from({ length: 32 }, () => codec);
    add("a", "createRouter", { label: "", mediaCodecs });
    await soon();
    deepEqual(outcomes(), ["a RESOURCE_EXHAUSTED"]);
    deepEqual(channel.take(), []);
  });

  it("parameters that JSON cannot hold are INVALID_ARGUMENT", async () => {
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    const params = { label: "", ...loop };
    add("a", "createRouter", params);
    await soon();
    deepEqual(outcomes(), ["a INVALID_ARGUMENT"]);
  });

  describe("loss of the link", () => {
    it("calls fail at once, sent or not, but for idempotent ones", () => {
      for (const name of ["a", "b", "c", "d"]) create(name);
      pause("e");
      calls.down("it is gone");
      deepEqual(
        outcomes(),
        ["a", "b", "c", "d"].map((name) => `${name} UNAVAILABLE`),
      );
    });

    it("idempotent ones are sent again, in order and under their keys", () => {
      pause("a");
      create("b");
      pause("c");
      calls.down("it is gone");
      channel.sent.length = 0;
      pause("d");
      const next = new FakeChannel();
      calls.up(next);
      deepEqual(next.sent.map(({ id, meta }) => [id, meta?.idempotencyKey]), [
        [1, "1"],
        [3, "3"],
        [4, "4"],
      ]);
      deepEqual(channel.take(), []);
    });

    it("while it lasts, calls fail unless they are idempotent", async () => {
      calls.down("it is gone");
      create("a");
      pause("b");
      await soon();
      deepEqual(outcomes(), ["a UNAVAILABLE"]);
    });

    it("idempotent ones wait no longer than their deadline", () => {
      pause("a", "r", { deadlineMs: 50 });
      calls.down("it is gone");
      clock.advance(50);
      deepEqual(outcomes(), ["a DEADLINE_EXCEEDED"]);
      calls.up(channel);
      deepEqual(channel.take(), ["pauseProducer 1"]);
    });

    it("a call from within a reply meets the link as it is", async () => {
      calls.add("createRouter", { label: "" }, {}, () => create("again"));
      calls.down("it is gone");
      await soon();
      deepEqual(outcomes(), ["again UNAVAILABLE"]);
    });

    it("before it first came up, calls wait", () => {
      const fresh = new Calls({
        clock,
        random: Math.random,
        backoff: { baseMs: 1, capMs: 1 },
        deadlineMs: DEADLINE_MS,
        maxQueued: MAX_QUEUED,
      });
      fresh.add("createRouter", { label: "" }, {}, () => {});
      fresh.up(channel);
      deepEqual(channel.take(), ["createRouter 1"]);
    });

    it("a closed link fails every call, and leaves no timer", async () => {
      create("a");
      pause("b");
      calls.close();
      pause("c");
      await soon();
      deepEqual(outcomes(), [
        "a UNAVAILABLE",
        "b UNAVAILABLE",
        "c UNAVAILABLE",
      ]);
      equal(clock.pending, 0);
      calls.down("late");
      deepEqual(outcomes(), []);
    });
  });

  describe("retry of what the sidecar says is UNAVAILABLE", () => {
    it("an idempotent call is tried again after a backoff", () => {
      pause("a");
      channel.take();
      unavailable(1);
      clock.advance(49);
      deepEqual(channel.take(), []);
      clock.advance(1);
      deepEqual(channel.take(), ["pauseProducer 1"]);
      calls.answer(1, { ok: true, result: {} });
      deepEqual(outcomes(), ["a OK"]);
    });

    it("the backoff grows, up to the deadline", () => {
      pause("a", "r", { deadlineMs: 400 });
      for (const wait of [50, 100]) {
        unavailable(1);
        clock.advance(wait - 1);
        channel.take();
        clock.advance(1);
        deepEqual(channel.take(), ["pauseProducer 1"]);
      }
      unavailable(1);
      clock.advance(200);
      channel.take();
      // The next wait would end after the deadline.
      unavailable(1);
      deepEqual(outcomes(), ["a UNAVAILABLE"]);
    });

    it("any other call fails at once", () => {
      create("a");
      unavailable(1);
      deepEqual(outcomes(), ["a UNAVAILABLE"]);
    });

    it("any other status fails at once", () => {
      pause("a");
      calls.answer(1, { ok: false, status: "NOT_FOUND", message: "" });
      deepEqual(outcomes(), ["a NOT_FOUND"]);
    });

    it("later calls on the same router do not overtake it", () => {
      pause("a");
      channel.take();
      unavailable(1);
      add("b", "resumeProducer", { routerId: "r", producerId: "a" });
      pause("c", "another");
      deepEqual(channel.take(), ["pauseProducer 3"]);
      clock.advance(50);
      deepEqual(channel.take(), ["pauseProducer 1", "resumeProducer 2"]);
    });

    it("several on the same router are tried again together, in order", () => {
      pause("a");
      pause("b");
      channel.take();
      unavailable(2);
      unavailable(1);
      clock.advance(50);
      deepEqual(channel.take(), ["pauseProducer 1", "pauseProducer 2"]);
    });

    it("one that waits is failed by its deadline, and not sent", () => {
      pause("a");
      unavailable(1);
      pause("b", "r", { deadlineMs: 10 });
      channel.take();
      clock.advance(50);
      deepEqual(outcomes(), ["b DEADLINE_EXCEEDED"]);
      deepEqual(channel.take(), ["pauseProducer 1"]);
    });

    it("a loss of the link does not wait for the backoff", () => {
      pause("a");
      unavailable(1);
      calls.down("it is gone");
      channel.take();
      calls.up(channel);
      deepEqual(channel.take(), ["pauseProducer 1"]);
      clock.advance(1_000);
      deepEqual(channel.take(), []);
    });
  });
});
