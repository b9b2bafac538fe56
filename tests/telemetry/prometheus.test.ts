/** The real service, as a real Prometheus sees it. */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { z } from "zod";
import { RedisServer, redisSuite } from "../rooms/hosts/redis/server.ts";
import { eventually } from "../support/eventually.ts";
import { Prometheus } from "../support/prometheus.ts";
import { promtool } from "../support/promtool.ts";
import { Service } from "../support/service.ts";
import { requireTool } from "../support/tools.ts";
import { asSent, readDashboard } from "./dashboard.ts";
import { haveACall } from "./happenings.ts";

const tool = requireTool("prometheus");
const ignore = tool.ignore || promtool.ignore || redisSuite.ignore;
/** Faster than life, and slow enough for a busy machine. */
const QUICK = {
  ROOM_PING_INTERVAL_MS: "200",
  ROOM_SUSPECT_AFTER_MS: "1000",
  ROOM_TIMEOUT_MS: "2000",
  ROOM_EVICT_AFTER_MS: "3000",
  SFU_WORKERS: "1",
};
/** Prometheus asks, and judges, once a second. */
const WITHIN_MS = 30_000;
/** Said only where there are several. */
const SIDECAR = "sidecar";
const Rules = z.object({
  data: z.object({
    groups: z.array(z.object({
      rules: z.array(z.object({
        name: z.string(),
        query: z.string(),
        health: z.string(),
      })),
    })),
  }),
});
const Values = z.object({ data: z.array(z.string()) });

describe("a real Prometheus", { ignore }, () => {
  const open = new AsyncDisposableStack();
  let redis: RedisServer;
  let service: Service;
  let prometheus: Prometheus;
  beforeAll(async () => {
    redis = open.use(await RedisServer.start());
    service = await start();
    open.defer(() => service[Symbol.asyncDispose]());
    prometheus = open.use(await Prometheus.start(tool.bin, hostOf(service)));
    // What was before the first scrape is no increase.
    await shows("holdfast_rooms == 0");
    open.use(await haveACall(service));
    await shows('holdfast_sessions_ended_total{reason="removed"} > 0');
  });
  afterAll(() => open.disposeAsync());

  const start = () => Service.start({ ...QUICK, REDIS_URL: redis.url });
  const shows = (query: string) =>
    eventually(async () => {
      const series = await prometheus.query(query);
      assert.ok(series.length > 0, `nothing of ${query}`);
      return series;
    }, { within: WITHIN_MS });

  const readRules = async () => {
    const { data } = Rules.parse(await prometheus.get("rules"));
    return data.groups.flatMap(({ rules }) => rules);
  };

  it("reads metrics of which promtool has nothing to complain", async () => {
    const response = await fetch(`${service.origin}/metrics`);
    await promtool.run(["check", "metrics"], await response.text());
  });

  it("has a number for every query of the Grafana dashboard", async () => {
    const { panels } = await readDashboard();
    assert.ok(panels.length > 30);
    for (const { expr } of panels) {
      const sent = asSent(expr);
      await eventually(async () => {
        const series = await prometheus.query(sent);
        const numbers = series.filter(({ value }) => Number.isFinite(value));
        assert.ok(numbers.length > 0, `${series.length} of ${sent}`);
      }, { within: WITHIN_MS });
    }
  });

  it("has the labels that the legends of the dashboard show", async () => {
    for (const { expr, shown, panel } of (await readDashboard()).panels) {
      for (const { labels } of await prometheus.query(asSent(expr))) {
        for (const label of shown) {
          assert.ok(label in labels || label === SIDECAR, `${panel}: ${label}`);
        }
      }
    }
  });

  it("has the instances from which the dashboard lets one choose", async () => {
    const body = await prometheus.get("label/instance/values", {
      "match[]": "holdfast_rooms",
    });
    assert.deepEqual(Values.parse(body).data, ["one"]);
  });

  for (
    const happened of [
      'increase(holdfast_sessions_ended_total{reason="networkDisconnect"}[5m])',
      'increase(holdfast_sessions_ended_total{reason="removed"}[5m])',
      'increase(holdfast_recoveries_total{trigger="socketClosed", outcome="recovered"}[5m])',
      'increase(holdfast_recoveries_total{outcome="networkDisconnect"}[5m])',
      'increase(holdfast_recovery_seconds_count{phase="media"}[5m])',
      'increase(holdfast_joins_total{outcome="tokenInvalid"}[5m])',
      'increase(holdfast_resumes_total{outcome="secretInvalid"}[5m])',
    ]
  ) {
    it(`sees what happened once: ${happened}`, async () => {
      await shows(`${happened} > 0`);
    });
  }

  it("counts one of two recoveries as failed", async () => {
    const { panels } = await readDashboard();
    const failing = panels.find(({ panel }) =>
      panel === "Recoveries that fail"
    );
    await shows(`${asSent(failing?.expr ?? "")} == 0.5`);
  });

  it("evaluates all rules, and has no reason for an alert", async () => {
    await eventually(async () => {
      const rules = await readRules();
      assert.ok(rules.length > 10);
      for (const { name, health } of rules) assert.equal(health, "ok", name);
    });
    assert.deepEqual(await prometheus.query('ALERTS{alertstate="firing"}'), []);
  });

  it("has every metric that a rule is about", async () => {
    for (const { query } of await readRules()) {
      const names = query.match(/\b(holdfast_\w+|holdfast:\w+:\w+|up)\b/g) ??
        [];
      assert.ok(names.length > 0, query);
      for (const name of names) await shows(`count(${name})`);
    }
  });

  it("sees that Redis is away, and that it is back", async () => {
    await shows("holdfast_redis_up == 1");
    await redis.stop();
    await shows("holdfast_redis_up == 0");
    await shows('ALERTS{alertname="HoldfastRedisAway", alertstate="pending"}');
    await redis.start();
    await shows("holdfast_redis_up == 1");
  });

  it("sees a restart, as the dashboard notes it", async () => {
    const { annotations } = await readDashboard();
    const [restarts = ""] = annotations;
    assert.deepEqual(await prometheus.query(asSent(restarts)), []);
    await service[Symbol.asyncDispose]();
    service = await start();
    await prometheus.follow(hostOf(service));
    await shows(asSent(restarts));
  });
});

const hostOf = ({ origin }: Service) => {
  const { port } = new URL(origin);
  return `127.0.0.1:${port}`;
};
