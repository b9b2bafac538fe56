import { rejects, strictEqual, throws } from "node:assert/strict";
import { AssertionError } from "node:assert";
import { describe, it } from "@std/testing/bdd";
import {
  assertSpyCall,
  assertSpyCallArg,
  assertSpyCallArgs,
  assertSpyCalls,
  MockError,
  resolvesNext,
  returnsNext,
  spy,
  stub,
} from "@std/testing/mock";

class Counter {
  value = 0;
  add(amount: number): number {
    return this.value += amount;
  }
}

describe("spy", () => {
  it("records arguments, result and this of each call", () => {
    const counter = new Counter();
    using add = spy(counter, "add");
    counter.add(2);
    strictEqual(counter.value, 2);
    assertSpyCalls(add, 1);
    assertSpyCall(add, 0, { args: [2], returned: 2, self: counter });
    assertSpyCallArg(add, 0, 0, 2);
    assertSpyCallArgs(add, 0, [2]);
  });

  it("records what was thrown, and throws it", () => {
    const fails = spy((_: number): void => {
      throw new TypeError("no such number");
    });
    throws(() => fails(1), TypeError);
    assertSpyCall(fails, 0, {
      error: { Class: TypeError, msgIncludes: "no such" },
    });
  });

  it("without a function returns nothing", () => {
    const nothing = spy();
    strictEqual(nothing(1, 2), undefined);
    assertSpyCall(nothing, 0, { args: [1, 2] });
  });

  it("has nothing to restore around a bare function", () => {
    throws(() => spy(() => 1).restore(), MockError);
  });
});

describe("stub", () => {
  it("replaces a method until the end of the block", () => {
    const counter = new Counter();
    {
      using add = stub(counter, "add", () => 42);
      strictEqual(counter.add(1), 42);
      strictEqual(counter.value, 0);
      assertSpyCalls(add, 1);
    }
    strictEqual(counter.add(1), 1);
    strictEqual(Object.hasOwn(counter, "add"), false);
  });

  it("is restored once", () => {
    const add = stub(new Counter(), "add");
    add.restore();
    strictEqual(add.restored, true);
    throws(() => add.restore(), MockError);
  });

  it("returns the next value, throws the next error, and then fails", () => {
    const counter = new Counter();
    using _ = stub(counter, "add", returnsNext([1, new RangeError("two")]));
    strictEqual(counter.add(0), 1);
    throws(() => counter.add(0), RangeError);
    throws(() => counter.add(0), MockError);
  });

  it("resolves the next value, rejects with the next error", async () => {
    const next = resolvesNext([1, new RangeError("two")]);
    strictEqual(await next(), 1);
    await rejects(next(), RangeError);
  });
});

describe("assertions on calls", () => {
  it("fail when calls or arguments differ", () => {
    const called = spy((_: number) => {});
    throws(() => assertSpyCalls(called, 1), AssertionError);
    throws(() => assertSpyCall(called, 0), AssertionError);
    called(1);
    throws(() => assertSpyCall(called, 0, { args: [2] }), AssertionError);
    throws(() => assertSpyCallArg(called, 0, 0, 2), AssertionError);
    throws(
      () => assertSpyCall(called, 0, { error: { Class: TypeError } }),
      AssertionError,
    );
  });
});
