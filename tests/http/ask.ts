import assert from "node:assert/strict";
import type { ErrorObject, Method, Result } from "../../protocol/mod.ts";
import type { TestClient } from "./client.ts";

export type Answer<R> = {
  readonly id: number | null;
  readonly result?: R;
  readonly error?: ErrorObject;
};

/** @throws {AssertionError} when it is a refusal. */
export function resultOf<R>({ result, error }: Answer<R>): R {
  return result ?? assert.fail(JSON.stringify(error));
}

/** Sends a request, and waits for its answer beyond whatever comes before. */
export async function ask<M extends string>(
  client: TestClient,
  method: M,
  params: unknown,
  id = 1,
): Promise<Answer<M extends Method ? Result<M> : unknown>> {
  client.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  while (true) {
    const answer = JSON.parse(await client.next());
    if (answer.id === id && answer.method === undefined) return answer;
  }
}
