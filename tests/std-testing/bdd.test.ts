import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
} from "@std/testing/bdd";

describe("bdd hooks", () => {
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

describe("ignored tests", () => {
  it.ignore("never run", () => {
    throw new Error("ran");
  });
  describe.ignore("nor suites", () => {
    throw new Error("ran");
  });
  it.todo("nor what is only planned");
});
