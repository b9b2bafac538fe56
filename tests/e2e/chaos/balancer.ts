/**
 * A load balancer before the processes, as one of TCP is: it asks each whether
 * it is ready, and gives a new connection to the first that is.
 */
import { delay } from "../../support/delay.ts";

const CHECK_EVERY_MS = 200;
const CHECK_WITHIN_MS = 400;
const HOSTNAME = "127.0.0.1";

export class Balancer implements AsyncDisposable {
  readonly #ports: readonly number[];
  readonly #ready: Set<number>;
  readonly #listener = Deno.listen({ hostname: HOSTNAME, port: 0 });
  readonly #open = new Set<Deno.Conn>();
  readonly #running: Promise<unknown>;
  #isClosed = false;

  /** The ports of the processes, those first to which connections are to go. */
  constructor(ports: readonly number[]) {
    this.#ports = ports;
    this.#ready = new Set(ports);
    this.#running = Promise.all([
      this.#run(),
      ...ports.map((port) => this.#check(port)),
    ]);
  }

  get origin(): string {
    const { port } = this.#listener.addr as Deno.NetAddr;
    return `http://${HOSTNAME}:${port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    for (const end of [...this.#open]) this.#drop(end);
    await this.#running;
  }

  async #check(port: number): Promise<void> {
    while (!this.#isClosed) {
      if (await isReady(port)) this.#ready.add(port);
      else this.#ready.delete(port);
      await delay(CHECK_EVERY_MS);
    }
  }

  async #run(): Promise<void> {
    const lines: Promise<void>[] = [];
    for await (const conn of this.#listener) lines.push(this.#carry(conn));
    await Promise.all(lines);
  }

  async #carry(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    const server = await this.#connect();
    if (server === undefined || this.#isClosed) {
      server?.close();
      return this.#drop(client);
    }
    this.#open.add(server);
    await Promise.all([this.#pipe(client, server), this.#pipe(server, client)]);
  }

  async #connect(): Promise<Deno.Conn | undefined> {
    for (const port of this.#ports) {
      if (!this.#ready.has(port)) continue;
      try {
        return await Deno.connect({ hostname: HOSTNAME, port });
      } catch {
        // It has died since it was asked: the next one then.
      }
    }
  }

  async #pipe(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    await from.readable.pipeTo(to.writable).catch(() => {});
    this.#drop(from);
    this.#drop(to);
  }

  #drop(end: Deno.Conn): void {
    if (!this.#open.delete(end)) return;
    try {
      end.close();
    } catch {
      // The stream has closed it already.
    }
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://${HOSTNAME}:${port}/readyz`, {
      signal: AbortSignal.timeout(CHECK_WITHIN_MS),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
