import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createLog, type LogOptions } from "../log.ts";

function keep(options: Omit<LogOptions, "write">) {
  const lines: string[] = [];
  const log = createLog({ ...options, write: (line) => lines.push(line) });
  return { log, lines };
}

describe("the log", () => {
  it("writes one JSON object a line", () => {
    const { log, lines } = keep({ level: "info", format: "json" });
    log.info("room started", { room: "a\nb" });
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0] ?? "", /\n/);
    const { time, ...rest } = JSON.parse(lines[0] ?? "");
    assert.ok(!Number.isNaN(Date.parse(time)));
    assert.deepEqual(rest, {
      level: "info",
      message: "room started",
      room: "a\nb",
    });
  });

  it("writes for people too, with nothing that could be taken for another line", () => {
    const { log, lines } = keep({ level: "info", format: "pretty" });
    log.warn("odd", { room: "r", name: "a b\nc", missing: undefined, n: 1 });
    assert.match(
      lines[0] ?? "",
      /^[\d:.]{12} warn {2}odd room=r name="a b\\nc" n=1$/,
    );
  });

  it("drops what is below its level", () => {
    const { log, lines } = keep({ level: "warn", format: "json" });
    log.debug("a");
    log.info("b");
    log.warn("c");
    log.error("d");
    assert.deepEqual(lines.map((line) => JSON.parse(line).message), ["c", "d"]);
    const silent = keep({ level: "silent", format: "json" });
    silent.log.error("e");
    assert.deepEqual(silent.lines, []);
  });

  it("adds the fields of a child to each of its lines", () => {
    const { log, lines } = keep({ level: "info", format: "json" });
    log.with({ room: "r" }).with({ epoch: 1 }).info("x", { room: "s" });
    const { room, epoch } = JSON.parse(lines[0] ?? "");
    assert.deepEqual({ room, epoch }, { room: "s", epoch: 1 });
  });

  it("adds what its context says at the time of each line", () => {
    const context: { traceId?: string } = {};
    const { log, lines } = keep({
      level: "info",
      format: "json",
      context: () => context,
    });
    log.info("before");
    context.traceId = "a1";
    log.with({ room: "r" }).info("during");
    const [before, during] = lines.map((line) => JSON.parse(line));
    assert.ok(!("traceId" in before));
    assert.equal(during.traceId, "a1");
    assert.equal(during.room, "r");
  });

  it("tells errors with their stack", () => {
    const { log, lines } = keep({ level: "info", format: "json" });
    log.error("failed", { error: new TypeError("oh no") });
    assert.match(JSON.parse(lines[0] ?? "").error, /TypeError: oh no\n.*at /s);
  });
});
