/** Traces of the real service and its real sidecar, at a collector. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { Service } from "../support/service.ts";
import { Caller } from "./caller.ts";
import { CLIENT, Collector, SERVER } from "./collector.ts";

const UPGRADE = "GET /rooms/:room/ws";
const OK = "OK";

describe("a call that is traced", () => {
  let collector: Collector;
  let service: Service;
  let token: string;
  beforeAll(async () => {
    collector = await Collector.start();
    service = await Service.start({
      LOG_FORMAT: "json",
      SFU_WORKERS: "1",
      OTEL_DENO: "true",
      OTEL_SERVICE_NAME: "holdfast",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "200",
    });
    token = await service.token("traced", "ann-the-identity", "Ann the Name");
  });
  afterAll(async () => {
    await service[Symbol.asyncDispose]();
    await collector[Symbol.asyncDispose]();
  });

  it("is one trace from the upgrade through the room to the sidecar", async () => {
    await using caller = await Caller.connect(service.origin, "traced");
    await caller.join(token);
    await caller.produce();
    await eventually(() => {
      collector.only({ name: "sfu produce", kind: SERVER });
      collector.only({ name: "room produce" });
      collector.only({ name: UPGRADE });
    }, { within: 15_000 });

    const upgrade = collector.only({ name: UPGRADE, kind: SERVER });
    assert.equal(upgrade.service, "holdfast");
    assert.equal(upgrade.attributes["holdfast.room"], "traced");
    for (
      const [method, call] of [
        ["join", "createRouter"],
        ["createWebRtcTransport", "createWebRtcTransport"],
        ["produce", "produce"],
      ]
    ) {
      const request = collector.only({ name: `room ${method}` });
      assert.equal(request.parentSpanId, upgrade.spanId);
      assert.equal(request.service, "holdfast");
      const name = `sfu ${call}`;
      const called = collector.only({ name, kind: CLIENT });
      assert.equal(called.parentSpanId, request.spanId);
      const handled = collector.only({ name, kind: SERVER });
      assert.equal(handled.parentSpanId, called.spanId);
      assert.equal(handled.service, "holdfast-sfu");
      for (const span of [called, handled]) {
        assert.equal(span.attributes["rpc.response.status_code"], OK);
      }
      for (const span of [request, called, handled]) {
        assert.equal(span.traceId, upgrade.traceId);
      }
    }
  });

  it("goes on with the trace that a proxy has begun", async () => {
    const traceId = "0af7651916cd43dd8448eb211c80319c";
    await using caller = await Caller.connect(service.origin, "proxied", {
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    });
    await caller.join(await service.token("proxied", "ann"));
    await eventually(() => {
      const join = collector.only({ name: "room join", traceId });
      assert.equal(join.attributes["holdfast.room"], "proxied");
      collector.only({ name: "sfu createRouter", kind: SERVER, traceId });
    }, { within: 15_000 });
    const upgrade = collector.only({ name: UPGRADE, traceId });
    assert.equal(upgrade.parentSpanId, "b7ad6b7169203331");
  });

  it("says what was refused, by the name of the error", async () => {
    await using caller = await Caller.connect(service.origin, "refused");
    await caller.join(await service.token("refused", "ann"));
    const { error } = await caller.ask("closeProducer", { producerId: "none" });
    assert.ok(error);
    const refused = await eventually(
      () => collector.only({ name: "room closeProducer" }),
      { within: 15_000 },
    );
    assert.equal(refused.status, 2);
    assert.match(refused.attributes["error.type"] ?? "", /^[a-zA-Z]+$/);
  });

  it("has its trace id in the log, in the lines that it brings about", async () => {
    const { traceId } = await eventually(
      () => collector.only({ name: "room produce" }),
      { within: 15_000 },
    );
    const lines = service.output.split("\n")
      .filter((line) => line.includes('"participantJoined"'))
      .map((line) => JSON.parse(line));
    assert.ok(lines.some((line) => line.traceId === traceId));
  });

  it("tells the collector no token, no secret, and nothing about people", async () => {
    await using caller = await Caller.connect(service.origin, "private");
    const { secret } = await caller.join(
      await service.token("private", "bob-the-identity", "Bob the Name"),
    );
    await caller.produce();
    await eventually(
      () => assert.ok(collector.all({ name: "room produce" }).length > 1),
      { within: 15_000 },
    );
    const [header = "", , signature = ""] = token.split(".");
    assert.ok(collector.text.includes("room produce"));
    for (
      const forbidden of [
        token,
        header,
        signature,
        secret,
        "ann-the-identity",
        "Ann the Name",
        "bob-the-identity",
        "Bob the Name",
      ]
    ) {
      assert.ok(!collector.text.includes(forbidden), forbidden);
    }
  });
});
