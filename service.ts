/**
 * The service in one process: rooms, tokens and HTTP, put together.
 *
 * @module
 */
import { join } from "node:path";
import { signToken, tokenAuthenticator } from "./auth/tokens.ts";
import { createApp } from "./http/app.ts";
import type { IssueToken } from "./http/routes/rooms.ts";
import { nodeWebSockets } from "./http/websocket/node.ts";
import { iceServers } from "./ice/servers.ts";
import type { Log } from "./log.ts";
import { systemClock } from "./rooms/clock.ts";
import { EmbeddedHost } from "./rooms/hosts/embedded.ts";
import { Room } from "./rooms/core/room.ts";
import { policyOf, type Settings, turnOf } from "./settings.ts";
import type { SfuLink } from "./sfu/link.ts";

const ROOT = import.meta.dirname ?? ".";
/** Seconds that a token of the development mode holds. */
const GUEST_TOKEN_S = 3_600;

export type ServiceOptions = {
  readonly settings: Settings;
  readonly link: SfuLink;
  readonly log: Log;
};

export type Service = AsyncDisposable & {
  /** Where a browser on this machine finds the page. */
  readonly url: string;
  readonly port: number;
};

/** @throws {Error} with `code` EADDRINUSE and the like. */
export async function startService(
  { settings, link, log }: ServiceOptions,
): Promise<Service> {
  const { secrets, issueToken } = accessOf(settings, log);
  const policy = policyOf(settings);
  const host = new EmbeddedHost({
    link,
    log,
    clock: systemClock,
    authenticate: tokenAuthenticator(secrets),
    createCore: (name, epoch, now) => new Room({ name, epoch, policy }, now),
    iceServersFor: iceServers({
      fixed: settings.ICE_SERVERS,
      turn: turnOf(settings),
    }),
    joinTimeoutMs: settings.JOIN_TIMEOUT_MS,
    maxRooms: settings.MAX_ROOMS,
    maxWaiting: settings.MAX_UNJOINED,
    maxBacklogBytes: settings.MAX_BACKLOG_BYTES,
  });
  const webSockets = nodeWebSockets({
    maxFrameBytes: settings.MAX_FRAME_BYTES,
  });
  const app = createApp({
    webSockets,
    log,
    accept: (room, socket) => host.accept(room, socket),
    leave: (room, sessionId, secret) => host.leave(room, sessionId, secret),
    allowedOrigins: settings.ALLOWED_ORIGINS ?? [],
    unreadyReason: () => {
      if (host.state === "closing") return "the service is shutting down";
      return link.state === "up" ? undefined : `the sidecar is ${link.state}`;
    },
    pages: { "/": join(ROOT, "web", "room", "index.html") },
    assets: [join(ROOT, "dist", "web"), join(ROOT, "dist", "client")],
    ...(issueToken && { issueToken }),
  });
  const server = await webSockets.listen(app.fetch, {
    hostname: settings.HOST,
    port: settings.PORT,
  });
  log.info("listening", { host: settings.HOST, port: server.port });
  return {
    url: `http://${nameOf(settings.HOST)}:${server.port}`,
    port: server.port,
    async [Symbol.asyncDispose]() {
      await host.close();
      await server.close();
    },
  };
}

type Access = {
  readonly secrets: readonly Uint8Array<ArrayBuffer>[];
  readonly issueToken?: IssueToken;
};

/** Without a secret there is nobody to keep out. */
function accessOf({ TOKEN_SECRET, HOST }: Settings, log: Log): Access {
  if (TOKEN_SECRET !== undefined) return { secrets: TOKEN_SECRET };
  log.warn(
    "DEVELOPMENT MODE: the service gives tokens to anybody; set TOKEN_SECRET to end it",
  );
  if (!isLoopback(HOST)) {
    log.warn("DEVELOPMENT MODE, and other machines can reach it", {
      host: HOST,
    });
  }
  const secret = crypto.getRandomValues(new Uint8Array(32));
  return {
    secrets: [secret],
    issueToken: (room, { identity, name }) =>
      signToken({ sub: identity, room, name }, secret, GUEST_TOKEN_S),
  };
}

const isLoopback = (host: string) =>
  host === "localhost" || host === "::1" || host.startsWith("127.");
const isEverywhere = (host: string) => host === "0.0.0.0" || host === "::";

/** Browsers give the camera to `localhost`, whatever the address is called. */
function nameOf(host: string): string {
  if (isLoopback(host) || isEverywhere(host)) return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}
