/**
 * The service in one process: rooms, tokens and HTTP, put together.
 *
 * @module
 */
import { join } from "node:path";
import { type Access, openAccess } from "./auth/access.ts";
import { OPERATOR } from "./auth/claims.ts";
import { systemClock } from "./clock.ts";
import { adminApi } from "./http/admin/api.ts";
import { createApp } from "./http/app.ts";
import { clientTeller } from "./http/client_address.ts";
import { isLoopback } from "./http/loopback.ts";
import { peerLimit } from "./http/peer_limit.ts";
import { metricsRoutes } from "./http/routes/metrics.ts";
import type { IssueToken } from "./http/routes/rooms.ts";
import type { Server, WebSocketAdapter } from "./http/websocket/adapter.ts";
import { nodeWebSockets } from "./http/websocket/node.ts";
import { iceServers } from "./ice/servers.ts";
import type { Log } from "./log.ts";
import { AnnouncementHub } from "./rooms/announcements.ts";
import { Room } from "./rooms/core/room.ts";
import { EmbeddedHost, type EmbeddedOptions } from "./rooms/hosts/embedded.ts";
import { connectRedis } from "./rooms/hosts/redis/connect.ts";
import { RedisHost } from "./rooms/hosts/redis/host.ts";
import type { IceServersFor } from "./rooms/ice_servers.ts";
import { createLimits } from "./rooms/limits/limits.ts";
import type { SnapshotStore } from "./rooms/snapshots.ts";
import { isDevelopment } from "./settings/access.ts";
import { turnOf } from "./settings/ice.ts";
import { limitsOf } from "./settings/limits.ts";
import { policyOf } from "./settings/policy.ts";
import { redisOf } from "./settings/redis.ts";
import type { Settings } from "./settings/settings.ts";
import { webhooksOf } from "./settings/webhooks.ts";
import type { SfuLink } from "./sfu/link.ts";
import { createMetrics, type Metrics } from "./telemetry/metrics/metrics.ts";
import type { Tracing } from "./telemetry/tracing/tracing.ts";
import { openWebhooks } from "./webhooks/open.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

const ROOT = import.meta.dirname ?? ".";
const SITE = {
  pages: {
    "/": join(ROOT, "web", "room", "index.html"),
    "/admin": join(ROOT, "web", "admin", "index.html"),
    "/docs": join(ROOT, "web", "docs", "index.html"),
  },
  assets: [join(ROOT, "dist", "web"), join(ROOT, "dist", "client")],
};
const STRAY_PROXY =
  "a proxy that is not among TRUSTED_PROXIES is among UNLIMITED_ADDRESSES: its clients are not limited";
/** Of one address beyond its limit, so that there it can be told so. */
const SPARE_CONNECTIONS = 100;
/** Without keys there is nobody to keep out. */
export const DEVELOPMENT =
  "DEVELOPMENT MODE: the service gives tokens to anybody on this machine; set TOKEN_KEYS or TOKEN_JWKS_URL to end it";
/** Seconds that a token of the development mode holds. */
const DEVELOPMENT_TOKEN_S = 3_600;

export type ServiceOptions = {
  readonly settings: Settings;
  readonly link: SfuLink;
  readonly log: Log;
  readonly tracing?: Tracing | undefined;
  /** Where rooms are kept; missing: they end with the process. */
  readonly snapshots?: SnapshotStore | undefined;
};

export type Service = AsyncDisposable & {
  /** Where a browser on this machine finds the page. */
  readonly url: string;
  readonly port: number;
  /** Resolves with how many rooms are kept for the next process. */
  close(): Promise<number>;
};

/** What the rooms and HTTP have in common. */
type Parts = ServiceOptions & {
  readonly hub: AnnouncementHub;
  readonly webhooks: Webhooks | undefined;
  readonly metrics: Metrics;
  readonly access: Access;
  readonly iceServersFor: IceServersFor;
};

type Rooms = {
  readonly host: EmbeddedHost | RedisHost;
  /** Of all processes, where there are several. */
  readonly announcements: AnnouncementHub;
};

