/**
 * A token for operators, to whoever is on this machine; for development only.
 *
 * @module
 */
import { Hono } from "hono";
import { isFromThisMachine } from "../loopback.ts";
import { problem } from "../problem.ts";

export type OperatorTokenOptions = {
  /** Undefined: none is given. */
  readonly issueOperatorToken?: (() => Promise<string>) | undefined;
};

export function operatorTokenRoutes(
  { issueOperatorToken }: OperatorTokenOptions,
): Hono {
  const routes = new Hono();
  if (issueOperatorToken) {
    routes.post("/admin/token", async (c) => {
      if (!isFromThisMachine(c)) {
        return problem(403, "Only who is on this machine is given a token");
      }
      const headers = { "Cache-Control": "no-store" };
      return c.json({ token: await issueOperatorToken() }, 200, headers);
    });
  }
  return routes;
}
