/**
 * Goes on with the traces of rooms: each call that comes with a `traceparent`
 * is a span. What this needs is loaded only where the environment names a
 * collector, as OpenTelemetry's SDKs are told everywhere.
 *
 * @module
 */
import type { Span, SpanContext, TraceAPI, Tracer } from "@opentelemetry/api";
import type { Env } from "../../settings/env.ts";
import type { SfuMethod } from "../methods.ts";
import type { Around, CallContext } from "../rpc/handlers.ts";
import { RpcError } from "../rpc/rpc_error.ts";

export type Tracing = {
  /** Makes a span of each call that is part of a trace. */
  readonly around: Around;
  /** Sends what has not been sent yet. */
  close(): Promise<void>;
};

const NAME = "holdfast.sfu";
const BATCH_MS = 1_000;
const EXPORT_TIMEOUT_MS = 5_000;
const LAST_EXPORT_MS = 500;

/** Of variables that may hold credentials of the collector. */
export const COLLECTOR_SECRETS = [
  "OTEL_EXPORTER_OTLP_HEADERS",
  "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
];

function isWanted(env: Env): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === "true") return false;
  if (env.OTEL_TRACES_EXPORTER === "none") return false;
  return Boolean(
    env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT,
  );
}

/** Undefined: no collector is named. */
export async function loadTracing(env: Env): Promise<Tracing | undefined> {
  if (!isWanted(env)) return undefined;
  const [api, sdk, exporter, resources] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/sdk-trace"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/resources"),
  ]);
  const { envDetector, defaultResource, detectResources } = resources;
  const provider = new sdk.TracerProvider({
    resource: defaultResource()
      .merge(resources.resourceFromAttributes({ "service.name": NAME }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [
      new sdk.BatchSpanProcessor({
        exporter: new exporter.OTLPTraceExporter(),
        scheduledDelayMillis: BATCH_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const spans = new Spans(api, provider.getTracer(NAME));
  return {
    around(method, context, run) {
      const span = spans.start(method, context);
      return span === undefined ? run() : follow(run, span, spans);
    },
    async close() {
      await provider.forceFlush({ timeoutMillis: LAST_EXPORT_MS })
        .catch(() => {});
    },
  };
}

type Api = typeof import("@opentelemetry/api");

class Spans {
  readonly #api: Api;
  readonly #tracer: Tracer;

  constructor(api: Api, tracer: Tracer) {
    this.#api = api;
    this.#tracer = tracer;
  }

  /** Undefined: the caller does not trace the call. */
  start(method: SfuMethod, { traceparent }: CallContext): Span | undefined {
    const parent = readTraceparent(traceparent);
    if (parent === undefined) return undefined;
    const { ROOT_CONTEXT, SpanKind, trace } = this.#api;
    return this.#tracer.startSpan(
      `sfu ${method}`,
      {
        kind: SpanKind.SERVER,
        attributes: { "rpc.system": "jsonrpc", "rpc.method": method },
      },
      remote(trace, ROOT_CONTEXT, parent),
    );
  }

  /** What went wrong is told by its status: messages may name what is private. */
  end(span: Span, status: string): void {
    span.setAttribute("rpc.response.status_code", status);
    if (status !== "OK") {
      span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    }
    span.end();
  }
}

const remote = (trace: TraceAPI, root: Api["ROOT_CONTEXT"], of: SpanContext) =>
  trace.setSpanContext(root, of);

const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

function readTraceparent(text: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text ?? "") ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  const traceFlags = Number.parseInt(flags ?? "", 16);
  return { traceId, spanId, traceFlags, isRemote: true };
}

function follow<T>(
  run: () => T | Promise<T>,
  span: Span,
  spans: Spans,
): T | Promise<T> {
  const failed = (error: unknown): never => {
    spans.end(span, error instanceof RpcError ? error.status : "INTERNAL");
    throw error;
  };
  const done = (value: T): T => {
    spans.end(span, "OK");
    return value;
  };
  try {
    const result = run();
    if (result instanceof Promise) return result.then(done, failed);
    return done(result);
  } catch (error) {
    return failed(error);
  }
}
