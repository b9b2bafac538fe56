import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { systemClock } from "../../clock.ts";
import { eventually } from "../support/eventually.ts";
import { TempFolder } from "../support/files.ts";
import { NEXT_SECRET, SECRET, TestReceiver, verify } from "./receiver.ts";
import { secrets, Sender } from "./sender.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe("webhooks, to a real receiver", () => {
  let folder: TempFolder;
  let receiver: TestReceiver;
  beforeEach(async () => {
    folder = await TempFolder.make();
    receiver = await TestReceiver.start();
  });
  afterEach(async () => {
    await receiver[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  const start = (options: Parameters<typeof Sender.start>[1] | object = {}) =>
    Sender.start(folder.path, { urls: [receiver.url], ...options });

  it("tell what a room announced, signed so that the scheme's own library takes it", async () => {
    await using sender = await start();
    sender.hub.add({
      room: "r",
      epoch: 5,
      seq: 1,
      announcement: { type: "roomEnded", reason: "empty" },
    });
    await receiver.hasTaken(1);
    const [received] = receiver.taken;
    assert.ok(received);
    assert.deepEqual(verify(received, SECRET), received.body);
    assert.throws(() => verify(received, NEXT_SECRET));
    const forged = {
      ...received,
      text: received.text.replace("empty", "left"),
    };
    assert.throws(() => verify(forged, SECRET));
    const { type, data } = received.body;
    assert.equal(type, "roomEnded");
    assert.deepEqual(data, { room: "r", epoch: 5, seq: 1, reason: "empty" });
    assert.equal(received.headers["content-type"], "application/json");
  });

  it("are signed with each secret while one takes over from the other", async () => {
    await using sender = await start({ secrets });
    sender.say("r");
    await receiver.hasTaken(1);
    const [received] = receiver.taken;
    assert.ok(received);
    verify(received, SECRET);
    verify(received, NEXT_SECRET);
  });

  it("arrive in the order of the room although the receiver fails in between", async () => {
    await using sender = await start();
    let count = 0;
    receiver.answer = () => ++count % 3 === 0 ? 204 : 500;
    sender.say("r", 10);
    await receiver.hasTaken(10);
    assert.deepEqual(receiver.seqs("r"), upTo(10));
    assert.equal(sender.webhooks.counts.delivered, 10);
    assert.equal(sender.webhooks.counts.failedAttempts, 20);
  });

  it("keep their id over all attempts, with a signature that is new each time", async () => {
    await using sender = await start();
    receiver.answer = () => receiver.all.length < 3 ? 503 : 204;
    sender.say("r");
    await receiver.hasTaken(1);
    const ids = receiver.all.map(({ headers }) => headers["webhook-id"]);
    assert.equal(ids.length, 3);
    assert.equal(new Set(ids).size, 1);
    for (const received of receiver.all) verify(received, SECRET);
  });

  it("of one room do not wait for those of another", async () => {
    await using sender = await start();
    receiver.answer = ({ body }) => body.data.room === "bad" ? "hang" : 204;
    sender.say("bad", 3);
    sender.say("good", 20);
    await receiver.hasTaken(20);
    assert.deepEqual(receiver.seqs("good"), upTo(20));
    assert.equal(receiver.seqs("bad").length, 0);
  });

  it("are tried again when the receiver hangs beyond the deadline of an attempt", async () => {
    await using sender = await start({ timeoutMs: 50 });
    receiver.answer = () => receiver.all.length === 1 ? "hang" : 204;
    sender.say("r", 2);
    await receiver.hasTaken(2);
    assert.deepEqual(receiver.seqs("r"), [1, 2]);
    assert.equal(receiver.all.length, 3);
  });

  it("are tried again when the connection breaks", async () => {
    await using sender = await start();
    receiver.answer = () => receiver.all.length < 3 ? "drop" : 204;
    sender.say("r");
    await receiver.hasTaken(1);
    assert.deepEqual(receiver.seqs("r"), [1]);
  });

  it("do not follow a redirect", async () => {
    await using elsewhere = await TestReceiver.start();
    await using sender = await start();
    const headers = { location: elsewhere.url };
    receiver.answer = () =>
      receiver.all.length === 1 ? { status: 307, headers } : 204;
    sender.say("r");
    await receiver.hasTaken(1);
    assert.equal(elsewhere.all.length, 0);
    assert.equal(receiver.all.length, 2);
  });

  it("wait as long as the receiver asks for", async () => {
    await using sender = await start();
    const headers = { "retry-after": "1" };
    const heardAt: number[] = [];
    receiver.answer = () => {
      heardAt.push(systemClock.now());
      return heardAt.length === 1 ? { status: 429, headers } : 204;
    };
    sender.say("r");
    await receiver.hasTaken(1);
    const [first = 0, second = 0] = heardAt;
    assert.ok(second - first > 950, `${second - first} ms`);
  });

  it("arrive once the receiver is back that was not there at all", async () => {
    const { port } = receiver;
    await receiver[Symbol.asyncDispose]();
    await using sender = await start({
      urls: [`http://127.0.0.1:${port}/hook`],
      random: () => 0.05,
    });
    sender.say("r", 5);
    await eventually(() =>
      assert.ok(sender.webhooks.counts.failedAttempts > 2)
    );
    assert.equal(sender.webhooks.queued, 5);
    receiver = await TestReceiver.start(port);
    await receiver.hasTaken(5);
    assert.deepEqual(receiver.seqs("r"), upTo(5));
    assert.deepEqual(sender.messages("warn"), ["webhook receiver fails"]);
    await eventually(() =>
      assert.deepEqual(sender.messages("info"), [
        "webhook receiver works again",
      ])
    );
  });

  it("survive a restart in their order, and new ones come behind", async () => {
    receiver.answer = () => 500;
    {
      await using sender = await start({ random: () => 1 });
      sender.say("r", 30);
      await receiver.hasHeard(1);
    }
    assert.equal(receiver.taken.length, 0);
    receiver.answer = () => 204;
    await using sender = await start();
    sender.say("r", 3, 2);
    await receiver.hasTaken(33);
    assert.deepEqual(receiver.seqs("r"), [...upTo(30), 1, 2, 3]);
    assert.deepEqual(
      receiver.taken.map(({ body }) => body.data.epoch),
      [...upTo(30).map(() => 1), 2, 2, 2],
    );
  });

  it("are not sent again after a restart when they have arrived", async () => {
    {
      await using sender = await start();
      sender.say("r", 5);
      await receiver.hasTaken(5);
    }
    {
      await using sender = await start();
      assert.equal(sender.webhooks.queued, 0);
      sender.say("s");
      await receiver.hasTaken(6);
    }
    assert.equal(receiver.all.length, 6);
  });

  it("become dead letters when they are too old, can be read after a restart, and be sent again", async () => {
    receiver.answer = ({ body }) => body.data.seq === 1 ? 422 : 204;
    {
      await using sender = await start({ giveUpAfterMs: 0 });
      sender.say("r", 2);
      await receiver.hasTaken(1);
      await eventually(() => assert.equal(sender.webhooks.queued, 0));
      assert.deepEqual(sender.messages("warn").at(-1), "webhook given up");
    }
    await using sender = await start();
    const [letter, ...others] = sender.webhooks.listDeadLetters();
    assert.ok(letter);
    assert.equal(others.length, 0);
    assert.equal(letter.reason, "status 422");
    assert.equal(letter.attempts, 1);
    assert.equal(letter.seq, 1);
    receiver.answer = () => 204;
    assert.equal(sender.webhooks.redeliver(letter.number), true);
    assert.equal(sender.webhooks.redeliver(letter.number), false);
    await receiver.hasTaken(2);
    assert.deepEqual(receiver.seqs("r"), [2, 1]);
    assert.equal(sender.webhooks.listDeadLetters().length, 0);
    const ids = receiver.all.filter(({ body }) => body.data.seq === 1)
      .map(({ headers }) => headers["webhook-id"]);
    assert.equal(new Set(ids).size, 1);
  });

  it("that find the queue full are dropped, which is counted and said", async () => {
    await using sender = await start({ maxQueued: 10, timeoutMs: 10_000 });
    receiver.answer = () => "hang";
    sender.say("r", 25);
    assert.equal(sender.webhooks.queued, 10);
    assert.equal(sender.webhooks.counts.dropped, 15);
    assert.deepEqual(sender.messages("error"), [
      "webhooks dropped: the queue is full",
    ]);
  });

  it("go to every receiver, and one that is dead holds up no other", async () => {
    await using dead = await TestReceiver.start();
    dead.answer = () => "hang";
    await using sender = await start({ urls: [dead.url, receiver.url] });
    sender.say("r", 10);
    await receiver.hasTaken(10);
    assert.deepEqual(receiver.seqs("r"), upTo(10));
    assert.equal(dead.taken.length, 0);
  });

  it("cost a room that announces nothing but memory, however slow the receiver is", async () => {
    await using sender = await start({ timeoutMs: 10_000 });
    receiver.answer = () => "hang";
    const before = performance.now();
    sender.say("r", 1_000);
    const took = performance.now() - before;
    assert.ok(took < 500, `${took} ms for 1000 announcements`);
  });

  it("for a receiver that is not configured any more are dead letters", async () => {
    receiver.answer = () => 500;
    {
      await using sender = await start({ random: () => 1 });
      sender.say("r", 2);
      await receiver.hasHeard(1);
    }
    await using other = await TestReceiver.start();
    await using sender = await start({ urls: [other.url] });
    const letters = sender.webhooks.listDeadLetters();
    assert.deepEqual(letters.map(({ seq }) => seq), [1, 2]);
    assert.equal(sender.webhooks.redeliver(letters[0]?.number ?? 0), false);
    // They would go before what the same room says next.
    sender.say("r", 1, 2);
    await other.hasHeard(1);
    assert.equal(other.all[0]?.body.data.epoch, 2);
  });
});
