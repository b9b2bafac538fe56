/** A way to Redis that can be cut, and mended. */

export class Proxy {
  readonly path: string;
  /** What does not come through. */
  loses: RegExp | undefined;
  /** How often something did not. */
  lost = 0;
  readonly #target: string;
  readonly #listener: Deno.UnixListener;
  readonly #open = new Set<Deno.UnixConn>();
  readonly #running: Promise<void>;
  #held = Promise.resolve();
  #silent: ReadonlySet<Deno.UnixConn> = new Set();
  #isCut = false;

  constructor(path: string, target: string) {
    this.path = path;
    this.#target = target;
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#running = this.#run();
  }

  /** What is open breaks, and nothing new comes through. */
  cut(): void {
    this.#isCut = true;
    for (const end of [...this.#open]) this.#drop(end);
  }

  /** What is open goes on as if it were, and nothing comes through any more. */
  silence(): void {
    this.#silent = new Set(this.#open);
  }

  /** Nothing comes through until what is returned is called; then all does. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return resolve;
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.#listener.close();
    this.cut();
    await this.#running;
  }

  async #run(): Promise<void> {
    const lines: Promise<void>[] = [];
    for await (const conn of this.#listener) lines.push(this.#carry(conn));
    await Promise.all(lines);
  }

  async #carry(client: Deno.UnixConn): Promise<void> {
    if (this.#isCut) return client.close();
    let server: Deno.UnixConn;
    try {
      server = await Deno.connect({ transport: "unix", path: this.#target });
    } catch {
      return client.close();
    }
    this.#open.add(client).add(server);
    await Promise.all([this.#pipe(client, server), this.#pipe(server, client)]);
  }

  async #pipe(from: Deno.UnixConn, to: Deno.UnixConn): Promise<void> {
    const heard = new TransformStream<Uint8Array, Uint8Array>({
      transform: async (bytes, stream) => {
        await this.#held;
        const isLost = this.#silent.has(from) ||
          this.loses?.test(new TextDecoder().decode(bytes));
        if (isLost) this.lost += 1;
        else stream.enqueue(bytes);
      },
    });
    await from.readable.pipeThrough(heard).pipeTo(to.writable).catch(() => {});
    this.#drop(from);
    this.#drop(to);
  }

  #drop(end: Deno.UnixConn): void {
    if (!this.#open.delete(end)) return;
    try {
      end.close();
    } catch {
      // The stream has closed it already.
    }
  }
}
