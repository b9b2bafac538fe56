import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  encodeError,
  encodeNotification,
  errorObject,
} from "../../../protocol/mod.ts";
import { Bench, only, types } from "./bench.ts";

const RESUME_IN_MS = 1_500;

/** Told that the service goes, which then has closed the socket. */
function parted(params: object = {}): Bench {
  const bench = Bench.joined();
  const hint = { resumeInMs: RESUME_IN_MS, ...params };
  bench.hear(encodeNotification("goingAway", hint));
  bench.close(1, 1001);
  return bench;
}

/** What an application would hear of. */
const NEWS = ["suspected", "lost", "ended", "exception"];
const news = (effects: ReturnType<Bench["pass"]>) =>
  types(effects).filter((type) => NEWS.includes(type));

describe("a service that says that it goes", () => {
  it("HO6: is left alone until the time it gave, and nobody hears of it", () => {
    const bench = parted();
    assert.deepEqual(news(bench.pass(RESUME_IN_MS - 1)), []);
    assert.equal(bench.fresh, 1);
    assert.deepEqual(news(bench.pass(1)), []);
    assert.equal(bench.fresh, 2);
    assert.match(JSON.stringify(bench.open(2)), /resume.*s-ann/);
    const effects = bench.resume(2);
    assert.ok(types(effects).includes("resumed"));
    assert.deepEqual(news(effects), []);
  });

  it("HO6: is tried again, and lost when it is not back in time", () => {
    const bench = parted();
    bench.pass(RESUME_IN_MS);
    bench.close(bench.fresh);
    assert.deepEqual(news(bench.pass(3_999)), []);
    assert.ok(bench.opened.length > 2);
    assert.deepEqual(news(bench.pass(1)), ["lost"]);
  });

  it("HO6: still answers, and is answered, until it is gone", () => {
    const bench = Bench.joined();
    bench.hear(encodeNotification("goingAway", { resumeInMs: RESUME_IN_MS }));
    assert.deepEqual(types(bench.message()), ["event"]);
    assert.deepEqual(types(bench.ping()), ["send"]);
    assert.deepEqual(news(bench.close(1, 1001)), []);
  });

  it("HO6: may send elsewhere", () => {
    const bench = Bench.joined();
    const url = "https://other.example.com/rooms/tea";
    const effects = bench.hear(
      encodeNotification("goingAway", { resumeInMs: RESUME_IN_MS, url }),
    );
    assert.deepEqual(only(effects, "redirect"), [{ type: "redirect", url }]);
  });

  it("HO6: ends the doubt about it", () => {
    const bench = Bench.suspecting();
    const effects = bench.hear(
      encodeNotification("goingAway", { resumeInMs: RESUME_IN_MS }),
    );
    assert.ok(types(effects).includes("spoke"));
    assert.deepEqual(news(bench.close(1, 1001)), []);
  });

  it("HO6 RS10: is left alone for longer where it has asked for that before", () => {
    const bench = Bench.suspecting();
    bench.open(bench.fresh);
    const refused = errorObject("busy", undefined, { retryAfterMs: 5_000 });
    bench.hear(encodeError(1, refused), bench.fresh);
    const tries = bench.opened.length;
    bench.hear(encodeNotification("goingAway", { resumeInMs: RESUME_IN_MS }));
    bench.close(1, 1001);
    bench.pass(4_999);
    assert.equal(bench.opened.length, tries);
    bench.pass(1);
    assert.equal(bench.opened.length, tries + 1);
  });

  it("is left for good by one who leaves meanwhile", () => {
    const effects = parted().do({ type: "leave" });
    assert.ok(types(effects).includes("farewell"));
    assert.equal(types(effects).at(-1), "ended");
  });
});
