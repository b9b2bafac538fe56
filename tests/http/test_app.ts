import { join } from "node:path";
import { type AppOptions, createApp } from "../../http/app.ts";
import type { Server } from "../../http/websocket/adapter.ts";
import { nodeWebSockets } from "../../http/websocket/node.ts";
import type { SocketListener } from "../../rooms/connection.ts";
import { keepingLog } from "../rooms/fakes/log.ts";
import { TempFolder } from "../support/files.ts";
import { turn } from "../support/turn.ts";
import { RawPeer } from "./raw_peer.ts";

const silent: SocketListener = { received() {}, violated() {}, closed() {} };

/** The app behind real sockets. */
export class TestApp implements AsyncDisposable {
  readonly port: number;
  readonly lines: Record<string, unknown>[];
  readonly joined: string[];
  readonly left: string[];
  readonly folder: TempFolder;
  readonly #server: Server;

  private constructor(
    server: Server,
    folder: TempFolder,
    kept: Pick<TestApp, "lines" | "joined" | "left">,
  ) {
    this.port = server.port;
    this.lines = kept.lines;
    this.joined = kept.joined;
    this.left = kept.left;
    this.folder = folder;
    this.#server = server;
  }

  static async start(options: Partial<AppOptions> = {}): Promise<TestApp> {
    const folder = await TempFolder.make();
    const { log, lines } = keepingLog();
    const joined: string[] = [];
    const left: string[] = [];
    const webSockets = nodeWebSockets({ maxFrameBytes: 1_024 });
    const app = createApp({
      webSockets,
      clientOf: () => ({ site: undefined, isSecure: false }),
      accept: (room) => {
        joined.push(room);
        return silent;
      },
      leave: (room, sessionId, secret) =>
        left.push(`${room} ${sessionId} ${secret}`),
      allowedOrigins: [],
      unreadyReason: () => undefined,
      pages: { "/": join(folder.path, "index.html") },
      assets: [join(folder.path, "web"), join(folder.path, "client")],
      log,
      ...options,
    });
    const address = { hostname: "127.0.0.1", port: 0 };
    const server = await webSockets.listen(app.fetch, address);
    return new TestApp(server, folder, { lines, joined, left });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** As a bare client sends it: `fetch` does not let one set every header. */
  async raw(request: string, headers: Record<string, string> = {}, body = "") {
    using peer = await RawPeer.connect(this.port);
    const lines = Object.entries({ host: "localhost", ...headers })
      .map(([name, value]) => `${name}: ${value}`);
    await peer.write(
      `${request} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`,
    );
    const answer = await peer.read();
    return { status: Number(answer.split(" ")[1]), answer };
  }

  async get(path: string, init?: RequestInit) {
    const response = await fetch(`${this.origin}${path}`, init);
    return { response, body: await response.text() };
  }

  async write(name: string, text: string): Promise<void> {
    const path = join(this.folder.path, name);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    // The server looks twice after a request whose body nobody has read.
    for (let i = 0; i < 3; i++) await turn();
    await this.folder[Symbol.asyncDispose]();
  }
}
