/** The channel between two processes, in virtual time. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  Channel,
  type ChannelLimits,
  type Frame,
} from "../../../../rooms/hosts/redis/channel.ts";

const limits: ChannelLimits = {
  maxBytes: 1_000,
  silentMs: 5_000,
  goneMs: 500,
};

/** Two ends, and what is under way between them. */
class Pair {
  now = 0;
  readonly a = new Channel("A", 0, limits);
  readonly b = new Channel("B", 0, limits);
  readonly toA: Frame[] = [];
  readonly toB: Frame[] = [];
  readonly heardByA: string[] = [];
  readonly heardByB: string[] = [];

  /** Puts on the bus what is due; `isLost` says of each frame whether it gets lost. */
  flush(isLost: () => boolean = () => false): void {
    const speak = (from: Channel, to: Frame[]) => {
      for (
        let frame = from.next(this.now);
        frame;
        frame = from.next(this.now)
      ) {
        if (!isLost()) to.push(frame);
      }
    };
    speak(this.a, this.toB);
    speak(this.b, this.toA);
  }

  deliver(): void {
    for (const frame of this.toA.splice(0)) {
      this.heardByA.push(...this.a.receive(frame, this.now));
    }
    for (const frame of this.toB.splice(0)) {
      this.heardByB.push(...this.b.receive(frame, this.now));
    }
  }

  pass(ms: number, isLost?: () => boolean): void {
    for (const end = this.now + ms; this.now < end; this.now += 20) {
      this.a.tick(this.now);
      this.b.tick(this.now);
      this.flush(isLost);
      this.deliver();
    }
  }
}

describe("HO9: a channel between processes", () => {
  it("gives all in its order, once", () => {
    const pair = new Pair();
    for (const body of ["1", "2", "3"]) pair.a.send(body, "k");
    pair.b.send("9", "k");
    pair.pass(200);
    assert.deepEqual(pair.heardByB, ["1", "2", "3"]);
    assert.deepEqual(pair.heardByA, ["9"]);
    assert.ok(pair.a.isSettled && pair.b.isSettled);
  });

  it("sends again what got lost, whatever the bus loses", () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(40), { maxLength: 40 }),
        (losses, pauses) => {
          const pair = new Pair();
          const row = losses.values();
          const isLost = () => row.next().value ?? false;
          const sent = pauses.map((_, index) => String(index));
          sent.forEach((body, index) => {
            pair.a.send(body, "k");
            pair.b.send(body, "k");
            pair.pass(pauses[index] ?? 0, isLost);
          });
          pair.pass(3_000, isLost);
          // So many losses in a row are a silence.
          if (pair.a.broken || pair.b.broken) return;
          pair.pass(2_000);
          assert.deepEqual(pair.heardByB, sent);
          assert.deepEqual(pair.heardByA, sent);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("breaks when more waits than may", () => {
    const pair = new Pair();
    pair.a.send("x".repeat(900), "k");
    assert.equal(pair.a.broken, undefined);
    pair.a.send("x".repeat(200), "k");
    assert.equal(pair.a.broken, "full");
  });

  it("knows how much waits on whose behalf", () => {
    const pair = new Pair();
    pair.a.send("xx", "one");
    pair.a.send("xxx", "two");
    assert.equal(pair.a.waitingOf("one"), 2);
    assert.equal(pair.a.waitingOf("two"), 3);
    pair.pass(200);
    assert.equal(pair.a.waitingOf("one"), 0);
  });

  it("breaks when the peer is silent, and not while it only has nothing to say", () => {
    const pair = new Pair();
    pair.a.send("1", "k");
    pair.pass(60_000);
    assert.equal(pair.a.broken, undefined);
    pair.pass(5_100, () => true);
    assert.equal(pair.a.broken, "silent");
    assert.equal(pair.b.broken, "silent");
  });

  it("breaks sooner where nobody listens any more", () => {
    const pair = new Pair();
    pair.pass(100);
    pair.a.reached(0, pair.now);
    pair.now += 499;
    pair.a.tick(pair.now);
    assert.equal(pair.a.broken, undefined);
    pair.now += 1;
    pair.a.tick(pair.now);
    assert.equal(pair.a.broken, "gone");
  });

  it("does not take a short absence from the bus for an end", () => {
    const pair = new Pair();
    pair.pass(100);
    pair.a.reached(0, pair.now);
    pair.pass(400, () => true);
    pair.a.reached(1, pair.now);
    pair.pass(1_500);
    assert.equal(pair.a.broken, undefined);
  });

  it("breaks when the other end has begun anew, and tells that end so", () => {
    const pair = new Pair();
    pair.a.send("1", "k");
    pair.pass(200);
    const reborn = new Channel("B2", pair.now, limits);
    pair.a.send("2", "k");
    const frame = pair.a.next(pair.now);
    assert.ok(frame);
    assert.deepEqual(reborn.receive(frame, pair.now), []);
    const answer = reborn.next(pair.now);
    assert.ok(answer);
    pair.a.receive(answer, pair.now);
    assert.equal(pair.a.broken, "restarted");
    assert.equal(reborn.broken, undefined);
  });

  it("has a deadline that is never late", () => {
    const pair = new Pair();
    pair.flush();
    pair.deliver();
    assert.equal(pair.a.deadline, 1_000);
    pair.a.send("1", "k");
    assert.ok(pair.a.deadline <= pair.now);
    pair.flush();
    assert.equal(pair.a.deadline, 300);
    pair.deliver();
    assert.equal(pair.b.deadline, 40);
  });
});
