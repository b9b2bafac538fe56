/**
 * Webhooks that were given up.
 *
 * @module
 */
import { createRoute } from "@hono/zod-openapi";
import { newRoutes } from "../new_routes.ts";
import { checkRoom, mayManage } from "../operator.ts";
import type { AdminOptions } from "../options.ts";
import { page, pageOf, PageQuery } from "../paging.ts";
import { Refusal } from "../refusal.ts";
import {
  nothing,
  problems,
  SECURITY,
  WriteHeaders,
  written,
} from "../schemas/common.ts";
import { DeadLetter, DeadLetterPath } from "../schemas/webhooks.ts";

const tags = ["webhooks"];

const listDeadLetters = createRoute({
  method: "get",
  path: "/webhooks/dead-letters",
  operationId: "listDeadLetters",
  summary: "The webhooks that were given up, the oldest first",
  description: "Those of the rooms that the access token grants.",
  tags,
  security: SECURITY,
  request: { query: PageQuery },
  responses: {
    200: pageOf(DeadLetter, "DeadLetterPage"),
    ...problems(),
  },
});

const redeliver = createRoute({
  method: "post",
  path: "/webhooks/dead-letters/{number}/redeliver",
  operationId: "redeliver",
  summary: "Sends one again, after all that waits",
  tags,
  security: SECURITY,
  request: { params: DeadLetterPath, headers: WriteHeaders },
  responses: { 204: nothing, ...written },
});

export function webhookRoutes({ webhooks }: AdminOptions) {
  return newRoutes()
    .openapi(listDeadLetters, (c) => {
      const operator = c.get("operator");
      const letters = webhooks?.listDeadLetters() ?? [];
      const own = letters.filter(({ room }) => mayManage(operator, room));
      return c.json(page(own, keyOf, c.req.valid("query")), 200);
    })
    .openapi(redeliver, (c) => {
      const number = Number(c.req.valid("param").number);
      const letter = webhooks?.listDeadLetters()
        .find((one) => one.number === number);
      if (letter) checkRoom(c.get("operator"), letter.room);
      if (letter && webhooks?.redeliver(number)) return c.body(null, 204);
      throw letter ? notTaken() : notFound();
    });
}

const keyOf = ({ number }: DeadLetter) => String(number).padStart(16, "0");

const notFound = () =>
  new Refusal(404, "There is no such dead letter", { reason: "noSuchLetter" });

const notTaken = () =>
  new Refusal(409, "Its receiver is gone, or too much waits already", {
    reason: "notTaken",
  });
