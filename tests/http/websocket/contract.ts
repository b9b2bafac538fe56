import assert from "node:assert/strict";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { systemClock } from "../../../clock.ts";
import type {
  AdapterOptions,
  Server,
  WebSocketAdapter,
} from "../../../http/websocket/adapter.ts";
import { Connection, type Socket } from "../../../rooms/connection.ts";
import { Inbox } from "../../support/inbox.ts";
import { TestClient } from "../client.ts";
import { RawPeer } from "../raw_peer.ts";

export const MAX_FRAME_BYTES = 4_096;
const MAX_BACKLOG_BYTES = 1_048_576;
const CONTINUOUS = 0x01;
const FINAL = 0x80;
const RESERVED = 0x40;

/** A service that only listens, with one connection at a time. */
export class Listener implements AsyncDisposable {
  /** `got ...`, `closed` or `lost`, in their order. */
  readonly heard = new Inbox<string>();
  readonly sockets = new Inbox<Socket>();
  readonly connections = new Inbox<Connection>();
  readonly app: Hono;
  readonly #server: Server;

  private constructor(app: Hono, server: Server) {
    this.app = app;
    this.#server = server;
  }

  static async start(adapter: WebSocketAdapter): Promise<Listener> {
    const app = new Hono();
    const server = await adapter.listen(app.fetch, {
      hostname: "127.0.0.1",
      port: 0,
    });
    const listener = new Listener(app, server);
    app.get("/ws", (c) =>
      adapter.upgrade(c, (socket) => {
        const connection = new Connection("c1", socket, {
          clock: systemClock,
          maxBacklogBytes: MAX_BACKLOG_BYTES,
        });
        connection.listen({
          received: (text) => listener.heard.put(`got ${text}`),
          closed: (clean) => listener.heard.put(clean ? "closed" : "lost"),
        });
        listener.sockets.put(socket);
        listener.connections.put(connection);
        return connection;
      }));
    return listener;
  }

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
  }
}

/** What every WebSocket adapter does. */
export function describeAdapter(
  name: string,
  createAdapter: (options: AdapterOptions) => WebSocketAdapter,
): void {
  describe(`WebSockets by ${name}`, () => {
    let adapter: WebSocketAdapter;
    let service: Listener;
    beforeEach(async () => {
      adapter = createAdapter({ maxFrameBytes: MAX_FRAME_BYTES });
      service = await Listener.start(adapter);
    });
    afterEach(() => service[Symbol.asyncDispose]());

    it("agree on the subprotocol, among several offered", async () => {
      const offer = "something.else, holdfast.v1";
      using peer = await RawPeer.upgrade(service.port, "/ws", offer);
      assert.match(peer.head, /sec-websocket-protocol: holdfast\.v1\r\n/i);
    });

    it("do not compress", async () => {
      await using client = await TestClient.open(service.url, "holdfast.v1", {
        perMessageDeflate: true,
      });
      assert.equal(client.socket.extensions, "");
    });

    it("carry messages in their order, there and back", async () => {
      await using client = await TestClient.open(service.url);
      const connection = await service.connections.next();
      connection.listen({
        received: (text) => connection.send(text),
        closed() {},
      });
      for (let i = 0; i < 500; i++) client.send(`${i}`);
      for (let i = 0; i < 500; i++) assert.equal(await client.next(), `${i}`);
    });

    it("take a message of just the allowed size, counted in bytes", async () => {
      await using client = await TestClient.open(service.url);
      const text = "é".repeat(MAX_FRAME_BYTES / 2);
      client.send(text);
      assert.equal(await service.heard.next(), `got ${text}`);
    });

    it("close with 1009 on a larger one, and pass nothing of it on", async () => {
      await using client = await TestClient.open(service.url);
      client.send(`${"é".repeat(MAX_FRAME_BYTES / 2)}x`);
      assert.equal((await client.closed()).code, 1009);
      assert.equal(await service.heard.next(), "lost");
    });

    it("close with 1002 on a binary message", async () => {
      await using client = await TestClient.open(service.url);
      client.send(new Uint8Array(3));
      assert.equal((await client.closed()).code, 1002);
      assert.equal(await service.heard.next(), "lost");
    });

    it("tell the peer why they close", async () => {
      await using client = await TestClient.open(service.url);
      const connection = await service.connections.next();
      connection.send("goodbye");
      connection.close("removed");
      assert.equal(await client.next(), "goodbye");
      assert.deepEqual(await client.closed(), {
        code: 4004,
        reason: "removed",
      });
      assert.equal(await service.heard.next(), "lost");
      assert.equal(service.heard.size, 0);
    });

    it("GR3: hear a peer that closes with 1000 as leaving", async () => {
      await using client = await TestClient.open(service.url);
      client.socket.close(1000);
      assert.equal(await service.heard.next(), "closed");
      await client.closed();
    });

    for (const code of [1001, 4999, undefined]) {
      const how = code ?? "no code";
      it(`GR3: hear a peer that closes with ${how} as lost`, async () => {
        await using client = await TestClient.open(service.url);
        client.socket.close(code);
        assert.equal(await service.heard.next(), "lost");
      });
    }

    it("GR3: hear a peer that vanishes as lost", async () => {
      await using vanished = await TestClient.open(service.url);
      vanished.socket.terminate();
      assert.equal(await service.heard.next(), "lost");
    });

    it("drop a peer that breaks the framing", async () => {
      using peer = await RawPeer.upgrade(service.port, "/ws");
      await peer.frame(FINAL | RESERVED | CONTINUOUS, 3);
      assert.equal(await service.heard.next(), "lost");
      await peer.ended();
    });

    it("give up a peer that stops reading at once, above the high-water mark", async () => {
      using _peer = await RawPeer.upgrade(service.port, "/ws");
      const connection = await service.connections.next();
      const chunk = "x".repeat(262_144);
      for (let i = 0; i < 100 && service.heard.size === 0; i++) {
        connection.send(chunk);
      }
      assert.equal(await service.heard.next(), "lost");
    });

    it("bear a send after the end", async () => {
      await using client = await TestClient.open(service.url);
      const socket = await service.sockets.next();
      client.socket.terminate();
      assert.equal(await service.heard.next(), "lost");
      assert.doesNotThrow(() => socket.send("anybody there?"));
    });

    it("say which port they listen on, and which is taken", async () => {
      assert.notEqual(service.port, 0);
      const again = createAdapter({ maxFrameBytes: MAX_FRAME_BYTES });
      await assert.rejects(
        again.listen(() => new Response(), {
          hostname: "127.0.0.1",
          port: service.port,
        }),
        { code: "EADDRINUSE" },
      );
    });

    it("leave nobody connected when the server closes", async () => {
      const other = createAdapter({ maxFrameBytes: MAX_FRAME_BYTES });
      const closing = await Listener.start(other);
      await using client = await TestClient.open(closing.url);
      await closing[Symbol.asyncDispose]();
      await client.closed();
      await assert.rejects(TestClient.open(closing.url));
    });
  });
}
