/**
 * A port for media, the same for UDP and TCP.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

const ATTEMPTS = 10;

/** One that was free for both a moment ago. */
export async function freePort(ip: string): Promise<number> {
  let reason: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await freeTcpPort(ip);
    try {
      await assertFreeUdp(ip, port);
      return port;
    } catch (error) {
      reason = error;
    }
  }
  throw new Error(`no port of ${ip} is free for both UDP and TCP`, {
    cause: reason,
  });
}

async function freeTcpPort(ip: string): Promise<number> {
  const server = createServer();
  server.listen(0, ip);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function assertFreeUdp(ip: string, port: number): Promise<void> {
  const socket = createSocket(ip.includes(":") ? "udp6" : "udp4");
  const closed = once(socket, "close");
  try {
    socket.bind(port, ip);
    await once(socket, "listening");
  } finally {
    socket.close();
    await closed;
  }
}
