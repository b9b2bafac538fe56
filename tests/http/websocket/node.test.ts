import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { nodeWebSockets } from "../../../http/websocket/node.ts";
import { RawPeer } from "../raw_peer.ts";
import { describeAdapter, Listener, MAX_FRAME_BYTES } from "./contract.ts";

describeAdapter("ws", nodeWebSockets);

describe("WebSockets by ws, beyond what Deno's can", () => {
  let service: Listener;
  beforeEach(async () => {
    const adapter = nodeWebSockets({ maxFrameBytes: MAX_FRAME_BYTES });
    service = await Listener.start(adapter);
  });
  afterEach(() => service[Symbol.asyncDispose]());

  it("drop the socket of a peer that does not read", async () => {
    using peer = await RawPeer.upgrade(service.port, "/ws");
    const socket = await service.sockets.next();
    socket.send("x".repeat(8_388_608));
    assert.ok(socket.bufferedAmount > 0);
    socket.terminate();
    assert.equal(await service.heard.next(), "lost");
    await peer.ended();
  });

  it("bound a message that never ends, whatever its pieces", async () => {
    using peer = await RawPeer.upgrade(service.port, "/ws");
    const text = 0x01;
    await peer.frame(text, MAX_FRAME_BYTES / 2);
    await peer.frame(0, MAX_FRAME_BYTES / 2);
    assert.equal(service.heard.size, 0);
    await peer.frame(0, 1);
    assert.equal(await service.heard.next(), "lost");
    await peer.ended();
  });

  it("answer a request to upgrade to another protocol as if it had not asked", async () => {
    using peer = await RawPeer.connect(service.port);
    await peer.write(
      "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    );
    assert.match(await peer.read(), /^HTTP\/1\.1 404 /);
  });

  it("refuse a handshake without a key", async () => {
    using peer = await RawPeer.connect(service.port);
    await peer.write(
      "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    );
    assert.match(await peer.read(), /^HTTP\/1\.1 400 /);
  });
});
