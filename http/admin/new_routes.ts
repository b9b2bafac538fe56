import { OpenAPIHono } from "@hono/zod-openapi";
import { describe } from "../../protocol/mod.ts";
import type { AdminEnv } from "./operator.ts";
import { Refusal } from "./refusal.ts";

const places = {
  json: "",
  form: "",
  query: "in the query, ",
  param: "in the address, ",
  header: "in the header, ",
  cookie: "in the cookie, ",
} as const;

/** Routes that check what they are asked by their schemas, and say what is wrong. */
export const newRoutes = (): OpenAPIHono<AdminEnv> =>
  new OpenAPIHono<AdminEnv>({
    defaultHook(result) {
      if (result.success) return;
      const what = `${places[result.target]}${describe(result.error)}`;
      throw new Refusal(400, `The request does not fit: ${what}`, {
        reason: "invalid",
      });
    },
  });