/** @throws {Error} with `code` EADDRINUSE and the like. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { settings, log } = options;
  const parts = await openParts(options);
  const rooms = openRooms(parts);
  const webSockets = openWebSockets(parts);
  const app = openApp(parts, rooms, webSockets);
  await rooms.host.restore();
  const server = await webSockets.listen(app.fetch, {
    hostname: settings.HOST,
    port: settings.PORT,
  });
  const { port } = server;
  log.info("listening", { host: settings.HOST, port });
  let ending: Promise<number> | undefined;
  const close = () => ending ??= end(parts, rooms, server);
  return {
    url: `http://${nameOf(settings.HOST)}:${port}`,
    port,
    close,
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

async function openParts(options: ServiceOptions): Promise<Parts> {
  const { settings, link, log } = options;
  const hub = new AnnouncementHub({ clock: systemClock, log });
  const webhooks = await openWebhooks(webhooksOf(settings), hub, log);
  const metrics = createMetrics({ link, hub, webhooks, clock: systemClock });
  const access = accessOf(settings, log);
  const iceServersFor = iceServers({
    fixed: settings.ICE_SERVERS,
    turn: turnOf(settings),
  });
  return { ...options, hub, webhooks, metrics, access, iceServersFor };
}

function openRooms(parts: Parts): Rooms {
  const { settings, log, hub, metrics, snapshots } = parts;
  const options = roomOptions(parts);
  const redis = redisOf(settings);
  if (redis === undefined) {
    const host = new EmbeddedHost({
      ...options,
      ...(snapshots && { snapshots }),
    });
    return { host, announcements: hub };
  }
  const cluster = new AnnouncementHub({
    clock: systemClock,
    log,
    isShared: true,
  });
  const host = new RedisHost({
    ...options,
    ...redis,
    cluster,
    onGivenUp: metrics.forget,
    connect: metrics.redis(connectRedis),
  });
  return { host, announcements: cluster };
}

const roomOptions = (
  { settings, log, tracing, hub, metrics, access, iceServersFor }: Parts,
): EmbeddedOptions => ({
  link: tracing?.link(metrics.link) ?? metrics.link,
  log,
  clock: systemClock,
  authenticate: access.authenticate,
  policy: policyOf(settings),
  createCore: (room, now) => metrics.core(room, new Room(room, now)),
  restoreCore: (state) => metrics.core(state, Room.restore(state)),
  onAnnouncement: (announcement) => hub.add(announcement),
  ...(tracing && { traceStep: tracing.step }),
  iceServersFor,
  joinTimeoutMs: settings.JOIN_TIMEOUT_MS,
  maxRooms: settings.MAX_ROOMS,
  maxWaiting: settings.MAX_UNJOINED,
  maxBacklogBytes: settings.MAX_BACKLOG_BYTES,
  limits: createLimits({ clock: systemClock, ...limitsOf(settings) }),
});

function openWebSockets({ settings, metrics }: Parts): WebSocketAdapter {
  const isProxy = isProxyOf(settings);
  const isUnlimited = settings.UNLIMITED_ADDRESSES;
  return metrics.webSockets(nodeWebSockets({
    maxFrameBytes: settings.MAX_FRAME_BYTES,
    admit: peerLimit({
      max: settings.MAX_CONNECTIONS_PER_ADDRESS + SPARE_CONNECTIONS,
      isExempt: (address) => isProxy(address) || isUnlimited(address),
    }),
  }));
}

function openApp(parts: Parts, rooms: Rooms, webSockets: WebSocketAdapter) {
  const { settings, link, log, tracing, metrics, access } = parts;
  const { host } = rooms;
  return createApp({
    admin: adminOf(parts, rooms),
    webSockets: tracing?.webSockets(webSockets) ?? webSockets,
    log,
    clientOf: clientTeller({
      peerOf: webSockets.peerOf,
      isProxy: isProxyOf(settings),
      header: settings.PROXY_HEADER,
      isUnlimited: settings.UNLIMITED_ADDRESSES,
      onStrayProxy: () => log.warn(STRAY_PROXY),
    }),
    accept: (room, socket, site) => host.accept(room, socket, site),
    leave: (room, sessionId, secret) => host.leave(room, sessionId, secret),
    allowedOrigins: settings.ALLOWED_ORIGINS ?? [],
    unreadyReason: () => unreadyReason(host, link),
    metrics: metricsRoutes({
      scrape: metrics.scrape,
      peerOf: webSockets.peerOf,
      readToken: access.read,
    }),
    ...SITE,
    ...(isDevelopment(settings) && developmentTokens(access)),
  });
}

const adminOf = (
  { log, webhooks, metrics, access, iceServersFor }: Parts,
  { host, announcements }: Rooms,
) =>
  adminApi({
    rooms: host,
    announcements,
    link: metrics.link,
    readToken: access.read,
    issueToken: access.issue,
    iceServersFor,
    webhooks,
    clock: systemClock,
    log,
  });

async function end(
  { webhooks, metrics, access }: Parts,
  { host }: Rooms,
  server: Server,
): Promise<number> {
  const kept = await host.close();
  await webhooks?.close();
  await server.close();
  metrics[Symbol.dispose]();
  access[Symbol.dispose]();
  return kept;
}

const isProxyOf = ({ TRUSTED_PROXIES = () => false }: Settings) =>
  TRUSTED_PROXIES;

function accessOf(settings: Settings, log: Log): Access {
  if (isDevelopment(settings)) log.warn(DEVELOPMENT);
  return openAccess({
    keys: settings.TOKEN_KEYS,
    jwksUrl: settings.TOKEN_JWKS_URL,
    issuer: settings.TOKEN_ISSUER,
    audience: settings.TOKEN_AUDIENCE,
    log,
  });
}

/** Undefined: calls are possible. */
function unreadyReason(
  { state }: Pick<EmbeddedHost, "state">,
  link: Pick<SfuLink, "state">,
): string | undefined {
  if (state === "closing") return "the service is shutting down";
  if (state === "draining") return "the service is draining";
  return link.state === "up" ? undefined : `the sidecar is ${link.state}`;
}

const developmentTokens = (access: Access) => ({
  issueToken: ((room, { identity, name }) =>
    access.issue(
      { sub: identity, room, name },
      DEVELOPMENT_TOKEN_S,
    )) satisfies IssueToken,
  issueOperatorToken: () => access.issue(OPERATOR, DEVELOPMENT_TOKEN_S),
});

const isEverywhere = (host: string) => host === "0.0.0.0" || host === "::";

/** Browsers give the camera to `localhost`, whatever the address is called. */
function nameOf(host: string): string {
  if (isLoopback(host) || isEverywhere(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
