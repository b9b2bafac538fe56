/**
 * A Node program that proves a mediasoup worker by a real DTLS handshake:
 * `node verify.ts <worker binary>`. Exit code 0 says that it is good; else
 * standard error says why not.
 *
 * A worker that starts and answers can still die at its first DTLS record (see
 * `bio_ktls_fix.c` in the overlay), so nothing less counts.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import process from "node:process";
import { createWorker, type types } from "mediasoup";
import { bindingRequest, isBindingSuccess, isStun } from "./stun.ts";

const DEADLINE_MS = 10_000;
const START_DEADLINE_MS = 5_000;
/** Requests are sent again until they are answered: UDP may lose them. */
const RETRY_MS = 250;
const HOST = "127.0.0.1";
/** How a worker exits that is run bare, without `MEDIASOUP_VERSION`. */
const EXIT_BARE = 41;

type Peer = { readonly socket: Socket; readonly port: number };

async function main(workerBin: string): Promise<void> {
  assertRuns(workerBin);
  const worker = await createWorker({ workerBin, logLevel: "error" });
  const died = new Promise<never>((_, reject) => {
    worker.on("died", ({ message }) => {
      reject(new Error(`the worker died in the DTLS handshake ${message}`));
    });
  });
  try {
    await Promise.race([handshake(worker), died]);
  } finally {
    worker.close();
  }
}

/** Says more than a failed handshake does, such as which library is missing. */
function assertRuns(workerBin: string): void {
  const { error, status, signal, stderr } = spawnSync(workerBin, [], {
    env: {},
    encoding: "utf8",
    timeout: START_DEADLINE_MS,
    killSignal: "SIGKILL",
  });
  if (error) throw new Error(`it does not run: ${error.message}`);
  if (status !== EXIT_BARE) {
    const said = stderr.trim();
    throw new Error(
      `it is not a mediasoup worker of this system (run bare, it ended with ${
        signal ?? `exit code ${status}`
      }, not ${EXIT_BARE})${said && `: ${said}`}`,
    );
  }
}

function deadline(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new Error(`no DTLS handshake within ${DEADLINE_MS} ms`)),
      DEADLINE_MS,
    );
  });
}

/** Two transports of the worker shake hands with each other. */
async function handshake(worker: types.Worker): Promise<void> {
  const router = await worker.createRouter();
  const [client, server] = await Promise.all([
    createTransport(router),
    createTransport(router),
  ]);
  const connected = [client, server].map(dtlsConnected);
  await Promise.all([
    client.connect({ dtlsParameters: parametersOf(server, "server") }),
    server.connect({ dtlsParameters: parametersOf(client, "client") }),
  ]);
  const [a, b] = await Promise.all([peerOf(client), peerOf(server)]);
  forward(a, b);
  forward(b, a);
  await Promise.all([nominate(a, client), nominate(b, server)]);
  await Promise.all(connected);
}

function createTransport(router: types.Router): Promise<types.WebRtcTransport> {
  return router.createWebRtcTransport({
    listenInfos: [{ protocol: "udp", ip: HOST }],
  });
}

/** As the other side is told: the role is the one of the sender. */
function parametersOf(
  transport: types.WebRtcTransport,
  role: "client" | "server",
): types.DtlsParameters {
  return { role, fingerprints: transport.dtlsParameters.fingerprints };
}

function dtlsConnected(transport: types.WebRtcTransport): Promise<void> {
  return new Promise((resolve, reject) => {
    transport.on("dtlsstatechange", (state) => {
      if (state === "connected") resolve();
      if (state === "failed" || state === "closed") {
        reject(new Error(`DTLS ${state}`));
      }
    });
  });
}

async function peerOf(transport: types.WebRtcTransport): Promise<Peer> {
  const [candidate] = transport.iceCandidates;
  if (!candidate) throw new Error("the transport has no ICE candidate");
  const socket = createSocket("udp4");
  socket.bind(0, HOST);
  await once(socket, "listening");
  return { socket, port: candidate.port };
}

function forward(from: Peer, to: Peer): void {
  from.socket.on("message", (packet) => {
    if (!isStun(packet)) to.socket.send(packet, to.port, HOST);
  });
}

/** Has the transport accept this socket as its ICE peer. */
async function nominate(
  { socket, port }: Peer,
  transport: types.WebRtcTransport,
): Promise<void> {
  const request = () =>
    socket.send(bindingRequest(transport.iceParameters), port, HOST);
  const retry = setInterval(request, RETRY_MS);
  const accepted = new Promise<void>((resolve) => {
    socket.on("message", (packet) => {
      if (isBindingSuccess(packet)) resolve();
    });
  });
  request();
  await accepted;
  clearInterval(retry);
}

const [workerBin] = process.argv.slice(2);
try {
  if (!workerBin) throw new Error("usage: node verify.ts <worker binary>");
  await Promise.race([main(workerBin), deadline()]);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
