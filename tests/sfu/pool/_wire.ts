/**
 * What two sidecars send each other, on a wire that a test can cut: each listens
 * on one address, and is told that the other is at another one.
 *
 * @module
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { freePort } from "../../../sfu/sidecar/ports.ts";
import { IP } from "../sidecar/_worker.ts";

/** Where each thinks that the other is. */
const ANNOUNCED = "127.0.0.2";

export class Wire implements Disposable {
  /** For the first sidecar, and for the second. */
  readonly settings: readonly [
    Record<string, string>,
    Record<string, string>,
  ];
  isCut = false;
  readonly #seen: Buffer[] = [];
  readonly #sockets: readonly Socket[];

  private constructor(
    ports: readonly [number, number],
    sockets: readonly [Socket, Socket],
  ) {
    this.settings = [settingsOf(ports[0]), settingsOf(ports[1])];
    this.#sockets = sockets;
    const pass = (from: Socket, by: Socket, port: number) =>
      from.on("message", (data) => {
        if (this.isCut) return;
        this.#seen.push(data);
        by.send(data, port, IP);
      });
    pass(sockets[0], sockets[1], ports[0]);
    pass(sockets[1], sockets[0], ports[1]);
  }

  static async lay(): Promise<Wire> {
    const ports = [await freePort(IP), await freePort(IP)] as const;
    const [one, other] = await Promise.all(ports.map(boundTo));
    if (!one || !other) throw new Error("there are two ports");
    return new Wire(ports, [one, other]);
  }

  /** Whether anybody on the way could read this. */
  hasShown(text: string): boolean {
    return this.#seen.some((data) => data.includes(text));
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.close();
  }
}

const settingsOf = (port: number) => ({
  SFU_PIPE_ANNOUNCED_ADDRESS: ANNOUNCED,
  SFU_PIPE_PORTS: `${port}-${port}`,
});

async function boundTo(port: number): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(port, ANNOUNCED);
  await once(socket, "listening");
  return socket;
}
