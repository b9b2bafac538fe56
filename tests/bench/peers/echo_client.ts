/** The Deno end of the bare JSON-lines echo. */
type Reply = { readonly id: number; readonly result: unknown };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Calls in one turn of the event loop leave in one write. */
export class EchoClient {
  readonly #conn: Deno.TcpConn;
  readonly #pending = new Map<number, (result: unknown) => void>();
  #count = 0;
  #out = "";

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    conn.setNoDelay(true);
    this.#read();
  }

  static async connect(port: number): Promise<EchoClient> {
    return new EchoClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  call(params: unknown, reply: (result: unknown) => void): void {
    const id = ++this.#count;
    this.#pending.set(id, reply);
    if (this.#out === "") queueMicrotask(() => this.#flush());
    this.#out += JSON.stringify({ id, params }) + "\n";
  }

  close(): void {
    this.#conn.close();
  }

  async #flush(): Promise<void> {
    const bytes = encoder.encode(this.#out);
    this.#out = "";
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#conn.write(bytes.subarray(sent));
    }
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(65_536);
    let partial = "";
    try {
      for (;;) {
        const count = await this.#conn.read(buffer);
        if (count === null) return;
        const text = decoder.decode(buffer.subarray(0, count));
        const lines = (partial + text).split("\n");
        partial = lines.pop() ?? "";
        for (const line of lines) this.#take(JSON.parse(line));
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.Interrupted)) throw error;
    }
  }

  #take({ id, result }: Reply): void {
    const reply = this.#pending.get(id);
    this.#pending.delete(id);
    reply?.(result);
  }
}
