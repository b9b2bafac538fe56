import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Bench, HOPES, only, types } from "./bench.ts";

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
    assert.deepEqual(bench.triedAfter(from), [4_000]);
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
    assert.deepEqual(bench.triedAfter(from), [0, 500]);
  });

  it("HB3: the old socket wins after offline and online, if it speaks first", () => {
    const bench = Bench.joined();
    bench.hint("offline");
    bench.pass(1_000);
    bench.hint("online");
    assert.equal(only(bench.ping(), "spoke").length, 1);
  });
});
