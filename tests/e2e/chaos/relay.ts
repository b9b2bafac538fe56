/** Listens on TCP, and passes on what comes to another place. */
export class Relay implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #connect: () => Promise<Deno.Conn | undefined>;
  readonly #open = new Set<Deno.Conn>();
  readonly #running: Promise<void>;
  #isClosed = false;

  /** `connect`: to that place; undefined, or a failure: there is none. */
  constructor(
    hostname: string,
    connect: () => Promise<Deno.Conn | undefined>,
  ) {
    this.#connect = connect;
    this.#listener = Deno.listen({ hostname, port: 0 });
    this.#running = this.#run();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    for (const end of [...this.#open]) this.#drop(end);
    await this.#running;
  }

  async #run(): Promise<void> {
    const lines: Promise<void>[] = [];
    for await (const conn of this.#listener) lines.push(this.#carry(conn));
    await Promise.all(lines);
  }

  async #carry(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    const server = await this.#connect().catch(() => undefined);
    if (server === undefined || this.#isClosed) {
      server?.close();
      return this.#drop(client);
    }
    this.#open.add(server);
    await Promise.all([this.#pipe(client, server), this.#pipe(server, client)]);
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
