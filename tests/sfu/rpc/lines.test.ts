import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { LineReader } from "../../../sfu/rpc/lines.ts";
import { RpcError } from "../../../sfu/rpc/rpc_error.ts";

const encoder = new TextEncoder();

function reader(maxBytes = 1_000_000) {
  const lines: string[] = [];
  return {
    lines,
    reader: new LineReader(maxBytes, (line) => lines.push(line)),
  };
}

const isStatus = (status: string) => (error: unknown) =>
  error instanceof RpcError && error.status === status;

describe("LineReader", () => {
  it("gives the same lines however the bytes are cut", () => {
    const line = fc.string({ unit: "grapheme", minLength: 1 })
      .filter((text) => !text.includes("\n"));
    const property = fc.property(
      fc.array(line),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      (expected, sizes) => {
        const bytes = encoder.encode(
          expected.map((one) => one + "\n").join(""),
        );
        const { lines, reader: cut } = reader();
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          cut.push(bytes.slice(at, at + size));
          at += size;
        }
        deepEqual(lines, expected);
      },
    );
    fc.assert(property);
  });

  it("does not keep the chunk it was given", () => {
    const { lines, reader: cut } = reader();
    const chunk = encoder.encode("one\ntw");
    cut.push(chunk);
    chunk.fill(0);
    cut.push(encoder.encode("o\n"));
    deepEqual(lines, ["one", "two"]);
  });

  it("passes over empty lines", () => {
    const { lines, reader: cut } = reader();
    cut.push(encoder.encode("\n\none\n\n\ntwo\n"));
    deepEqual(lines, ["one", "two"]);
  });

  it("takes a line of the longest length, and no longer one", () => {
    const { lines, reader: cut } = reader(4);
    cut.push(encoder.encode("1234\nö34\n"));
    throws(
      () => cut.push(encoder.encode("öäü\n")),
      isStatus("RESOURCE_EXHAUSTED"),
    );
    deepEqual(lines, ["1234", "ö34"]);
  });

  it("delivers the lines before one that is too long", () => {
    const { lines, reader: cut } = reader(4);
    throws(() => cut.push(encoder.encode("one\ntwo\nthree\nfour\n")));
    deepEqual(lines, ["one", "two"]);
  });

  it("refuses a line that is too long before its end has come", () => {
    const { reader: cut } = reader(4);
    cut.push(encoder.encode("123"));
    throws(
      () => cut.push(encoder.encode("45")),
      isStatus("RESOURCE_EXHAUSTED"),
    );
  });

  it("a longer line is taken once the limit is raised", () => {
    const { lines, reader: cut } = reader(4);
    cut.maxBytes = 8;
    cut.push(encoder.encode("12345678\n"));
    deepEqual(lines, ["12345678"]);
  });

  it("refuses what is not UTF-8", () => {
    const { reader: cut } = reader();
    const bytes = Uint8Array.of(0x22, 0xff, 0xfe, 0x22, 0x0a);
    throws(() => cut.push(bytes), isStatus("INVALID_ARGUMENT"));
  });

  it("takes a replacement character that was sent as such", () => {
    const { lines, reader: cut } = reader();
    cut.push(encoder.encode("\ufffd\n"));
    deepEqual(lines, ["\ufffd"]);
  });

  it("a line that comes byte by byte costs no more than its length", () => {
    const { lines, reader: cut } = reader();
    const byte = encoder.encode("x");
    for (let count = 0; count < 300_000; count++) cut.push(byte);
    cut.push(encoder.encode("\n"));
    equal(lines[0]?.length, 300_000);
  });
});
