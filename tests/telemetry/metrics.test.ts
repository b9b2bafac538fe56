/** Metrics of the real service with its real sidecar, and who queries them. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { Service } from "../support/service.ts";
import { Caller } from "./caller.ts";
import { readDashboard } from "./dashboard.ts";
import { Exposition } from "./exposition.ts";

/** Faster than life, and slow enough for a busy machine. */
const QUICK = {
  ROOM_PING_INTERVAL_MS: "200",
  ROOM_SUSPECT_AFTER_MS: "1000",
  ROOM_TIMEOUT_MS: "2000",
  ROOM_EVICT_AFTER_MS: "3000",
  SFU_WORKERS: "1",
};
const WRONG_SECRET = "A".repeat(43);
/** Not told by a service on its own. */
const ONLY_WITH_REDIS = ["holdfast_redis_up"];

describe("metrics of a real service", () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start(QUICK);
  });
  afterAll(() => service[Symbol.asyncDispose]());

  const scrape = () => Exposition.of(service.origin);
  const enter = async (room: string, identity: string) => {
    const caller = await Caller.connect(service.origin, room);
    const joined = await caller.join(await service.token(room, identity));
    return { caller, joined };
  };
  const resume = async (
    room: string,
    joined: { sessionId: string; secret: string; epoch: number },
  ) => {
    const caller = await Caller.connect(service.origin, room);
    const { sessionId, secret, epoch } = joined;
    const params = { sessionId, secret, epoch, ack: 0 };
    return { caller, answer: await caller.ask("resume", params) };
  };

  it("count rooms, sessions and what they hold", async () => {
    const { caller } = await enter("held", "ann");
    await using _ = caller;
    await caller.produce();
    const metrics = await scrape();
    assert.equal(metrics.value("holdfast_rooms"), 1);
    assert.equal(metrics.value("holdfast_sessions", { state: "connected" }), 1);
    assert.equal(metrics.value("holdfast_media", { kind: "producers" }), 1);
    assert.equal(metrics.value("holdfast_media", { kind: "transports" }), 1);
    assert.equal(metrics.value("holdfast_websocket_connections"), 1);
    assert.ok(metrics.value("holdfast_websocket_sent_bytes_total") > 500);
    assert.ok(metrics.value("holdfast_websocket_received_bytes_total") > 500);
    await caller.request("leave", {});
    await eventually(async () => {
      const after = await scrape();
      assert.equal(after.value("holdfast_websocket_connections"), 0);
      assert.equal(
        after.value("holdfast_sessions_ended_total", { reason: "left" }),
        1,
      );
    });
  });

  it("measure the event logs of who does not acknowledge", async () => {
    const ann = await enter("logged", "ann");
    await using _ = ann.caller;
    const bob = await enter("logged", "bob");
    await using __ = bob.caller;
    await bob.caller.produce();
    const metrics = await scrape();
    assert.ok(metrics.value("holdfast_event_log_events") >= 2);
    const bytes = metrics.value("holdfast_event_log_bytes");
    const largest = metrics.value("holdfast_event_log_largest_bytes");
    assert.ok(bytes >= largest && largest > 100, `${bytes}, ${largest}`);
    await bob.caller.request("leave", {});
    await ann.caller.request("leave", {});
  });

  it("show how the sidecar does, and how calls to it go", async () => {
    const { caller } = await enter("called", "ann");
    await using _ = caller;
    await caller.produce();
    const metrics = await scrape();
    assert.equal(metrics.value("holdfast_sfu_up"), 1);
    assert.equal(metrics.value("holdfast_sfu_workers"), 1);
    assert.ok(metrics.value("holdfast_sfu_worker_routers") >= 1);
    const produced = { method: "produce", status: "OK" };
    assert.ok(metrics.value("holdfast_rpc_calls_total", produced) >= 1);
    const count = metrics.value("holdfast_rpc_seconds_count", {
      method: "produce",
    });
    assert.equal(count, metrics.value("holdfast_rpc_calls_total", produced));
    await caller.request("leave", {});
  });

  it("count resumes by outcome, and time recoveries by phase", async () => {
    const { caller, joined } = await enter("resumed", "ann");
    await using _ = caller;
    const before = await scrape();
    caller.break();
    await eventually(async () =>
      assert.equal(
        (await scrape()).value("holdfast_sessions", { state: "reconnecting" }),
        1,
      )
    );
    const wrong = await resume("resumed", { ...joined, secret: WRONG_SECRET });
    await using __ = wrong.caller;
    assert.ok(wrong.answer.error);
    const right = await resume("resumed", joined);
    await using ___ = right.caller;
    assert.ok(right.answer.result);
    await right.caller.request("leave", {});
    await eventually(async () => {
      const after = await scrape();
      const grown = (name: string, labels: Record<string, string>) =>
        after.value(name, labels) - before.value(name, labels);
      assert.equal(grown("holdfast_resumes_total", { outcome: "ok" }), 1);
      const refused = after.samples.filter(({ name, labels, value }) =>
        name === "holdfast_resumes_total" && labels.outcome !== "ok" &&
        value > 0
      );
      assert.equal(refused.length, 1);
      assert.equal(
        grown("holdfast_recoveries_total", {
          trigger: "socketClosed",
          outcome: "resumed",
        }),
        1,
      );
      for (const phase of ["detection", "return"]) {
        assert.equal(grown("holdfast_recovery_seconds_count", { phase }), 1);
      }
    });
  });

  it("count who is evicted, by the reason", async () => {
    const { caller } = await enter("evicted", "ann");
    await using _ = caller;
    const reason = { reason: "networkDisconnect" };
    const before = (await scrape()).value(
      "holdfast_sessions_ended_total",
      reason,
    );
    caller.break();
    await eventually(async () =>
      assert.equal(
        (await scrape()).value("holdfast_sessions_ended_total", reason),
        before + 1,
      )
    );
  });

  it("time heartbeats", async () => {
    const { caller } = await enter("beating", "ann");
    await using _ = caller;
    await eventually(async () => {
      const name = "holdfast_heartbeat_round_trip_seconds_count";
      assert.ok((await scrape()).value(name) >= 2);
    });
    await caller.request("leave", {});
  });

  it("count joins that are refused, by the error", async () => {
    await using caller = await Caller.connect(service.origin, "refused");
    const { error } = await caller.ask("join", { token: "not a token" });
    assert.ok(error);
    const metrics = await scrape();
    const outcome = "tokenInvalid";
    assert.equal(metrics.value("holdfast_joins_total", { outcome }), 1);
  });

  it("have what is usual of a process", async () => {
    const metrics = await scrape();
    assert.ok(metrics.value("process_resident_memory_bytes") > 10_000_000);
    assert.ok(metrics.value("process_cpu_seconds_total") > 0);
    assert.ok(metrics.value("process_start_time_seconds") > 1_600_000_000);
    const open = metrics.value("process_open_fds");
    assert.ok(open > 10 && open < 1_000, `${open} files`);
  });

  it("have labels from small sets only: no room, session, identity or address", async () => {
    const { samples } = await scrape();
    const allowed = [
      ...["state", "kind", "reason", "outcome", "trigger", "phase"],
      ...["method", "status", "cause", "sidecar", "pid", "le"],
    ];
    for (const { name, labels } of samples) {
      for (const label of Object.keys(labels)) {
        assert.ok(allowed.includes(label), `${name} has ${label}`);
      }
    }
    assert.ok(samples.length < 1_000, `${samples.length} series`);
  });

  it("begin at 0, so that the first event of a kind is seen as one", async () => {
    const { samples } = await scrape();
    const has = (name: string, labels: Record<string, string>) =>
      samples.some((sample) =>
        sample.name === name &&
        Object.entries(labels).every(([key, value]) =>
          sample.labels[key] === value
        )
      );
    for (
      const [name, labels] of [
        ["holdfast_sessions_ended_total", { reason: "protocolError" }],
        ["holdfast_recoveries_total", {
          trigger: "silence",
          outcome: "networkDisconnect",
        }],
        ["holdfast_recoveries_total", {
          trigger: "iceFailed",
          outcome: "gaveUp",
        }],
        ["holdfast_recovery_seconds_count", { phase: "media" }],
        ["holdfast_joins_total", { outcome: "roomFull" }],
        ["holdfast_resumes_total", { outcome: "secretInvalid" }],
        ["holdfast_websocket_dropped_total", { cause: "backlog" }],
        ["holdfast_rpc_calls_total", {
          method: "consume",
          status: "DEADLINE_EXCEEDED",
        }],
      ] as const
    ) {
      assert.ok(has(name, labels), `${name} ${JSON.stringify(labels)}`);
    }
  });

  it("have all that the Grafana dashboard queries, with the labels that it names", async () => {
    const metrics = await scrape();
    const queries = await dashboardQueries();
    assert.ok(queries.length > 30);
    for (const query of queries) {
      const names = metricsIn(query);
      assert.ok(names.length > 0, `no metric in ${query}`);
      for (const name of names) {
        const isTold = metrics.has(name) || ONLY_WITH_REDIS.includes(name);
        assert.ok(isTold, `${name} is not told, in ${query}`);
      }
      const samples = metrics.samples.filter(({ name }) =>
        names.includes(name)
      );
      for (const label of labelsIn(query)) {
        assert.ok(
          samples.length === 0 || samples.some(({ labels }) => label in labels),
          `no sample has ${label}, in ${query}`,
        );
      }
    }
  });

  it("are all on the Grafana dashboard", async () => {
    const { types } = await scrape();
    const shown = new Set(
      (await dashboardQueries()).flatMap(metricsIn)
        .map((name) => name.replace(/_bucket$/, "")),
    );
    for (const name of types.keys()) {
      assert.ok(shown.has(name), `${name} is not shown`);
    }
  });
});

async function dashboardQueries(): Promise<string[]> {
  const { panels, annotations } = await readDashboard();
  return [...panels.map(({ expr }) => expr), ...annotations];
}

const metricsIn = (query: string) =>
  [...query.matchAll(/\b((?:holdfast|process)_\w+)\{/g)]
    .map(([, name = ""]) => name);

/** Prometheus adds `instance` itself. */
function labelsIn(query: string): string[] {
  const grouped = [...query.matchAll(/by \(([^)]*)\)/g)]
    .flatMap(([, list = ""]) => list.split(",").map((label) => label.trim()));
  const matched = [...query.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)]
    .map(([, label = ""]) => label);
  return [...grouped, ...matched].filter((label) => label !== "instance");
}
