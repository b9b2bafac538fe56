import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { nodeWebSockets } from "../../../http/websocket/node.ts";
import { delay } from "../../support/delay.ts";
import { within } from "../../support/within.ts";
import { RawPeer } from "../raw_peer.ts";
import { TestClient } from "../client.ts";
import { Listener, MAX_FRAME_BYTES } from "./contract.ts";

const slowest = { headMs: 400, requestMs: 800 };
const MARGIN_MS = 4_000;

describe("a peer that takes its time", () => {
  let service: Listener;
  beforeEach(async () => {
    const options = { maxFrameBytes: MAX_FRAME_BYTES, slowest };
    service = await Listener.start(nodeWebSockets(options));
  });
  afterEach(() => service[Symbol.asyncDispose]());

  /** Milliseconds until the server has closed the connection. */
  async function lifetime(start: string, trickle = ""): Promise<number> {
    using peer = await RawPeer.connect(service.port);
    const began = performance.now();
    await peer.write(start);
    let over = false;
    const end = peer.ended().finally(() => over = true);
    while (trickle !== "" && !over) {
      await delay(50);
      await peer.write(trickle).catch(() => {});
    }
    await end;
    return performance.now() - began;
  }

  const beginnings: [string, string, string?][] = [
    ["says nothing", ""],
    ["sends half a head", "GET /ws HTTP/1.1\r\nHost: x\r\n"],
    ["sends a head in drops", "GET /ws HTTP/1.1\r\n", "X-A: b\r\n"],
    [
      "sends half an upgrade",
      "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upg",
    ],
    [
      "sends a body in drops",
      "POST /ws HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n",
      "x",
    ],
  ];
  for (const [what, start, trickle] of beginnings) {
    it(`is cut off when it ${what}`, async () => {
      const ms = await lifetime(start, trickle);
      assert.ok(ms < slowest.requestMs + MARGIN_MS, `${ms}`);
    });
  }

  it("is cut off at once with a head that is too large", async () => {
    const header = `X-A: ${"a".repeat(100_000)}\r\n`;
    const ms = await lifetime(`GET /ws HTTP/1.1\r\nHost: x\r\n${header}\r\n`);
    assert.ok(ms < slowest.headMs + MARGIN_MS, `${ms}`);
  });

  it("stays as long as it likes once it has upgraded", async () => {
    await using client = await TestClient.open(service.url);
    await delay(slowest.requestMs + slowest.headMs);
    client.send("still here");
    assert.equal(await service.heard.next(), "got still here");
  });

  it("keeps nobody else waiting", async () => {
    const peers = await Promise.all(
      Array.from({ length: 100 }, () => RawPeer.connect(service.port)),
    );
    await using client = await TestClient.open(service.url);
    client.send("hello");
    assert.equal(await service.heard.next(), "got hello");
    for (const peer of peers) peer[Symbol.dispose]();
  });
});

describe("a peer that asks for much on one connection", () => {
  const request = "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n";
  let service: Listener;
  beforeEach(async () => {
    const options = { maxFrameBytes: MAX_FRAME_BYTES, slowest };
    service = await Listener.start(nodeWebSockets(options));
  });
  afterEach(() => service[Symbol.asyncDispose]());

  it("is answered as often as it likes, one after the other", async () => {
    using peer = await RawPeer.connect(service.port);
    for (let count = 0; count < 50; count++) {
      await peer.write(request);
      assert.match(await peer.read(), /^HTTP\/1\.1 404 /);
    }
  });

  it("is dropped when it does not wait for answers", async () => {
    using peer = await RawPeer.connect(service.port);
    await peer.write(request.repeat(1_000)).catch(() => {});
    const answers = new TextDecoder().decode(await peer.rest());
    assert.ok(answers.split("HTTP/1.1 404").length < 10);
    await using client = await TestClient.open(service.url);
    client.send("hello");
    assert.equal(await service.heard.next(), "got hello");
  });

  it("is dropped when it does not read them", async () => {
    const dropped = Promise.withResolvers<void>();
    const admit = () => dropped.resolve;
    const options = { maxFrameBytes: MAX_FRAME_BYTES, slowest, admit };
    await using service = await Listener.start(nodeWebSockets(options));
    const huge = "x".repeat(64_000_000);
    service.app.get("/huge", (c) => c.text(huge));
    using peer = await RawPeer.connect(service.port);
    await peer.write("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n");
    await within("the end of the connection", dropped.promise);
    assert.ok((await peer.rest()).length < huge.length);
  });
});

describe("a peer for which there is no place", () => {
  it("is dropped before it says anything, until another is gone", async () => {
    const places: string[] = [];
    const admit = (peer: string) => {
      if (places.length >= 1) return undefined;
      places.push(peer);
      return () => void places.pop();
    };
    const options = { maxFrameBytes: MAX_FRAME_BYTES, admit };
    await using service = await Listener.start(nodeWebSockets(options));
    {
      await using _client = await TestClient.open(service.url);
      assert.deepEqual(places, ["127.0.0.1"]);
      using peer = await RawPeer.connect(service.port);
      await peer.ended();
    }
    assert.match(await service.heard.next(), /closed|lost/);
    await using again = await TestClient.open(service.url);
    again.send("hello");
    assert.equal(await service.heard.next(), "got hello");
  });
});
