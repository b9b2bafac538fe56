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

/** Milliseconds that a request waits for its answer, on a connection that lives. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** No room needs so many at once: more of them is a bug, and memory is finite. */
export const MAX_PENDING = 256;
/** The service remembers so many ids from the oldest unanswered one on. */
export const WINDOW = 64;
/** Of the first message of a connection; the others count on from there. */
export const FIRST_ID = 1;

export type Outcome =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error: ErrorObject };

export type Reply = { readonly call: number; readonly outcome: Outcome };

type Waiting = {
  readonly call: number;
  readonly method: Method;
  /** JSON, as it was when it was asked: the application may change it later. */
  readonly params: string;
  readonly deadline: number;
};

/** Without a call, nobody waits for it any more; the service may still answer. */
type Sent = {
  readonly call: number | undefined;
  readonly method: Method;
  readonly text: string;
  readonly deadline: number;
};

/** What one session has asked and was not answered yet. Ids are used once. */
export class Requests {
  /** In the order of their asking, like `#sent`. All wait equally long. */
  readonly #waiting: Waiting[] = [];
  /** By id. */
  readonly #sent = new Map<number, Sent>();
  #lastId = FIRST_ID;

  /** When the next one expires; `Infinity` when there is none. */
  get deadline(): number {
    for (const { call, deadline } of this.#sent.values()) {
      if (call !== undefined) return deadline;
    }
    return this.#waiting[0]?.deadline ?? Infinity;
  }

  get isFull(): boolean {
    return this.#waiting.length + this.#sent.size >= MAX_PENDING;
  }

  /** A frame to which nobody waits for an answer here. */
  encode(method: Method, params: unknown): { id: number; text: string } {
    const id = ++this.#lastId;
    return { id, text: encodeRequest(id, method, params) };
  }

  /** @throws {TypeError} when the parameters are no JSON. */
  add(call: number, method: Method, params: object, now: number): void {
    this.#waiting.push({
      call,
      method,
      params: JSON.stringify(params),
      deadline: now + REQUEST_TIMEOUT_MS,
    });
  }

  /** The frames that are to be sent now. */
  *next(): Generator<string> {
    while (this.#lastId < this.#lastAllowed) {
      const waiting = this.#waiting.shift();
      if (waiting === undefined) return;
      const { call, method, params, deadline } = waiting;
      const id = ++this.#lastId;
      const text =
        `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;
      this.#sent.set(id, { call, method, text, deadline });
      yield text;
    }
  }

  /** The frames that were sent on another connection, where the answers were lost. */
  *again(): Generator<string> {
    for (const { text } of this.#sent.values()) yield text;
  }

  /** The time in which nobody could answer does not count. */
  restart(now: number): void {
    const deadline = now + REQUEST_TIMEOUT_MS;
    for (const [id, sent] of this.#sent) {
      this.#sent.set(id, { ...sent, deadline });
    }
    for (const [index, waiting] of this.#waiting.entries()) {
      this.#waiting[index] = { ...waiting, deadline };
    }
  }

  /** Undefined when nobody waits for it, or waits for it any more. */
  settle(response: Response): Reply | undefined {
    const sent = this.#sent.get(response.id ?? 0);
    if (response.id === null || sent === undefined) return undefined;
    this.#sent.delete(response.id);
    const { call, method } = sent;
    if (call === undefined) return undefined;
    return { call, outcome: readOutcome(method, response) };
  }

  /** Of those that were sent the service has the ids, and may still answer. */
  expire(now: number): Reply[] {
    const replies: Reply[] = [];
    const give = (call: number, method: Method) => {
      const error = errorObject("requestTimeout", method);
      replies.push({ call, outcome: { ok: false, error } });
    };
    for (const [id, { call, ...sent }] of this.#sent) {
      if (call === undefined || sent.deadline > now) continue;
      this.#sent.set(id, { ...sent, call: undefined });
      give(call, sent.method);
    }
    const isDue = ({ deadline }: Waiting) => deadline <= now;
    const due = this.#waiting.splice(0, this.#waiting.filter(isDue).length);
    for (const { call, method } of due) give(call, method);
    return replies;
  }

  /** Gives them all up, with the session they belong to. */
  fail(error: ErrorObject): Reply[] {
    const replies = [...this.#sent.values(), ...this.#waiting].flatMap(
      ({ call }) =>
        call === undefined
          ? []
          : [{ call, outcome: { ok: false, error } } as const],
    );
    this.#sent.clear();
    this.#waiting.length = 0;
    this.#lastId = FIRST_ID;
    return replies;
  }

  get #lastAllowed(): number {
    const [oldest = this.#lastId + 1] = this.#sent.keys();
    return oldest + WINDOW - 1;
  }
}

function readOutcome(method: Method, response: Response): Outcome {
  if ("error" in response) return { ok: false, error: response.error };
  const parsed = parseLeniently(methods[method].result, response.result);
  if (parsed.success) return { ok: true, result: parsed.data };
  const detail = `the answer to ${method}: ${describe(parsed.error)}`;
  return { ok: false, error: errorObject("invalidServerMessage", detail) };
}
