/**
 * All that Prometheus can ask of the service. Each part of the service is given
 * a twin that does the same and counts.
 *
 * @module
 */
import { Registry } from "prom-client";
import type { WebSocketAdapter } from "../../http/websocket/adapter.ts";
import type { AnnouncementHub } from "../../rooms/announcements.ts";
import type { Core } from "../../rooms/core/core.ts";
import type { Clock } from "../../clock.ts";
import type { Connect } from "../../rooms/hosts/redis/connect.ts";
import type { SfuLink } from "../../sfu/link.ts";
import type { Webhooks } from "../../webhooks/webhooks.ts";
import { meteredLink } from "./link.ts";
import { processMetrics } from "./process.ts";
import { meteredConnect } from "./redis.ts";
import { type Measurable, type RoomId, RoomMetrics } from "./rooms.ts";
import { meteredWebSockets } from "./web_sockets.ts";
import { webhookMetrics } from "./webhooks.ts";
import { workerMetrics } from "./workers.ts";

export type MetricsOptions = {
  readonly link: SfuLink;
  readonly hub: Pick<AnnouncementHub, "subscribe">;
  readonly webhooks?: Webhooks | undefined;
  readonly clock: Clock;
};

export interface Metrics extends Disposable {
  readonly link: SfuLink;
  core(room: RoomId, core: Measurable): Core;
  /** The room goes on in another process. */
  forget(room: RoomId): void;
  webSockets(adapter: WebSocketAdapter): WebSocketAdapter;
  redis(connect: Connect): Connect;
  /** As Prometheus reads it, with the media type; it takes 300 ms at most for the sidecar. */
  scrape(): Promise<{ readonly text: string; readonly contentType: string }>;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const { link, hub, webhooks, clock } = options;
  const registry = new Registry();
  const rooms = new RoomMetrics(registry);
  const askWorkers = workerMetrics(registry, link, clock);
  const unsubscribe = hub.subscribe((announced) => rooms.hear(announced));
  const ofProcess = processMetrics(registry);
  webhookMetrics(registry, webhooks);
  return {
    link: meteredLink(link, registry, clock),
    core: (room, core) => rooms.watch(room, core),
    forget: (room) => rooms.forget(room),
    webSockets: (adapter) => meteredWebSockets(adapter, registry),
    redis: (connect) => meteredConnect(connect, registry),
    async scrape() {
      await askWorkers();
      rooms.measure();
      const text = await registry.metrics();
      return { text, contentType: registry.contentType };
    },
    [Symbol.dispose]() {
      unsubscribe();
      ofProcess[Symbol.dispose]();
    },
  };
}
