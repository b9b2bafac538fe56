/**
 * Webhooks as the service has them: on the system's clock, with a store in the
 * folder for what must outlive it.
 *
 * @module
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { openOrSetAside } from "../database.ts";
import type { Log } from "../log.ts";
import type { AnnouncementHub } from "../rooms/announcements.ts";
import { openWebhookStore } from "./store.ts";
import {
  startWebhooks,
  type Webhooks,
  type WebhooksOptions,
} from "./webhooks.ts";

export type WebhookSettings =
  & Pick<
    WebhooksOptions,
    "urls" | "secrets" | "timeoutMs" | "giveUpAfterMs" | "maxQueued"
  >
  & { readonly folder: string };

/** @throws {Error} when the folder or the store in it cannot be used. */
export async function openWebhooks(
  settings: WebhookSettings | undefined,
  hub: AnnouncementHub,
  log: Log,
): Promise<Webhooks | undefined> {
  if (settings === undefined) return undefined;
  await mkdir(settings.folder, { recursive: true, mode: 0o700 });
  const file = join(settings.folder, "webhooks.sqlite");
  return await startWebhooks({
    ...settings,
    hub,
    log,
    store: await openOrSetAside(file, openWebhookStore, log),
    clock: systemClock,
    fetch,
    random: Math.random,
  });
}
