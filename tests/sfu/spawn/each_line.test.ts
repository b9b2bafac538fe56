import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { eachLine } from "../../../sfu/spawn/each_line.ts";

async function lines(...chunks: (string | number[])[]): Promise<string[]> {
  const encoder = new TextEncoder();
  const bytes = chunks.map((chunk) =>
    typeof chunk === "string" ? encoder.encode(chunk) : new Uint8Array(chunk)
  );
  const found: string[] = [];
  await eachLine(ReadableStream.from(bytes), 8, (line) => found.push(line));
  return found;
}

describe("eachLine", () => {
  it("puts together what came in pieces, within characters too", async () => {
    assert.deepEqual(await lines("a", "b\nc", "\nd"), ["ab", "c", "d"]);
    assert.deepEqual(await lines([0xc3], [0xa9, 0x0a]), ["é"]);
  });

  it("passes over empty lines", async () => {
    assert.deepEqual(await lines("\n\na\n\n"), ["a"]);
  });

  it("keeps no more than the beginning of a long line", async () => {
    assert.deepEqual(await lines("1234567890\n", "abcde", "fghij", "\nk"), [
      "12345678",
      "abcdefgh",
      "k",
    ]);
  });
});
