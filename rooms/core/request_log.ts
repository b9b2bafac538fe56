/**
 * What a client has asked, so that a request that it sends again on another
 * connection is done once and answered the same (RS6).
 *
 * @module
 */
import type { Policy } from "../../protocol/mod.ts";
import { type Refusal, refusal } from "./answer.ts";
import type { ConnectionId } from "./input.ts";

/** Ids from the oldest unanswered one on, and answers that are kept. */
export const REQUEST_WINDOW = 64;

export type RequestLog = {
  /** Those that are not answered, with the connection that asked last. */
  readonly open: Map<number, ConnectionId>;
  /** The last answers, each in the place that its id has in the window. */
  readonly answers: Map<number, Answer>;
};

export type Answer = {
  readonly id: number;
  readonly text: string;
  /** When it was given, or was found not to have arrived for sure. */
  readonly at: number;
};

export type Opened =
  | { readonly type: "new" }
  /** It will be answered to this connection. */
  | { readonly type: "open" }
  | { readonly type: "answered"; readonly text: string }
  | Refusal;

export const createRequestLog = (): RequestLog => ({
  open: new Map(),
  answers: new Map(),
});

export function open(
  log: RequestLog,
  id: number,
  connection: ConnectionId,
): Opened {
  const kept = log.answers.get(id % REQUEST_WINDOW);
  if (kept?.id === id) return { type: "answered", text: kept.text };
  const isOpen = log.open.has(id);
  if (!isOpen) {
    if (kept && kept.id > id) return refuse("its answer is not kept any more");
    const others = [...log.open.keys()];
    const oldest = Math.min(id, ...others);
    const newest = Math.max(id, ...others);
    if (newest >= oldest + REQUEST_WINDOW) {
      const far = id === oldest ? newest : oldest;
      return refuse(`request ${far} is not answered yet`);
    }
  }
  log.open.set(id, connection);
  return { type: isOpen ? "open" : "new" };
}

/** Keeps an answer; returns the connection that waits for it. */
export function close(
  { open, answers }: RequestLog,
  id: number,
  text: string,
  at: number,
): ConnectionId | undefined {
  const connection = open.get(id);
  open.delete(id);
  answers.set(id % REQUEST_WINDOW, { id, text, at });
  return connection;
}

/**
 * The answers that may not have arrived: a client that was heard so long after
 * one, on the same connection, has it.
 */
export function doubtful(
  log: RequestLog | null,
  heardAt: number,
  { timeoutMs }: Policy,
): Answer[] {
  const since = heardAt - timeoutMs;
  return [...log?.answers.values() ?? []].filter(({ at }) => at >= since);
}

/** On another connection, what is heard says nothing of them for a while. */
export function doubt(
  log: RequestLog,
  answers: readonly Answer[],
  at: number,
): void {
  for (const answer of answers) {
    log.answers.set(answer.id % REQUEST_WINDOW, { ...answer, at });
  }
}

const refuse = (detail: string): Refusal => refusal("tooManyRequests", detail);
