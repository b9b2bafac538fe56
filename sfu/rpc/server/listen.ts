/**
 * Endpoints of Node's servers.
 *
 * @module
 */
import { chmod, unlink } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer as createTcpServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** Port 0 takes a free one; `http` serves `POST /rpc` instead of a stream. */
export type Endpoint =
  | {
    readonly host: string;
    readonly port: number;
    readonly protocol?: "tcp" | "http";
  }
  /** A Unix socket. */
  | { readonly path: string };

/** In PEM. */
export type Tls = { readonly key: string; readonly cert: string };

export type Doors = {
  readonly socket: (socket: Socket) => void;
  readonly request: (
    request: IncomingMessage,
    response: ServerResponse,
  ) => void;
  /** A connection could not be taken. */
  readonly problem: (error: Error) => void;
};

export type Listening = {
  /** A URL. */
  readonly address: string;
  /** Takes nobody in any more; resolves when all have left or were put out. */
  close(): Promise<void>;
};

const MAX_SOCKETS = 4_096;
/** Milliseconds until open connections are cut. */
const GRACE_MS = 1_000;
/** Milliseconds; longer than links stay silent, so that none posts into a close. */
const KEEP_ALIVE_MS = 75_000;

/** All of them, or none. */
export async function listenAll(
  endpoints: readonly Endpoint[],
  tls: Tls | undefined,
  doors: Doors,
): Promise<Listening[]> {
  const attempts = await Promise.allSettled(
    endpoints.map((endpoint) => listen(endpoint, tls, doors)),
  );
  const listening: Listening[] = [];
  for (const attempt of attempts) {
    if (attempt.status === "fulfilled") listening.push(attempt.value);
  }
  const failed = attempts.find((attempt) => attempt.status === "rejected");
  if (failed === undefined) return listening;
  await Promise.all(listening.map((one) => one.close()));
  throw failed.reason;
}

function listen(
  endpoint: Endpoint,
  tls: Tls | undefined,
  doors: Doors,
): Promise<Listening> {
  if ("path" in endpoint) return listenUnix(endpoint.path, doors);
  return endpoint.protocol === "http"
    ? listenHttp(endpoint.host, endpoint.port, tls, doors)
    : listenTcp(endpoint.host, endpoint.port, tls, doors);
}

async function listenUnix(path: string, doors: Doors): Promise<Listening> {
  const server = createTcpServer(doors.socket);
  try {
    await bound(server, { path }, doors);
  } catch (error) {
    if (!isInUse(error) || await isAnswered(path)) throw error;
    await unlink(path);
    await bound(server, { path }, doors);
  }
  await chmod(path, 0o600);
  return socketServer(server, `unix://${path}`);
}

async function listenTcp(
  host: string,
  port: number,
  tls: Tls | undefined,
  doors: Doors,
): Promise<Listening> {
  const server = tls === undefined
    ? createTcpServer(doors.socket)
    : createTlsServer(tls, doors.socket);
  await bound(server, { host, port }, doors);
  const scheme = tls === undefined ? "tcp" : "tls";
  return socketServer(server, `${scheme}://${authority(server)}`);
}

async function listenHttp(
  host: string,
  port: number,
  tls: Tls | undefined,
  doors: Doors,
): Promise<Listening> {
  const server = tls === undefined
    ? createHttpServer(doors.request)
    : createHttpsServer(tls, doors.request);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await bound(server, { host, port }, doors);
  const scheme = tls === undefined ? "http" : "https";
  return {
    address: `${scheme}://${authority(server)}`,
    close: () => closeHttp(server),
  };
}

function bound(
  server: Server,
  where: { path: string } | { host: string; port: number },
  { problem }: Doors,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      server.on("error", problem).on("tlsClientError", problem);
      resolve();
    });
  });
}

function authority(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") return "";
  const host = address.family === "IPv6"
    ? `[${address.address}]`
    : address.address;
  return `${host}:${address.port}`;
}

function socketServer(server: Server, address: string): Listening {
  server.maxConnections = MAX_SOCKETS;
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return { address, close: () => closed(server, cut) };
}

function closeHttp(server: HttpServer): Promise<void> {
  return closed(server, () => server.closeAllConnections());
}

function closed(server: Server, cut: () => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(cut, GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    error.code === "EADDRINUSE";
}

/** Whether somebody listens there; else the file was left by a crash. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
