import { describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  encodeEvent,
  encodeNotification,
  encodeReply,
  encodeRequest,
  errorBody,
  isLonger,
  resultBody,
} from "../../../sfu/rpc/encode.ts";
import { parseFrame } from "../../../sfu/rpc/envelope.ts";
import { RpcStatus } from "../../../sfu/rpc/status.ts";

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)));

describe("the frames of the RPC", () => {
  it("a request is read as it was written", () => {
    fc.assert(fc.property(fc.nat(), json, (id, params) => {
      const meta = { deadlineMs: 50, epoch: 3, idempotencyKey: "k" };
      const frame = encodeRequest(id, "produce", JSON.stringify(params), meta);
      deepEqual(parseFrame(frame), {
        type: "request",
        request: { jsonrpc: "2.0", id, method: "produce", params, meta },
      });
    }));
  });

  it("a result is read as it was written", () => {
    fc.assert(fc.property(fc.nat(), json, (id, result) => {
      const frame = encodeReply(id, resultBody(result));
      deepEqual(parseFrame(frame), { type: "result", id, result });
    }));
  });

  it("an error carries its gRPC status and a code for each", () => {
    const codes = new Set<number>();
    for (const status of RpcStatus.options) {
      const frame = parseFrame(encodeReply(7, errorBody(status, "why")));
      equal(frame.type, "error");
      if (frame.type !== "error") continue;
      equal(frame.error.data.status, status);
      equal(frame.error.message, "why");
      codes.add(frame.error.code);
    }
    equal(codes.size, RpcStatus.options.length);
  });

  it("an event that is not kept has no seq", () => {
    const event = {
      event: "activeSpeaker",
      params: { routerId: "r", producerId: "p" },
    } as const;
    const kept = parseFrame(encodeEvent(5, event));
    const hint = parseFrame(encodeEvent(undefined, event));
    deepEqual(kept, {
      type: "notification",
      method: "event",
      params: { seq: 5, ...event },
    });
    deepEqual(hint, { type: "notification", method: "event", params: event });
  });

  it("a notification has no id", () => {
    deepEqual(parseFrame(encodeNotification("cancel", { id: 4 })), {
      type: "notification",
      method: "cancel",
      params: { id: 4 },
    });
  });

  const malformed: [what: string, frame: string, id: number | null][] = [
    ["a number", "7", null],
    ["null", "null", null],
    ["a batch", "[]", null],
    ["an empty object", "{}", null],
    ["no version", '{"id":7,"method":"x","params":{}}', 7],
    ["another version", '{"jsonrpc":"1.0","id":7,"method":"x"}', 7],
    ["an id that is a text", '{"jsonrpc":"2.0","id":"7","method":"x"}', null],
    ["a fraction as id", '{"jsonrpc":"2.0","id":1.5,"method":"x"}', null],
    ["a negative id", '{"jsonrpc":"2.0","id":-1,"method":"x"}', null],
    ["a method that is no text", '{"jsonrpc":"2.0","id":7,"method":1}', 7],
    ["a deadline of zero", withMeta({ deadlineMs: 0 }), 7],
    ["a negative epoch", withMeta({ epoch: -1 }), 7],
    ["an empty key", withMeta({ idempotencyKey: "" }), 7],
    ["a reply without a result", '{"jsonrpc":"2.0","id":7}', 7],
    ["an unknown status", encodeReply(7, '"error":{"code":1}'), 7],
  ];
  for (const [what, frame, id] of malformed) {
    it(`${what} is no frame`, () => {
      const read = parseFrame(frame);
      equal(read.type, "invalid");
      if (read.type !== "invalid") return;
      equal(read.id, id);
      equal(read.unreadable, false);
    });
  }

  it("what is not JSON cannot be read", () => {
    const read = parseFrame('{"jsonrpc":"2.0",');
    equal(read.type === "invalid" && read.unreadable, true);
  });

  it("whatever comes, reading it does not throw", () => {
    fc.assert(fc.property(fc.string(), (line) => {
      parseFrame(line);
    }));
    fc.assert(fc.property(fc.json(), (line) => {
      parseFrame(line);
    }));
  });

  it("members that are not known are passed over", () => {
    const frame = '{"jsonrpc":"2.0","id":1,"result":{},"later":true}';
    deepEqual(parseFrame(frame), { type: "result", id: 1, result: {} });
  });

  it("a frame is measured in bytes of UTF-8", () => {
    const unit = fc.constantFrom("a", "é", "€", "😀", "\ud800");
    fc.assert(fc.property(fc.string({ unit }), fc.nat(64), (text, limit) => {
      const bytes = new TextEncoder().encode(text).length;
      equal(isLonger(text, limit), bytes > limit);
    }));
  });
});

function withMeta(meta: Record<string, unknown>): string {
  return JSON.stringify({ jsonrpc: "2.0", id: 7, method: "x", meta });
}
