/** Listens on TCP, and passes on what comes to another place. */
export class Relay implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #connect: () => Promise<Deno.Conn | undefined>;
  readonly #open = new Set<Deno.Conn>();
  readonly #running: Promise<void>;
  #isClosed = false;
  #hold: Hold | undefined;

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

  /** What clients say from now on is under way, until it is released. */
  hold(): void {
    this.#hold ??= new Hold();
  }

  release(): void {
    this.#hold?.end();
    this.#hold = undefined;
  }

  /** All that is under way. */
  get held(): string {
    return this.#hold?.text ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#listener.close();
    this.release();
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
    const asked = this.#pass(client, server);
    const answered = server.readable.pipeTo(client.writable);
    const over = () => {
      this.#drop(client);
      this.#drop(server);
    };
    await Promise.all([asked, answered].map((way) => way.then(over, over)));
  }

  /** Reads on while it holds: who speaks must not find out. */
  async #pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const writer = to.writable.getWriter();
    let written = Promise.resolve();
    for await (const bytes of from.readable) {
      const hold = this.#hold;
      hold?.add(bytes);
      written = written.then(() => hold?.ended)
        .then(() => writer.write(bytes));
      if (hold === undefined) await written;
      else written.catch(() => {});
    }
    await written;
    await writer.close();
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

class Hold {
  readonly ended: Promise<void>;
  readonly end: () => void;
  text = "";

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.end = resolve;
  }

  add(bytes: Uint8Array): void {
    this.text += new TextDecoder("latin1").decode(bytes);
  }
}
