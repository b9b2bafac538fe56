/**
 * The sidecar as a whole: workers, routers, and the door to them.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { setLogEventListeners, version } from "mediasoup";
import { type Endpoint, serve, type ServeOptions } from "../rpc/serve.ts";
import { announcedAddress } from "./address.ts";
import { createHandlers } from "./handlers/mod.ts";
import { hasTls, type Listen } from "./listen.ts";
import type { Log } from "./log.ts";
import type { PipeOptions } from "./pipes.ts";
import { Routers } from "./routers.ts";
import type { SidecarSettings } from "./settings.ts";
import type { Tracing } from "./tracing.ts";
import { WorkerPool } from "./worker_pool.ts";

export type Sidecar = {
  /** As a link takes them. */
  readonly addresses: readonly string[];
  /** Closes all routers at once, and lets go of all links. */
  close(): Promise<void>;
};

/**
 * `onOrphaned`: no service is there, nor was one within the lease.
 *
 * @throws {Error} when a worker does not start, or an address is taken.
 */
export async function startSidecar(
  settings: SidecarSettings,
  log: Log,
  onOrphaned: () => void = () => {},
  tracing?: Tracing,
): Promise<Sidecar> {
  const tls = await readTls(settings);
  tellMediasoup(log);
  const pool = await startPool(settings, log);
  try {
    const options = { ...tls, ...(tracing && { around: tracing.around }) };
    return await open(settings, pool, log, options, onOrphaned);
  } catch (error) {
    pool.close();
    throw error;
  }
}

async function open(
  settings: SidecarSettings,
  pool: WorkerPool,
  log: Log,
  options: Pick<ServeOptions, "tls" | "around">,
  onOrphaned: () => void,
): Promise<Sidecar> {
  const routers = new Routers(log);
  const transport = {
    initialOutgoingBitrate: settings.SFU_INITIAL_OUTGOING_BITRATE,
    iceConsentTimeoutSeconds: settings.SFU_ICE_CONSENT_SECONDS,
  };
  const checkOrphaned = () => {
    if (server.owners === 0) onOrphaned();
  };
  const server = await serve({
    ...options,
    endpoints: settings.SFU_LISTEN.map(endpointOf),
    secret: settings.SFU_SECRET,
    handlers: createHandlers({
      pool,
      routers,
      transport,
      pipes: pipeOptions(settings),
      consumersPerWorker: settings.SFU_ROOM_CONSUMERS_PER_WORKER,
      log,
    }),
    leaseMs: settings.SFU_LEASE_MS,
    onOwnerExpired: (owner) => {
      routers.expire(owner);
      checkOrphaned();
    },
    log: (reason) => log.warn("link", { reason }),
  });
  const nobodyCame = setTimeout(checkOrphaned, settings.SFU_LEASE_MS);
  return {
    addresses: server.addresses,
    close: async () => {
      clearTimeout(nobodyCame);
      routers.closeAll();
      pool.close();
      await server.close();
    },
  };
}

function pipeOptions(settings: SidecarSettings): PipeOptions {
  const ip = settings.SFU_PIPE_IP;
  return {
    ip,
    announcedAddress: announcedAddress(ip, settings.SFU_PIPE_ANNOUNCED_ADDRESS),
    ports: settings.SFU_PIPE_PORTS,
    srtp: settings.SFU_PIPE_SRTP === "1",
  };
}

function startPool(
  settings: SidecarSettings,
  log: Log,
): Promise<WorkerPool> {
  const ip = settings.SFU_RTC_IP;
  const announced = announcedAddress(ip, settings.SFU_ANNOUNCED_ADDRESS);
  const workerBin = settings.MEDIASOUP_WORKER_BIN;
  const workers = settings.SFU_WORKERS ?? availableParallelism();
  log.info("starting", { mediasoup: version, workers, ip, announced });
  return WorkerPool.start({
    workers,
    ip,
    port: settings.SFU_RTC_PORT,
    logLevel: settings.SFU_LOG_LEVEL === "error" ? "error" : "warn",
    ...(announced !== undefined && { announcedAddress: announced }),
    ...(workerBin !== undefined && { workerBin }),
  }, log);
}

function endpointOf(listen: Listen): Endpoint {
  if (listen.scheme === "unix") return { path: listen.path };
  const { host, port, scheme } = listen;
  const protocol = scheme.startsWith("http") ? "http" : "tcp";
  return { host, port, protocol };
}

async function readTls(
  settings: SidecarSettings,
): Promise<Pick<ServeOptions, "tls">> {
  const { SFU_TLS_KEY: key, SFU_TLS_CERT: cert, SFU_LISTEN } = settings;
  if (key === undefined || cert === undefined || !SFU_LISTEN.some(hasTls)) {
    return {};
  }
  const [keyPem, certPem] = await Promise.all([
    readFile(key, "utf8"),
    readFile(cert, "utf8"),
  ]);
  return { tls: { key: keyPem, cert: certPem } };
}

function tellMediasoup(log: Log): void {
  setLogEventListeners({
    onwarn: (at, reason) => log.warn("mediasoup", { at, reason }),
    onerror: (at, reason, error) =>
      log.error("mediasoup", { at, reason, error: error?.message }),
  });
}
