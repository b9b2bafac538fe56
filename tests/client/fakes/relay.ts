import assert from "node:assert/strict";

/** Lets bytes pass, or holds them back. */
class Gate {
  #opened = Promise.withResolvers<void>();

  constructor() {
    this.#opened.resolve();
  }

  shut(): void {
    this.#opened = Promise.withResolvers();
  }

  open(): void {
    this.#opened.resolve();
  }

  get passed(): Promise<void> {
    return this.#opened.promise;
  }
}

type Link = { readonly ends: readonly Deno.TcpConn[]; readonly gate: Gate };

/** A TCP connection's way to a service, on which things can go wrong. */
export class Relay implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #links = new Set<Link>();
  readonly #work: Promise<unknown>[] = [];
  #isCut = false;

  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#work.push(this.#accept());
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** How many connections there are. */
  get size(): number {
    return this.#links.size;
  }

  /** Nothing arrives any more, on connections that there are and that come. */
  cut(): void {
    this.#isCut = true;
    this.halfOpen();
  }

  /** Nothing arrives any more on the connections that there are. */
  halfOpen(): void {
    for (const { gate } of this.#links) gate.shut();
  }

  /** All arrives, what was held back included. */
  restore(): void {
    this.#isCut = false;
    for (const { gate } of this.#links) gate.open();
  }

  /** Ends all connections, without a word of WebSocket. */
  drop(): void {
    for (const { ends } of this.#links) {
      for (const end of ends) close(end);
    }
  }

  async #accept(): Promise<void> {
    for await (const near of this.#listener) {
      const far = await Deno.connect({
        hostname: "127.0.0.1",
        port: this.#target,
      });
      const link = { ends: [near, far], gate: new Gate() };
      if (this.#isCut) link.gate.shut();
      this.#links.add(link);
      this.#work.push(this.#relay(link, near, far));
    }
  }

  async #relay(link: Link, near: Deno.TcpConn, far: Deno.TcpConn) {
    await Promise.all([
      carry(near, far, link.gate),
      carry(far, near, link.gate),
    ]);
    this.#links.delete(link);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.restore();
    this.drop();
    await Promise.all(this.#work);
    assert.equal(this.#links.size, 0);
  }
}

/** Until one end is gone, and with it the other. */
async function carry(
  from: Deno.TcpConn,
  to: Deno.TcpConn,
  gate: Gate,
): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (let size; (size = await from.read(buffer)) !== null;) {
      await gate.passed;
      const part = buffer.subarray(0, size);
      for (let sent = 0; sent < size;) {
        sent += await to.write(part.subarray(sent));
      }
    }
  } catch (error) {
    assert.ok(error instanceof Error, String(error));
  } finally {
    close(from);
    close(to);
  }
}

function close(end: Deno.TcpConn): void {
  try {
    end.close();
  } catch (error) {
    assert.ok(error instanceof Deno.errors.BadResource, String(error));
  }
}
