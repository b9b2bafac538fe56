/**
 * Who is told by webhooks, and for how long they may wait.
 *
 * @module
 */
import { z } from "zod";
import type { WebhookSettings } from "../webhooks/open.ts";
import { parseSecret } from "../webhooks/signature.ts";
import { wholeNumber } from "./env.ts";
import { list } from "./list.ts";

function isWebhookUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") return false;
  return url.username === "" && url.password === "" && url.hash === "";
}

export const webhookSettings = z.object({
  WEBHOOK_URLS: list(
    "http:// and https:// addresses without credentials in them",
    (text) => isWebhookUrl(text) ? text : undefined,
  ).optional()
    .describe("each is told what happens in the rooms; none if not set"),
  WEBHOOK_SECRETS: list("whsec_ with 24 to 64 bytes of base64", parseSecret)
    .optional()
    .describe("what webhooks are signed with: each of them signs"),
  WEBHOOK_TIMEOUT_MS: wholeNumber(100, 60_000).default(5_000)
    .describe("milliseconds that a receiver has to answer"),
  WEBHOOK_GIVE_UP_MS: wholeNumber(0, 604_800_000).default(21_600_000)
    .describe(
      "milliseconds after which a webhook that has not arrived becomes a dead letter",
    ),
  WEBHOOK_MAX_QUEUED: wholeNumber(1, 1_000_000).default(10_000)
    .describe("webhooks that wait; beyond them new ones are dropped"),
});

/** Undefined: nobody is told by webhooks. */
export function webhooksOf(
  settings: z.output<typeof webhookSettings> & {
    readonly STATE_FOLDER: string;
  },
): WebhookSettings | undefined {
  const { WEBHOOK_URLS, WEBHOOK_SECRETS } = settings;
  if (WEBHOOK_URLS === undefined) return undefined;
  return {
    urls: WEBHOOK_URLS,
    secrets: WEBHOOK_SECRETS ?? [],
    timeoutMs: settings.WEBHOOK_TIMEOUT_MS,
    giveUpAfterMs: settings.WEBHOOK_GIVE_UP_MS,
    maxQueued: settings.WEBHOOK_MAX_QUEUED,
    folder: settings.STATE_FOLDER,
  };
}
