import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../clock.ts";
import { AnnouncementHub } from "../../rooms/announcements.ts";
import { parseSecret } from "../../webhooks/signature.ts";
import { openWebhookStore } from "../../webhooks/store.ts";
import {
  startWebhooks,
  type Webhooks,
  type WebhooksOptions,
} from "../../webhooks/webhooks.ts";
import { keepingLog } from "../rooms/fakes/log.ts";
import { NEXT_SECRET, SECRET } from "./receiver.ts";

export const secrets = [SECRET, NEXT_SECRET].map((text) => {
  const secret = parseSecret(text);
  assert.ok(secret);
  return secret;
});

/** A hub with webhooks on it, on a store in a folder. */
export class Sender implements AsyncDisposable {
  readonly hub: AnnouncementHub;
  readonly webhooks: Webhooks;
  readonly lines: Record<string, unknown>[];
  readonly #seqs = new Map<string, number>();
  #state: "open" | "closed" = "open";

  private constructor(
    hub: AnnouncementHub,
    webhooks: Webhooks,
    lines: Record<string, unknown>[],
  ) {
    this.hub = hub;
    this.webhooks = webhooks;
    this.lines = lines;
  }

  /** Tries again at once, unless the test says otherwise. */
  static async start(
    folder: string,
    options: Pick<WebhooksOptions, "urls"> & Partial<WebhooksOptions>,
  ): Promise<Sender> {
    const { log, lines } = keepingLog();
    const hub = new AnnouncementHub({ clock: systemClock, log });
    const webhooks = await startWebhooks({
      secrets: secrets.slice(0, 1),
      hub,
      store: openWebhookStore(join(folder, "webhooks.sqlite")),
      clock: systemClock,
      log,
      fetch,
      random: () => 0,
      timeoutMs: 2_000,
      giveUpAfterMs: 60_000,
      maxQueued: 1_000,
      ...options,
    });
    return new Sender(hub, webhooks, lines);
  }

  /** What a room announces next. */
  say(room: string, times = 1, epoch = 1): void {
    for (let i = 0; i < times; i++) {
      const seq = (this.#seqs.get(room) ?? 0) + 1;
      this.#seqs.set(room, seq);
      const announcement = { type: "roomStarted" } as const;
      this.hub.add({ room, epoch, seq, announcement });
    }
  }

  messages(level: string): unknown[] {
    return this.lines.filter((line) => line.level === level)
      .map(({ message }) => message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    await this.webhooks.close();
  }
}
