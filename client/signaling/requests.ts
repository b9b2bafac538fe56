import {
  describe,
  encodeRequest,
  type ErrorObject,
  errorObject,
  type Method,
  methods,
  type Response,
} from "../../protocol/mod.ts";
import { parseLeniently } from "./lenient.ts";

/** Milliseconds that a request waits for its answer. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** No room needs so many at once: more of them is a bug, and memory is finite. */
export const MAX_PENDING = 1_000;

export type Outcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: ErrorObject };

export type Reply = { readonly call: number; readonly outcome: Outcome };

type Pending = {
  readonly call: number;
  readonly method: Method;
  readonly deadline: number;
};

/** What was asked and not answered yet. Ids are never used twice. */
export class Requests {
  /** By id. All wait equally long, so the first is the next to expire. */
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /** When the next one expires; `Infinity` when there is none. */
  get deadline(): number {
    return this.#first()?.deadline ?? Infinity;
  }

  get isFull(): boolean {
    return this.#pending.size >= MAX_PENDING;
  }

  /**
   * The frame to send. Nobody waits for an answer to it here.
   *
   * @throws {TypeError} when the parameters are no JSON.
   */
  encode(method: Method, params: unknown): { id: number; text: string } {
    const id = this.#lastId + 1;
    const text = encodeRequest(id, method, params);
    this.#lastId = id;
    return { id, text };
  }

  /** As `encode`; the answer is for `call`. */
  add(call: number, method: Method, params: unknown, now: number): string {
    const { id, text } = this.encode(method, params);
    this.#pending.set(id, { call, method, deadline: now + REQUEST_TIMEOUT_MS });
    return text;
  }

  /** Undefined when nobody waits for it, or waits for it any more. */
  settle(response: Response): Reply | undefined {
    const pending = this.#pending.get(response.id ?? 0);
    if (response.id === null || pending === undefined) return undefined;
    this.#pending.delete(response.id);
    return {
      call: pending.call,
      outcome: readOutcome(pending.method, response),
    };
  }

  expire(now: number): Reply[] {
    const replies: Reply[] = [];
    for (const [id, { call, method, deadline }] of this.#pending) {
      if (deadline > now) break;
      this.#pending.delete(id);
      const error = errorObject("requestTimeout", method);
      replies.push({ call, outcome: { ok: false, error } });
    }
    return replies;
  }

  /** Gives them all up. */
  fail(error: ErrorObject): Reply[] {
    const replies = [...this.#pending.values()].map(({ call }) => ({
      call,
      outcome: { ok: false, error } as const,
    }));
    this.#pending.clear();
    return replies;
  }

  #first(): Pending | undefined {
    return this.#pending.values().next().value;
  }
}

export function readOutcome(method: Method, response: Response): Outcome {
  if ("error" in response) return { ok: false, error: response.error };
  const parsed = parseLeniently(methods[method].result, response.result);
  if (parsed.success) return { ok: true, result: parsed.data };
  const detail = `the answer to ${method}: ${describe(parsed.error)}`;
  return { ok: false, error: errorObject("invalidServerMessage", detail) };
}
