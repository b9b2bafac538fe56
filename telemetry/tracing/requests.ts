/**
 * A span for each request of a participant, from its coming to its answer. The
 * core knows nothing of it: requests are known by connection and id.
 *
 * @module
 */
import {
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { methods, parseFrame } from "../../protocol/mod.ts";
import type { TraceStep } from "../../rooms/core/core.ts";
import type { Effect } from "../../rooms/core/effect.ts";
import type { ConnectionId, Input } from "../../rooms/core/input.ts";
import { errorNames } from "../error_names.ts";

type Request = {
  readonly connection: ConnectionId;
  readonly id: number;
  readonly method: string;
};

/** Of one connection; more at a time are not followed. */
const MAX_OPEN = 64;
const ANSWER =
  /^\{"jsonrpc":"2\.0","id":(\d+),(?:"result"|"error":\{"code":(-?\d+))/;

export function tracedSteps(tracer: Tracer): TraceStep {
  const requests = new Requests(tracer);
  return (room, input, step) => requests.step(room, input, step);
}

class Requests {
  readonly #tracer: Tracer;
  readonly #open = new Map<ConnectionId, Map<number, Span>>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  step(room: string, input: Input, step: () => readonly Effect[]): void {
    const effects = context.with(this.#contextOf(room, input), step);
    for (const effect of effects) {
      if (effect.type === "send") this.#sent(effect);
    }
    if (input.type === "closed") this.#forget(input.connection);
  }

  /** A timer still has the context in which it was set, which is not its cause. */
  #contextOf(room: string, input: Input): Context {
    switch (input.type) {
      case "opened":
      case "received": {
        const request = requestOf(input);
        return request ? this.#begin(room, request) : context.active();
      }
      case "closed":
      case "left":
      case "sfuReplied":
      case "admin":
        return context.active();
      default:
        return ROOT_CONTEXT;
    }
  }

  #begin(room: string, { connection, id, method }: Request): Context {
    const cause = context.active();
    const open = this.#openOf(connection);
    if (open.size >= MAX_OPEN || open.has(id)) return cause;
    const span = this.#tracer.startSpan(`room ${method}`, {
      attributes: { "rpc.method": method, "holdfast.room": room },
    }, cause);
    open.set(id, span);
    return trace.setSpan(cause, span);
  }

  #openOf(connection: ConnectionId): Map<number, Span> {
    const known = this.#open.get(connection);
    if (known !== undefined) return known;
    const open = new Map<number, Span>();
    this.#open.set(connection, open);
    return open;
  }

  #sent({ connection, text }: Extract<Effect, { type: "send" }>): void {
    const open = this.#open.get(connection);
    if (open === undefined) return;
    const [, id, code] = ANSWER.exec(text) ?? [];
    const span = open.get(Number(id));
    if (span === undefined) return;
    open.delete(Number(id));
    if (open.size === 0) this.#open.delete(connection);
    if (code !== undefined) {
      span.setAttribute("error.type", errorNames.get(Number(code)) ?? code);
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end();
  }

  /** Nobody is there any more who could be answered. */
  #forget(connection: ConnectionId): void {
    for (const span of this.#open.get(connection)?.values() ?? []) {
      span.setAttribute("error.type", "connectionClosed");
      span.end();
    }
    this.#open.delete(connection);
  }
}

function requestOf(
  input: Extract<Input, { type: "opened" | "received" }>,
): Request | undefined {
  const { connection } = input;
  if (input.type === "opened") {
    const { id, method } = input.admission;
    return { connection, id, method };
  }
  // Most frames are pongs.
  if (!input.text.includes('"method"')) return undefined;
  const frame = parseFrame(input.text);
  if (frame.type !== "request") return undefined;
  const { id, method } = frame.request;
  return Object.hasOwn(methods, method)
    ? { connection, id, method }
    : undefined;
}
