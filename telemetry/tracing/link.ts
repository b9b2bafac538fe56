/**
 * A span for each call to the sidecar that something traced brings about.
 *
 * @module
 */
import {
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import type { SfuLink } from "../../sfu/link.ts";

/** A link that does what this one does, and tells the sidecar of the trace. */
export function tracedLink(link: SfuLink, tracer: Tracer): SfuLink {
  return {
    get state() {
      return link.state;
    },
    call(method, params, options, reply) {
      const cause = context.active();
      if (trace.getSpan(cause) === undefined) {
        return link.call(method, params, options, reply);
      }
      const span = tracer.startSpan(`sfu ${method}`, {
        kind: SpanKind.CLIENT,
        attributes: { "rpc.system": "jsonrpc", "rpc.method": method },
      }, cause);
      const traceparent = traceparentOf(span);
      link.call(method, params, { ...options, traceparent }, (answer) => {
        end(span, answer.ok ? "OK" : answer.status);
        // What the answer brings about has the same cause.
        context.with(cause, () => reply(answer));
      });
    },
    subscribe: (routerId, listener) => link.subscribe(routerId, listener),
    onState: (listener) => link.onState(listener),
    close: () => link.close(),
  };
}

function end(span: Span, status: string): void {
  span.setAttribute("rpc.response.status_code", status);
  if (status !== "OK") span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** As W3C Trace Context writes it. */
function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}
