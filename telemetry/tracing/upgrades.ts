/**
 * A span for each upgrade; what comes over the WebSocket later belongs to it.
 *
 * @module
 */
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { Accept, WebSocketAdapter } from "../../http/websocket/adapter.ts";

const ROUTE = "/rooms/:room/ws";

/** An adapter that does what this one does, each upgrade in a span. */
export function tracedWebSockets(
  adapter: WebSocketAdapter,
  tracer: Tracer,
): WebSocketAdapter {
  return {
    async upgrade(c, accept) {
      // A proxy may have begun the trace.
      const parent = propagation.extract(ROOT_CONTEXT, c.req.header());
      const span = tracer.startSpan(`GET ${ROUTE}`, {
        kind: SpanKind.SERVER,
        attributes: {
          "http.request.method": "GET",
          "http.route": ROUTE,
          "holdfast.room": c.req.param("room") ?? "",
        },
      }, parent);
      const within = trace.setSpan(parent, span);
      try {
        return await context.with(
          within,
          () => adapter.upgrade(c, bound(accept, within)),
        );
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    peerOf: (c) => adapter.peerOf(c),
    listen: (fetch, address) => adapter.listen(fetch, address),
  };
}

const bound = (accept: Accept, within: Context): Accept => (socket) => {
  const listener = context.with(within, () => accept(socket));
  return {
    received: (text) => context.with(within, () => listener.received(text)),
    violated: (code) => context.with(within, () => listener.violated(code)),
    closed: (clean) => context.with(within, () => listener.closed(clean)),
  };
};
