import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { once } from "node:events";
import { createServer } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { Outgoing } from "../../../http/websocket/outgoing.ts";

/**
 * What a client hears of what a server says once it is there. It says `hello`,
 * and then all that it hears.
 */
async function hear(
  speak: (outgoing: Outgoing, webSocket: WebSocket) => void,
): Promise<{ texts: string[]; chunks: number }> {
  const server = createServer();
  const webSockets = new WebSocketServer({ server, perMessageDeflate: false });
  webSockets.on("connection", (webSocket, { socket }) => {
    speak(new Outgoing(webSocket, socket), webSocket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const client = new WebSocket(`ws://127.0.0.1:${address.port}`);
  const texts: string[] = [];
  let chunks = 0;
  client.on("upgrade", ({ socket }) => {
    client.on("open", () => {
      socket.on("data", () => chunks++);
      client.send("hello");
    });
  });
  client.on("message", (data) => {
    texts.push(String(data));
    client.send(String(data));
  });
  await once(client, "close");
  const closed = once(server, "close");
  server.close();
  await closed;
  return { texts, chunks };
}

describe("text on its way out", () => {
  it("arrives as it was sent, whatever its length", async () => {
    const lengths = [0, 1, 125, 126, 65_535, 65_536, 100_000];
    const sent = lengths.flatMap((length) => [
      "x".repeat(length),
      "ü".repeat(Math.floor(length / 2)),
    ]);
    const { texts } = await hear((outgoing, webSocket) => {
      for (const text of sent) outgoing.send(text);
      outgoing.flush();
      webSocket.close();
    });
    assert.deepEqual(texts, sent);
  });

  it("leaves in one piece when it was said in one turn, with no act of who said it", async () => {
    const { texts, chunks } = await hear((outgoing, webSocket) => {
      webSocket.on("message", (data) => {
        if (String(data) === "9") webSocket.close();
        if (String(data) !== "hello") return;
        for (let number = 0; number < 10; number++) outgoing.send(`${number}`);
      });
    });
    assert.deepEqual(texts, [..."0123456789"]);
    assert.equal(chunks, 2, "the texts, and the close frame");
  });

  it("counts as buffered until it has left, and is dropped on a socket that closes", async () => {
    const { texts } = await hear((outgoing, webSocket) => {
      outgoing.send("before");
      assert.equal(outgoing.bufferedAmount, 2 + "before".length);
      outgoing.flush();
      webSocket.close();
      const left = outgoing.bufferedAmount;
      outgoing.send("after");
      outgoing.flush();
      assert.equal(outgoing.bufferedAmount, left);
    });
    assert.deepEqual(texts, ["before"]);
  });
});
