import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import {
  AppData,
  MAX_APP_DATA_DEPTH,
  MAX_DEPTH,
  parseFrame,
} from "../../protocol/mod.ts";

const request = (params: string) =>
  `{"jsonrpc":"2.0","id":7,"method":"sendMessage","params":${params}}`;
const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

function refusalOf(text: string) {
  const frame = parseFrame(text);
  assert.equal(frame.type, "invalid");
  return frame.type === "invalid" ? frame : assert.fail();
}

describe("a frame", () => {
  it("is nested up to a limit, its own object included", () => {
    assert.equal(parseFrame(request(nested(MAX_DEPTH - 1))).type, "request");
    const { error, detail } = refusalOf(request(nested(MAX_DEPTH)));
    assert.equal(error, "invalidRequest");
    assert.equal(detail, `nested deeper than ${MAX_DEPTH}`);
  });

  it("is not even built where it is nested too deep", () => {
    const started = performance.now();
    refusalOf("[".repeat(8_388_608));
    refusalOf('{"a":'.repeat(1_000_000));
    assert.ok(performance.now() - started < 500);
  });

  it("may have brackets in its strings, escaped quotes among them", () => {
    const text = JSON.stringify(`"${"[".repeat(100)}\\"{{`);
    assert.equal(parseFrame(request(text)).type, "request");
  });

  it("has no half of a surrogate pair, in values or in keys", () => {
    const bad = ['"\\ud83d"', '["a","\\uDE00"]', '{"\\ud83d":1}'];
    for (const params of bad) {
      const { id, error, detail } = refusalOf(request(params));
      assert.equal(id, 7);
      assert.equal(error, "invalidRequest");
      assert.match(detail ?? "", /surrogate/);
    }
    for (const params of ['"\\ud83d\\ude00"', '"\\\\ud83d"', '"😀"']) {
      assert.equal(parseFrame(request(params)).type, "request");
    }
  });

  it("has no key that could become a prototype, however it is written", () => {
    for (const key of ["__proto__", "\\u005f_proto__"]) {
      const frame = refusalOf(request(`{"a":[{"${key}":{"isAdmin":true}}]}`));
      assert.equal(frame.id, 7);
    }
    assert.equal(parseFrame(request('"__proto__"')).type, "request");
  });

  it("is taken or refused without a throw, whatever the text", () => {
    const json = fc.json({ maxDepth: 40 });
    const text = fc.oneof(fc.string({ unit: "binary" }), json);
    fc.assert(fc.property(text, (text) => {
      const frame = parseFrame(text);
      if (frame.type === "invalid") assert.match(frame.error, /^(parse|inv)/);
    }));
  });
});

describe("the data of an application", () => {
  it("is nested less deep than frames, so that whatever carries it on can be read", () => {
    const deepest = JSON.parse(nested(MAX_APP_DATA_DEPTH));
    assert.ok(AppData.safeParse(deepest).success);
    assert.ok(!AppData.safeParse([deepest]).success);
    const producers = [{ appData: deepest }];
    const result = { participants: [{ metadata: deepest, producers }] };
    const answer = JSON.stringify({ jsonrpc: "2.0", id: 1, result });
    assert.equal(parseFrame(answer).type, "response");
  });
});
