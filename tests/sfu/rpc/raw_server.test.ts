import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import { connectSfu } from "../../../sfu/rpc/connect.ts";
import { eventually } from "../../support/eventually.ts";
import { call } from "./_calls.ts";
import { RawPeer } from "./_raw.ts";
import { FakeSidecar, SECRET } from "./_sidecar.ts";
import { numbered } from "./fixtures/handlers.ts";

const MAX_FRAME_BYTES = 16_384;
const host = "127.0.0.1";

function hello(params: Record<string, unknown> = {}) {
  const owner = crypto.randomUUID();
  return request(0, "hello", {
    protocol: 1,
    owner,
    secret: SECRET,
    lastSeq: 0,
    maxFrameBytes: 1_000_000,
    ...params,
  });
}

function request(id: number, method: string, params: unknown, meta = {}) {
  return { jsonrpc: "2.0", id, method, params, meta };
}

describe("the sidecar's socket, by hand", () => {
  let sidecar: FakeSidecar;

  const greeted = async (params = {}, options = {}): Promise<RawPeer> => {
    const peer = await RawPeer.dial(sidecar.url, options);
    await peer.send(hello(params));
    return peer;
  };
  const isWell = async (peer: RawPeer) => {
    await peer.send(request(9, "getStatus", {}));
    equal((await peer.next()).id, 9);
  };

  beforeAll(async () => {
    sidecar = await FakeSidecar.start({
      endpoints: [{ host, port: 0 }],
      maxFrameBytes: MAX_FRAME_BYTES,
      window: 10_000,
      helloMs: 2_000,
    });
  });

  afterAll(async () => {
    await sidecar[Symbol.asyncDispose]();
  });

  it("a call by hand is answered", async () => {
    using peer = await greeted();
    ok((await peer.next()).result?.incarnation);
    await isWell(peer);
  });

  it("a frame may come in many pieces, and many frames in one", async () => {
    using peer = await greeted();
    await peer.next();
    const bytes = new TextEncoder().encode(
      JSON.stringify(request(1, "dumpRouter", { routerId: "ä€😀" })) + "\n",
    );
    for (const byte of bytes) await peer.write(Uint8Array.of(byte));
    equal((await peer.next()).result?.routerId, "ä€😀");
    const many = [2, 3, 4].map((id) =>
      JSON.stringify(request(id, "getStatus", {}))
    );
    await peer.write(many.join("\n") + "\n");
    const ids = [await peer.next(), await peer.next(), await peer.next()]
      .map(({ id }) => id);
    deepEqual(ids, [2, 3, 4]);
  });

  const ends: [what: string, bytes: Uint8Array | string, status: string][] = [
    ["what is not JSON", "nonsense\n", "INVALID_ARGUMENT"],
    [
      "what is not UTF-8",
      Uint8Array.of(0x22, 0xff, 0x22, 0x0a),
      "INVALID_ARGUMENT",
    ],
    [
      "a frame too large",
      "x".repeat(MAX_FRAME_BYTES + 1) + "\n",
      "RESOURCE_EXHAUSTED",
    ],
    [
      "a frame too large, not even ended",
      "x".repeat(MAX_FRAME_BYTES + 1),
      "RESOURCE_EXHAUSTED",
    ],
  ];
  for (const [what, bytes, status] of ends) {
    it(`${what} is told ${status}, and is the end`, async () => {
      using peer = await greeted();
      await peer.next();
      await peer.write(bytes);
      const [last, ...more] = await peer.end();
      equal(last?.id, null);
      equal(last?.error?.data.status, status);
      deepEqual(more, []);
    });
  }

  it("before the hello only short frames are taken", async () => {
    using peer = await RawPeer.dial(sidecar.url);
    await peer.write("x".repeat(4_097));
    const [last] = await peer.end();
    equal(last?.error?.data.status, "RESOURCE_EXHAUSTED");
  });

  it("a frame of the longest length is taken", async () => {
    using peer = await greeted();
    await peer.next();
    const frame = JSON.stringify(request(1, "getStatus", {}));
    await peer.write(frame.padEnd(MAX_FRAME_BYTES, " ") + "\n");
    equal((await peer.next()).id, 1);
  });

  it("the request of an HTTP client is the end", async () => {
    using peer = await RawPeer.dial(sidecar.url);
    await peer.write("GET / HTTP/1.1\r\nHost: sidecar\r\n\r\n");
    equal((await peer.end()).length, 1);
  });

  it("who says nothing is sent away", async () => {
    using peer = await RawPeer.dial(sidecar.url);
    const [last] = await peer.end();
    equal(last?.error?.data.status, "DEADLINE_EXCEEDED");
  });

  it("an unknown method is UNIMPLEMENTED, and the link goes on", async () => {
    using peer = await greeted();
    await peer.next();
    await peer.send(request(1, "constructor", {}));
    equal((await peer.next()).error?.data.status, "UNIMPLEMENTED");
    await isWell(peer);
  });

  it("a call that is in flight twice is the end", async () => {
    using peer = await greeted();
    await peer.next();
    const same = request(1, "createRouter", { label: "deaf:50" });
    await peer.send(same);
    await peer.send(same);
    const [last] = await peer.end();
    equal(last?.error?.data.status, "ALREADY_EXISTS");
  });

  it("after the deadline nothing more is said of the call", async () => {
    using peer = await greeted();
    await peer.next();
    const late = request(1, "createRouter", { label: "deaf:60" });
    await peer.send({ ...late, meta: { deadlineMs: 10 } });
    equal((await peer.next()).error?.data.status, "DEADLINE_EXCEEDED");
    await peer.send(request(2, "createRouter", { label: "slow:120" }));
    equal((await peer.next()).id, 2);
  });

  it("a call is told to stop when its caller goes away", async () => {
    {
      using peer = await greeted();
      await peer.next();
      await peer.send(request(1, "createRouter", { label: "hang" }));
      await isWell(peer);
    }
    equal((await sidecar.told.next()).aborted, "UNAVAILABLE");
  });

  it("events come again to who has not seen them, from where it asks", async () => {
    const owner = crypto.randomUUID();
    {
      using peer = await greeted({ owner });
      await peer.next();
      await peer.send(request(1, "createRouter", { label: "events:3" }));
      for (const seq of [1, 2, 3]) {
        const frame = await peer.next();
        if (frame.id !== undefined) equal((await peer.next()).params?.seq, seq);
        else equal(frame.params?.seq, seq);
      }
    }
    using again = await greeted({ owner, lastSeq: 1 });
    equal((await again.next()).result?.resumed, true);
    deepEqual((await again.next()).params, { seq: 2, ...numbered(2) });
    deepEqual((await again.next()).params, { seq: 3, ...numbered(3) });
  });

  it("the newer of two connections of one owner wins", async () => {
    const owner = crypto.randomUUID();
    using older = await greeted({ owner });
    await older.next();
    using newer = await greeted({ owner });
    equal((await newer.next()).result?.resumed, true);
    const [last] = await older.end();
    equal(last?.error?.data.status, "ABORTED");
    await isWell(newer);
  });

  it("who does not take its answers is not read from", async () => {
    using peer = await greeted({}, { isReading: false });
    const params = { routerId: "r", transportId: "20000" };
    const calls = Array.from(
      { length: 5_000 },
      (_, index) =>
        JSON.stringify(request(index + 1, "getTransportStats", params)) + "\n",
    );
    const link = connectSfu({ url: sidecar.url, secret: SECRET });
    const executed = async () => {
      const reply = await call(link, "getStatus", {});
      return reply.ok ? reply.result.routers : NaN;
    };
    const start = await executed();
    // 100 MB of answers.
    const flood = peer.write(calls.join("")).catch(() => {});
    try {
      let last = start;
      const count = await eventually(async () => {
        const before = last;
        last = await executed();
        ok(last > start && last === before);
        return last - start;
      });
      ok(count < 2_000, `${count} of 5,000 were executed`);
    } finally {
      link.close();
      peer[Symbol.dispose]();
      await flood;
    }
  });
});
