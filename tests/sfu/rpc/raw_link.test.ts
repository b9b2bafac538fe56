import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import type { SfuLink } from "../../../sfu/link.ts";
import { connectSfu } from "../../../sfu/rpc/connect.ts";
import { eventually } from "../../support/eventually.ts";
import { within } from "../../support/within.ts";
import { call, statusOf } from "./_calls.ts";
import { RawPeer } from "./_raw.ts";
import { SECRET } from "./_sidecar.ts";
import { numbered } from "./fixtures/handlers.ts";

const MAX_FRAME_BYTES = 8_192;
const status = { mediasoup: "raw", workers: [], routers: 0 };

const result = (id: number, result: unknown) => ({
  jsonrpc: "2.0",
  id,
  result,
});
const event = (seq: number) => ({
  jsonrpc: "2.0",
  method: "event",
  params: { seq, ...numbered(seq) },
});

describe("the link's socket, by hand", () => {
  let listener: Deno.TcpListener;
  let link: SfuLink;
  let peers: RawPeer[];

  /** The next connection of the link, which is let in. */
  const accept = async (resumed = false): Promise<RawPeer> => {
    const peer = new RawPeer(await within("a dial", listener.accept()));
    peers.push(peer);
    equal((await peer.next()).method, "hello");
    await peer.send(result(0, {
      incarnation: "raw",
      resumed,
      maxFrameBytes: MAX_FRAME_BYTES,
      window: 4,
      leaseMs: 30_000,
    }));
    return peer;
  };
  /** What is called next, pings left out. */
  const called = async (peer: RawPeer): Promise<number> => {
    for (;;) {
      const { id, method } = await peer.next();
      if (method === "ping") await peer.send(result(0, {}));
      else if (typeof id === "number") return id;
    }
  };

  beforeEach(() => {
    peers = [];
    listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    link = connectSfu({
      url: `tcp://127.0.0.1:${listener.addr.port}`,
      secret: SECRET,
      maxFrameBytes: MAX_FRAME_BYTES,
      backoff: { baseMs: 1, capMs: 5 },
    });
  });

  afterEach(async () => {
    link.close();
    for (const peer of peers) {
      await peer.end();
      peer[Symbol.dispose]();
    }
    listener.close();
  });

  it("a reply that comes byte by byte is one reply", async () => {
    const peer = await accept();
    const reply = call(link, "getStatus", {});
    const id = await called(peer);
    const text = JSON.stringify(result(id, { ...status, mediasoup: "ä€😀" }));
    for (const byte of new TextEncoder().encode(text + "\n")) {
      await peer.write(Uint8Array.of(byte));
    }
    deepEqual(await reply, {
      ok: true,
      result: { ...status, mediasoup: "ä€😀" },
    });
  });

  it("replies and events run in the order of their bytes", async () => {
    const peer = await accept();
    const order: string[] = [];
    link.subscribe("router-1", ({ params }) => {
      if ("producerId" in params) order.push(params.producerId);
    });
    link.call("getStatus", {}, {}, () => order.push("first"));
    link.call("getStatus", {}, {}, () => order.push("second"));
    const ids = [await called(peer), await called(peer)];
    const frames = [
      event(1),
      result(ids[1] ?? 0, status),
      event(2),
      event(3),
      result(ids[0] ?? 0, status),
    ];
    await peer.write(frames.map((one) => JSON.stringify(one) + "\n").join(""));
    await eventually(() => equal(order.length, 5), { every: 5 });
    deepEqual(order, ["p1", "second", "p2", "p3", "first"]);
  });

  const ends: [what: string, bytes: Uint8Array | string][] = [
    ["what is not JSON", "nonsense\n"],
    ["what is not UTF-8", Uint8Array.of(0x22, 0xff, 0x22, 0x0a)],
    ["a frame too large", "x".repeat(MAX_FRAME_BYTES + 1)],
    ["an event that leaves one out", JSON.stringify(event(2)) + "\n"],
  ];
  for (const [what, bytes] of ends) {
    it(`${what} ends the connection; the link dials again`, async () => {
      const peer = await accept();
      const reply = call(link, "createRouter", { label: "" });
      await called(peer);
      await peer.write(bytes);
      equal(statusOf(await within("the failure", reply)), "UNAVAILABLE");
      await accept(true);
      await eventually(() => equal(link.state, "up"), { every: 5 });
    });
  }

  it("late and doubled replies, and doubled events, change nothing", async () => {
    const peer = await accept();
    const heard: string[] = [];
    link.subscribe("router-1", ({ params }) => {
      if ("producerId" in params) heard.push(params.producerId);
    });
    const outcomes: string[] = [];
    link.call("createRouter", { label: "" }, { deadlineMs: 20 }, (reply) => {
      outcomes.push(statusOf(reply));
    });
    const id = await called(peer);
    await eventually(() => equal(outcomes.length, 1), { every: 5 });
    const late = result(id, { routerId: "r", rtpCapabilities: {} });
    for (const frame of [event(1), late, event(1), late, event(2), event(1)]) {
      await peer.send(frame);
    }
    const reply = call(link, "getStatus", {});
    const next = await called(peer);
    await peer.send(result(next, status));
    equal(statusOf(await reply), "OK");
    deepEqual(outcomes, ["DEADLINE_EXCEEDED"]);
    deepEqual(heard, ["p1", "p2"]);
  });

  it("a call is not sent beyond the window that was told", async () => {
    const peer = await accept();
    const replies = Array.from(
      { length: 6 },
      () => call(link, "getStatus", {}),
    );
    for (let slot = 0; slot < 4; slot++) await called(peer);
    equal(peer.frames.size, 0);
    await peer.send(result(1, status));
    equal(await called(peer), 5);
    for (const id of [2, 3, 4, 5]) await peer.send(result(id, status));
    equal(await called(peer), 6);
    await peer.send(result(6, status));
    deepEqual(
      new Set((await Promise.all(replies)).map(statusOf)),
      new Set(["OK"]),
    );
  });

  it("events are acknowledged", async () => {
    const peer = await accept();
    for (const seq of [1, 2, 3]) await peer.send(event(seq));
    for (;;) {
      const { method, params } = await peer.next();
      if (method !== "ack") continue;
      if (params?.seq === 3) break;
    }
  });
});

describe("connectSfu", () => {
  const wrong = [
    "nonsense",
    "ftp://127.0.0.1:1",
    "tcp://user:secret@127.0.0.1:1",
    "tcp://127.0.0.1:1?secret=x",
  ];
  for (const url of wrong) {
    it(`refuses the URL ${url}`, () => {
      let error: unknown;
      try {
        connectSfu({ url, secret: SECRET }).close();
      } catch (thrown) {
        error = thrown;
      }
      equal(error instanceof TypeError, true);
    });
  }
});
