/**
 * Traces from the upgrade of a WebSocket through its room to the sidecar, by
 * Deno's own OpenTelemetry. Spans name rooms, methods and how it went; no token
 * and nothing about people.
 *
 * @module
 */
import { trace } from "@opentelemetry/api";
import type { WebSocketAdapter } from "../../http/websocket/adapter.ts";
import type { Fields } from "../../log.ts";
import type { TraceStep } from "../../rooms/core/core.ts";
import type { SfuLink } from "../../sfu/link.ts";
import { tracedLink } from "./link.ts";
import { tracedSteps } from "./requests.ts";
import { tracedWebSockets } from "./upgrades.ts";

export interface Tracing {
  webSockets(adapter: WebSocketAdapter): WebSocketAdapter;
  link(link: SfuLink): SfuLink;
  readonly step: TraceStep;
}

/** Whether Deno has been told to trace. */
export function isTracing(env: Pick<Deno.Env, "get">): boolean {
  const told = env.get("OTEL_DENO");
  return told === "true" || told === "1";
}

export function createTracing(): Tracing {
  const tracer = trace.getTracer("holdfast");
  return {
    webSockets: (adapter) => tracedWebSockets(adapter, tracer),
    link: (link) => tracedLink(link, tracer),
    step: tracedSteps(tracer),
  };
}

/** For a log: what is traced while a line is written. */
export function traceFields(): Fields {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined) return {};
  return { traceId: span.traceId, spanId: span.spanId };
}
