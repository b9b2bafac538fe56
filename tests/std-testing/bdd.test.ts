import {
  deepStrictEqual,
  match,
  strictEqual,
  throws,
} from "node:assert/strict";
import { join } from "node:path";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
} from "@std/testing/bdd";
import { countTests } from "../../tasks/junit.ts";
import { denoTest } from "../support/test_run.ts";

describe("the hooks", () => {
  const log: string[] = [];

  describe("around nested suites", () => {
    beforeAll(() => void log.push("beforeAll"));
    afterAll(() => void log.push("afterAll"));
    beforeEach(() => void log.push("outer beforeEach"));
    afterEach(() => void log.push("outer afterEach"));

    describe("inner", () => {
      beforeEach(() => void log.push("inner beforeEach"));
      afterEach(() => void log.push("inner afterEach"));
      it("runs", () => void log.push("test"));
    });
  });

  it("run from the outside in, and back out", () => {
    deepStrictEqual(log, [
      "beforeAll",
      "outer beforeEach",
      "inner beforeEach",
      "test",
      "inner afterEach",
      "outer afterEach",
      "afterAll",
    ]);
  });
});

interface Context {
  shared: string;
  own?: number;
}

describe("the context of a suite", () => {
  beforeAll(function (this: Context) {
    this.shared = "from beforeAll";
  });

  it("reaches its tests as this", function (this: Context) {
    strictEqual(this.shared, "from beforeAll");
    this.own = 1;
  });

  it("is not changed by the test before", function (this: Context) {
    strictEqual(this.own, undefined);
  });
});

const handle = describe<Context>("a suite used from outside", {
  beforeEach() {
    this.shared = "from the definition";
  },
});

it(handle, "takes tests with its hooks", function (this: Context) {
  strictEqual(this.shared, "from the definition");
});

describe("describe", () => {
  it("refuses a function that is asynchronous", () => {
    const later: () => void = () => Promise.resolve();
    throws(() => describe("late", later), {
      message: /Cannot describe "late" asynchronously/,
    });
  });
});

describe("a run of suites", () => {
  const fixture = (name: string) =>
    join(import.meta.dirname ?? ".", "fixtures", name);

  it("has nothing but what is marked by only", async () => {
    const { output, report } = await denoTest(fixture("only.ts"));
    // The other suite is ignored as a whole.
    deepStrictEqual(countTests(report), { passed: 1, failed: 0, ignored: 1 });
    // Deno's own rule: a run with `only` is no success.
    match(output, /"only" option was used/);
  });

  it("reports what is ignored, without running it", async () => {
    const { success, report } = await denoTest(fixture("ignored.ts"));
    strictEqual(success, true);
    deepStrictEqual(countTests(report), { passed: 1, failed: 0, ignored: 6 });
  });

  it("runs the hooks after a failure", async () => {
    const { output, report } = await denoTest(fixture("hooks.ts"));
    deepStrictEqual(countTests(report), { passed: 0, failed: 2, ignored: 0 });
    for (const line of ["its afterAll", "its afterEach", "global afterAll"]) {
      match(output, new RegExp(`^${line}$`, "m"));
    }
  });
});
