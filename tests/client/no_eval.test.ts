import assert from "node:assert/strict";
import { it } from "@std/testing/bdd";
import { stub } from "@std/testing/mock";

it("the SDK evaluates no code, so that a strict content security policy has nothing to report", async () => {
  using made = stub(globalThis, "Function", () => {
    throw new EvalError("forbidden by the content security policy");
  });
  await import("../../client/mod.ts");
  const { parseFrame } = await import("../../protocol/mod.ts");
  const frame = parseFrame('{"jsonrpc":"2.0","id":1,"method":"ping"}');
  assert.equal(frame.type, "request");
  assert.equal(made.calls.length, 0);
});
