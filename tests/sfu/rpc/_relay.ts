type Endpoint = Deno.TcpConn | Deno.UnixConn;
type Pair = readonly [near: Endpoint, far: Endpoint];

/** Stands between a link and a sidecar, and breaks what it is told to break. */
export class Relay implements AsyncDisposable {
  /** To be dialled instead of the target. */
  readonly url: string;
  #isRefusing = false;
  #target: URL;
  readonly #listener: Deno.Listener<Endpoint>;
  readonly #pairs = new Set<Pair>();
  readonly #running: Promise<unknown>[] = [];
  #frozen: PromiseWithResolvers<void> | undefined;

  private constructor(
    target: URL,
    url: string,
    listener: Deno.Listener<Endpoint>,
  ) {
    this.#target = target;
    this.url = url;
    this.#listener = listener;
    this.#running.push(this.#accept());
  }

  /** `socketPath` is for targets that are Unix sockets themselves. */
  static start(target: string, socketPath: string): Relay {
    const url = new URL(target);
    if (url.protocol === "unix:") {
      const listener = Deno.listen({ transport: "unix", path: socketPath });
      return new Relay(url, `unix://${socketPath}`, listener);
    }
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    return new Relay(url, `${url.protocol}//127.0.0.1:${port}`, listener);
  }

  /** New connections go there. */
  retarget(url: string): void {
    this.#target = new URL(url);
  }

  /** Ends all connections, and new ones at once. */
  sever(): void {
    this.#isRefusing = true;
    this.cut();
  }

  /** Lets new connections through again. */
  restore(): void {
    this.#isRefusing = false;
  }

  /** Ends all connections; new ones come through. */
  cut(): void {
    for (const pair of this.#pairs) this.#end(pair);
  }

  /** Nothing passes any more, and nobody is told. */
  freeze(): void {
    this.#frozen = Promise.withResolvers();
  }

  thaw(): void {
    this.#frozen?.resolve();
    this.#frozen = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    this.thaw();
    await Promise.all(this.#running);
  }

  async #accept(): Promise<void> {
    for await (const near of this.#listener) {
      if (this.#isRefusing) near.close();
      else this.#running.push(this.#join(near));
    }
  }

  async #join(near: Endpoint): Promise<void> {
    const far = await this.#dial().catch(() => undefined);
    if (far === undefined) return near.close();
    const pair: Pair = [near, far];
    this.#pairs.add(pair);
    for (const end of pair) if ("setNoDelay" in end) end.setNoDelay(true);
    await Promise.all([
      this.#pump(pair, pair[0], pair[1]),
      this.#pump(pair, pair[1], pair[0]),
    ]);
  }

  #dial(): Promise<Endpoint> {
    const { protocol, pathname, hostname, port } = this.#target;
    return protocol === "unix:"
      ? Deno.connect({ transport: "unix", path: pathname })
      : Deno.connect({ hostname, port: Number(port) });
  }

  /** Until one of the two ends, and with it the other. */
  async #pump(pair: Pair, from: Endpoint, to: Endpoint): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) break;
        await this.#frozen?.promise;
        for (let sent = 0; sent < count;) {
          sent += await to.write(buffer.subarray(sent, count));
        }
      }
    } catch {
      // Cut, or reset by a peer: the same to the other end.
    }
    this.#end(pair);
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    for (const end of pair) end.close();
  }
}
