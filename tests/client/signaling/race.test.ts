import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { errors } from "../../../protocol/mod.ts";
import { clientCloseCodes } from "../../../client/signaling/ending.ts";
import type { NetworkHint } from "../../../client/signaling/io.ts";
import {
  Bench,
  closes,
  ending,
  GIVE_UP_MS,
  idOf,
  only,
  sent,
  types,
} from "./bench.ts";

/** When fresh sockets were asked for, in milliseconds since `from`. */
const triedAfter = (bench: Bench, from: number) =>
  bench.opened.slice(1).map(({ at }) => at - from);

const HOPES: NetworkHint[] = [
  "online",
  "networkChanged",
  "visible",
  "thawed",
  "iceReconnected",
  "retryNow",
];

describe("a doubtful connection", () => {
  it("HB3: is raced by a fresh socket after 2 s of silence", () => {
    const bench = Bench.joined();
    const effects = bench.pass(2_000);
    assert.deepEqual(types(effects), ["suspected", "step", "open", "attempt"]);
    assert.deepEqual(triedAfter(bench, 1_000), [2_000]);
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

describe("the pace of attempts", () => {
  it("HB3: is one each 2 s while they hang, the hanging one closed first", () => {
    const bench = Bench.lost();
    const from = bench.now;
    const effects = bench.pass(9_000);
    assert.deepEqual(triedAfter(bench, from), [0, 2_000, 4_000, 6_000, 8_000]);
    const sockets = effects.flatMap((effect) =>
      effect.type === "close" || effect.type === "open"
        ? [`${effect.type} ${effect.socket}`]
        : []
    );
    assert.deepEqual(sockets.slice(0, 4), [
      "close 2",
      "open 3",
      "close 3",
      "open 4",
    ]);
  });

  it("HB3: eases to one each 4 s after 20 s", () => {
    const bench = Bench.lost();
    const from = bench.now;
    bench.pass(33_000);
    assert.deepEqual(
      triedAfter(bench, from).filter((at) => at >= 18_000),
      [18_000, 20_000, 24_000, 28_000, 32_000],
    );
  });

  it("HB3: gives a far client the round trips that a socket takes", () => {
    const bench = Bench.joined();
    bench.ping(1, { roundTripMs: 600 });
    bench.close(1);
    const from = bench.now;
    bench.pass(7_500);
    assert.deepEqual(triedAfter(bench, from), [0, 3_600, 7_200]);
  });

  it("HB3: lets no attempt hang for more than 5 s, however slow the network was", () => {
    const bench = Bench.joined();
    bench.ping(1, { roundTripMs: 3_600 });
    bench.close(1);
    const from = bench.now;
    bench.pass(10_500);
    assert.deepEqual(triedAfter(bench, from), [0, 5_000, 10_000]);
  });

  it("HB3: gives one that has opened 2 s more for its answer", () => {
    const bench = Bench.lost();
    bench.pass(1_900);
    bench.open(2);
    bench.pass(1_999);
    assert.equal(bench.fresh, 2);
    bench.pass(1);
    assert.equal(bench.fresh, 3);
  });

  it("RS10: starts at once, then backs off exponentially with jitter where attempts fail", () => {
    const bench = Bench.lost();
    const from = bench.now;
    for (let attempt = 0; attempt < 5; attempt++) {
      bench.close(bench.fresh);
      bench.pass(bench.connection.deadline - bench.now);
    }
    // Half of 1, 2, 4, 4, 4 s.
    assert.deepEqual(
      triedAfter(bench, from),
      [0, 500, 1_500, 3_500, 5_500, 7_500],
    );
  });

  it("RS10: is never faster than the service allows, whoever asks for it", () => {
    const bench = Bench.lost();
    bench.open(2);
    bench.refuse(2, "busy", { retryAfterMs: 5_000 });
    for (const hint of HOPES) bench.hint(hint);
    bench.pass(4_999);
    assert.equal(bench.fresh, 2);
    bench.pass(1);
    assert.equal(bench.fresh, 3);
  });

  it("RS10: keeps to it in the next outage, if the old socket was the better one", () => {
    const bench = Bench.suspecting();
    bench.open(2);
    bench.refuse(2, "busy", { retryAfterMs: 5_000 });
    assert.equal(only(bench.ping(), "spoke").length, 1);
    bench.close(1);
    bench.pass(4_999);
    assert.equal(bench.fresh, 2);
    bench.pass(1);
    assert.equal(bench.fresh, 3);
  });

  it("RS10: is what the application's policy says", () => {
    const contexts: unknown[] = [];
    const bench = Bench.lost({
      retry: ({ error: { code }, ...context }) => {
        contexts.push({ code, ...context });
        return context.attempt === 0 ? 100 : 300;
      },
    });
    const from = bench.now;
    bench.pass(100);
    bench.close(2, 1013);
    bench.pass(300);
    bench.open(3);
    bench.refuse(3, "mediaServerUnavailable", { retryAfterMs: 50 });
    bench.pass(300);
    assert.deepEqual(triedAfter(bench, from), [100, 400, 700]);
    assert.deepEqual(contexts, [
      {
        attempt: 0,
        elapsedMs: 0,
        code: errors.signalingLost.code,
        retryAfterMs: undefined,
      },
      {
        attempt: 1,
        elapsedMs: 100,
        code: errors.busy.code,
        retryAfterMs: undefined,
      },
      {
        attempt: 2,
        elapsedMs: 400,
        code: errors.mediaServerUnavailable.code,
        retryAfterMs: 50,
      },
    ]);
  });

  it("RS10: tells the policy of an attempt that hung by 53007", () => {
    const codes: number[] = [];
    const bench = Bench.lost({
      retry: ({ error }) => {
        codes.push(error.code);
        return 0;
      },
    });
    bench.pass(2_000);
    assert.deepEqual(codes, [
      errors.signalingLost.code,
      errors.requestTimeout.code,
    ]);
  });

  it("RS10: ends with 53000 where the policy says so", () => {
    const effects = Bench.joined({ retry: () => null }).close(1);
    assert.deepEqual(ending(effects), {
      reason: "networkDisconnect",
      code: errors.signalingFailed.code,
    });
  });

  it("RS10: leaves a doubtful connection its time where the policy says so", () => {
    const bench = Bench.joined({ retry: () => null });
    assert.deepEqual(types(bench.pass(3_999)), ["suspected", "attempt"]);
    const effects = bench.pass(1);
    assert.equal(ending(effects).code, errors.signalingFailed.code);
  });

  it("gives up with 53000 after giveUpAfterMs", () => {
    const bench = Bench.lost();
    assert.deepEqual(only(bench.pass(GIVE_UP_MS - 1), "ended"), []);
    const effects = bench.pass(1);
    assert.deepEqual(ending(effects), {
      reason: "networkDisconnect",
      code: errors.signalingFailed.code,
    });
    assert.equal(bench.connection.deadline, Infinity);
  });
});

describe("hints", () => {
  for (const hint of HOPES) {
    it(`HB3: ${hint} makes an attempt that waits begin at once`, () => {
      const bench = Bench.lost();
      bench.close(2);
      bench.pass(100);
      const effects = bench.hint(hint);
      assert.equal(only(effects, "open").length, 1);
    });

    it(`HB3: ${hint} makes a fresh attempt take the place of one that hangs`, () => {
      const bench = Bench.lost();
      bench.pass(300);
      const effects = bench.hint(hint);
      assert.deepEqual(
        types(effects).filter((type) => type === "close" || type === "open"),
        ["close", "open"],
      );
    });

    it(`HB3: ${hint} leaves an attempt alone that has just begun, or has opened`, () => {
      const bench = Bench.lost();
      bench.pass(100);
      assert.deepEqual(only(bench.hint(hint), "open"), []);
      bench.open(2);
      bench.pass(500);
      assert.deepEqual(only(bench.hint(hint), "open"), []);
    });

    it(`HB3: ${hint} gives one that has just begun 250 ms, in which it may open`, () => {
      const bench = Bench.lost();
      bench.pass(100);
      bench.hint(hint);
      assert.deepEqual(only(bench.pass(140), "open"), []);
      const effects = bench.pass(20);
      assert.deepEqual(
        types(effects).filter((type) => type === "close" || type === "open"),
        ["close", "open"],
      );
    });

    it(`HB3: ${hint} does nothing to a connection that speaks`, () => {
      const bench = Bench.joined();
      bench.pass(900);
      bench.ping();
      assert.deepEqual(bench.hint(hint), []);
      bench.pass(900);
      bench.ping();
      assert.deepEqual(bench.pass(1_999), []);
    });

    it(`HB3: ${hint} makes a silent connection doubtful after one and a half ping intervals`, () => {
      const bench = Bench.joined();
      bench.pass(200);
      assert.deepEqual(bench.hint(hint), []);
      assert.deepEqual(bench.pass(1_299), []);
      assert.equal(only(bench.pass(1), "suspected").length, 1);
    });
  }

  it("HB3: thawed makes a connection doubtful at once that was silent for long", () => {
    const bench = Bench.joined();
    bench.now += 60_000;
    assert.equal(only(bench.hint("thawed"), "suspected").length, 1);
  });

  it("HB3: offline makes the connection doubtful at once", () => {
    const bench = Bench.joined();
    bench.pass(300);
    const [suspected, ...rest] = bench.hint("offline");
    assert.ok(suspected?.type === "suspected");
    assert.equal(suspected.trigger, "offline");
    assert.deepEqual(types(rest), ["attempt"]);
  });

  it("HB3: offline spares the attempts that the browser would fail, for 4 s", () => {
    const bench = Bench.joined();
    bench.hint("offline");
    const from = bench.now;
    bench.pass(3_999);
    assert.equal(bench.opened.length, 1);
    bench.pass(1);
    assert.deepEqual(triedAfter(bench, from), [4_000]);
    bench.close(2);
    bench.pass(3_999);
    assert.equal(bench.opened.length, 2);
  });

  it("HB3: offline makes an attempt wait that was to begin", () => {
    const bench = Bench.lost();
    bench.close(2);
    bench.hint("offline");
    bench.pass(3_999);
    assert.equal(bench.fresh, 2);
  });

  it("HB3: online ends the waiting, and the usual pace begins", () => {
    const bench = Bench.joined();
    bench.hint("offline");
    bench.pass(3_000);
    const from = bench.now;
    bench.hint("online");
    bench.close(2);
    bench.pass(500);
    assert.deepEqual(triedAfter(bench, from), [0, 500]);
  });

  it("HB3: the old socket wins after offline and online, if it speaks first", () => {
    const bench = Bench.joined();
    bench.hint("offline");
    bench.pass(1_000);
    bench.hint("online");
    assert.equal(only(bench.ping(), "spoke").length, 1);
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
