import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Emitter } from "../../client/emitter.ts";

type Events = { said: [what: string]; done: [] };

/** What surfaces as uncaught until the end of the block. */
class Uncaught implements Disposable {
  readonly errors: unknown[] = [];
  readonly #listener = (event: ErrorEvent) => {
    event.preventDefault();
    this.errors.push(event.error);
  };

  constructor() {
    globalThis.addEventListener("error", this.#listener);
  }

  [Symbol.dispose](): void {
    globalThis.removeEventListener("error", this.#listener);
  }
}

describe("the emitter", () => {
  it("calls listeners in the order of their registration", () => {
    const emitter = new Emitter<Events>();
    const heard: string[] = [];
    emitter.on("said", (what) => heard.push(`1 ${what}`))
      .on("said", (what) => heard.push(`2 ${what}`));
    emitter.emit("said", "a");
    assert.deepEqual(heard, ["1 a", "2 a"]);
  });

  it("calls a once listener once, and none that was taken off", () => {
    const emitter = new Emitter<Events>();
    const heard: string[] = [];
    const listener = (what: string) => heard.push(what);
    emitter.once("said", listener).on("said", () => heard.push("on"));
    emitter.emit("said", "a");
    emitter.on("said", listener).off("said", listener);
    emitter.emit("said", "b");
    assert.deepEqual(heard, ["a", "on", "on"]);
  });

  it("surfaces what a listener throws, and calls the others", () => {
    using uncaught = new Uncaught();
    const emitter = new Emitter<Events>();
    const heard: string[] = [];
    const bug = new Error("bug");
    emitter.on("said", () => {
      throw bug;
    }).on("said", (what) => heard.push(what));
    emitter.emit("said", "a");
    assert.deepEqual(heard, ["a"]);
    assert.deepEqual(uncaught.errors, [bug]);
  });

  it("goes through the listeners it began with, when they change meanwhile", () => {
    const emitter = new Emitter<Events>();
    const heard: string[] = [];
    emitter.on("done", () => {
      heard.push("first");
      emitter.on("done", () => heard.push("late"));
    }).on("done", () => heard.push("second"));
    emitter.emit("done");
    assert.deepEqual(heard, ["first", "second"]);
  });

  it("says nothing when it was silenced", () => {
    const emitter = new Emitter<Events>();
    emitter.on("done", () => assert.fail("heard"));
    emitter.silence();
    emitter.emit("done");
  });
});
