import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../../protocol/mod.ts";
import { clientCloseCodes } from "../../../client/signaling/ending.ts";
import { Bench, closes, ending, idOf, only, sent, types } from "./bench.ts";

describe("a doubtful connection", () => {
  it("HB3: is raced by a fresh socket after 2 s of silence", () => {
    const bench = Bench.joined();
    const effects = bench.pass(2_000);
    assert.deepEqual(types(effects), ["suspected", "step", "open", "attempt"]);
    assert.deepEqual(bench.triedAfter(1_000), [2_000]);
  });

  it("HB3: wins by any frame, such as one that a newer service says", () => {
    const bench = Bench.suspecting();
    const effects = bench.hear('{"jsonrpc":"2.0","method":"sparkle"}');
    assert.deepEqual(types(effects), ["close", "spoke"]);
    assert.deepEqual(closes(effects), [clientCloseCodes.lost]);
    assert.equal(bench.connection.deadline, bench.now + 2_000);
  });

  it("HB3: wins with what it says, and no event is lost", () => {
    const bench = Bench.suspecting();
    assert.deepEqual(types(bench.message()), ["close", "spoke", "event"]);
    const [pong] = sent(bench.ping());
    assert.deepEqual(pong, { jsonrpc: "2.0", id: 9, result: { ack: 1 } });
  });

  it("HB3: ignores the fresh socket from then on", () => {
    const bench = Bench.suspecting();
    bench.ping();
    assert.deepEqual(bench.open(2), []);
    assert.deepEqual(bench.close(2), []);
  });

  it("HB2: is lost after 4 s of silence, while the race goes on", () => {
    const bench = Bench.suspecting();
    const effects = bench.pass(2_000);
    assert.deepEqual(only(effects, "lost").map(({ error }) => error.code), [
      errors.signalingLost.code,
    ]);
    assert.deepEqual(bench.message(), []);
    assert.deepEqual(types(bench.open(bench.fresh)), [
      "step",
      "attempt",
      "send",
    ]);
  });

  it("HB2: is lost while its fresh socket hangs, with one tick for both", () => {
    const bench = Bench.suspecting({}, { timeoutMs: 4_000 });
    const effects = bench.after(2_000);
    assert.deepEqual(only(effects, "lost").length, 1);
    assert.deepEqual(only(effects, "open").length, 1);
    assert.ok(bench.connection.deadline > bench.now);
  });

  it("HB2: is lost at once when its socket closes", () => {
    const effects = Bench.suspecting().close(1);
    assert.equal(only(effects, "lost").length, 1);
    assert.deepEqual(only(effects, "open"), []);
  });

  it("HB2: is over when the service closes it for good", () => {
    const effects = Bench.suspecting().close(1, 4004);
    assert.equal(ending(effects).reason, "removed");
    assert.deepEqual(closes(effects).length, 2);
  });

  it("HB3: gets the time to speak of one who was asleep", () => {
    const bench = Bench.joined();
    // A minute late: what the old socket has received waits to be read.
    assert.equal(only(bench.after(60_000), "lost").length, 0);
    assert.equal(only(bench.message(), "spoke").length, 1);
  });

  it("sends requests on the old socket meanwhile", () => {
    const bench = Bench.suspecting();
    assert.deepEqual(
      bench.request(1).map((effect) => "socket" in effect && effect.socket),
      [1],
    );
  });

  it("gives a request that it has answered to its caller", () => {
    const bench = Bench.suspecting();
    const [frame] = sent(bench.request(7));
    const effects = bench.hear(
      `{"jsonrpc":"2.0","id":${idOf(frame)},"result":{}}`,
    );
    assert.deepEqual(types(effects), ["close", "spoke", "replied"]);
  });
});

describe("a race, once a fresh socket has asked for the session", () => {
  it("HB3: is not ended by the old socket, and what that says is heard", () => {
    const bench = Bench.suspecting();
    bench.open(2);
    assert.deepEqual(types(bench.message()), ["event"]);
    const effects = bench.resume(2, { seq: 0 });
    assert.deepEqual(types(effects), ["close", "resumed"]);
    // Told again on the fresh socket, which heard the ack before the event.
    assert.deepEqual(bench.message(1, 2), []);
    assert.deepEqual(types(bench.message(2, 2)), ["event"]);
  });

  it("HB3: closes the old socket with the answer, and ignores it from then on", () => {
    const bench = Bench.suspecting();
    bench.open(2);
    const effects = bench.resume(2);
    assert.deepEqual(effects[0], { type: "close", socket: 1, code: 4100 });
    assert.deepEqual(bench.message(1, 1), []);
    assert.deepEqual(bench.close(1), []);
  });

  it("HB3: can be won by the old socket again when the fresh one hangs", () => {
    const bench = Bench.suspecting();
    bench.open(2);
    bench.ping();
    bench.pass(2_000);
    assert.equal(bench.fresh, 3);
    assert.deepEqual(types(bench.ping()), ["close", "spoke", "send"]);
  });

  it("HB2: keeps the old socket for as long as it speaks", () => {
    const bench = Bench.suspecting();
    bench.open(2);
    bench.pass(1_500);
    bench.ping();
    assert.deepEqual(only(bench.pass(2_499), "lost"), []);
  });
});

describe("what is told of a race", () => {
  it("says when the next attempt begins, and until when the place is held", () => {
    const bench = Bench.lost();
    const [told] = only(bench.close(2), "attempt");
    assert.equal(told?.until, bench.now + 500);
    assert.equal(told?.graceUntil, 1_000 + 12_000);
  });

  it("says when one is under way", () => {
    const [told] = only(Bench.joined().close(1), "attempt");
    assert.equal(told?.until, "now");
  });
});
