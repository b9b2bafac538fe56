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

/** The folder or the store in it cannot be used. */
export class WebhooksNotKept extends Error {
  override name = "WebhooksNotKept";
}

/** @throws {WebhooksNotKept} */
export async function openWebhooks(
  settings: WebhookSettings | undefined,
  hub: AnnouncementHub,
  log: Log,
): Promise<Webhooks | undefined> {
  if (settings === undefined) return undefined;
  return await startWebhooks({
    ...settings,
    hub,
    log,
    store: await openStore(settings.folder, log),
    clock: systemClock,
    fetch,
    random: Math.random,
  });
}

async function openStore(folder: string, log: Log) {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, "webhooks.sqlite");
    return await openOrSetAside(file, openWebhookStore, log);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WebhooksNotKept(reason, { cause: error });
  }
}
