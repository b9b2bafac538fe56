/** Raw frames over raw TCP, at the real service, which stays well. */
import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { RawPeer } from "../http/raw_peer.ts";
import type { TestClient } from "../http/client.ts";
import { closeCodeIn, frame, opcodes } from "./frames.ts";
import { HostileWorld } from "./service.ts";

const MAX_FRAME_BYTES = 16_384;
const { text, binary, continuation, close, ping, pong } = opcodes;

const join = (...parts: Uint8Array[]) =>
  new Uint8Array(parts.flatMap((part) => [...part]));
const many = (count: number, options: Parameters<typeof frame>[0]) =>
  join(...Array.from({ length: count }, () => frame(options)));
const bad = new Uint8Array([0x61, 0xff, 0xc3, 0x28]);
const zeros = (length: number) => new Uint8Array(length);

let world: HostileWorld;
let witness: TestClient;

/** What it is closed with; undefined: without a word. */
async function fateOf(bytes: Uint8Array): Promise<number | undefined> {
  using peer = await world.raw();
  await peer.write(bytes).catch(() => {});
  return closeCodeIn(await peer.rest());
}

describe("the real service", () => {
  beforeAll(async () => {
    world = await HostileWorld.start({
      MAX_FRAME_BYTES: `${MAX_FRAME_BYTES}`,
      ROOM_TIMEOUT_MS: "120000",
      ROOM_PING_INTERVAL_MS: "60000",
    });
    const { client, answer } = await world.join("witness");
    assert.ok(answer.result);
    witness = client;
  });
  afterAll(async () => {
    await witness[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  describe("a frame that breaks the rules of WebSocket", () => {
    const cases: [string, number, Uint8Array][] = [
      ["is no UTF-8", 1007, frame({ opcode: text, payload: bad })],
      [
        "is no UTF-8 where two fragments meet",
        1007,
        join(
          frame({
            opcode: text,
            payload: new Uint8Array([0xc3]),
            final: false,
          }),
          frame({ opcode: continuation, payload: "(" }),
        ),
      ],
      [
        "writes half a surrogate pair in UTF-8",
        1007,
        frame({ opcode: text, payload: new Uint8Array([0xed, 0xa0, 0xbd]) }),
      ],
      ["is not masked", 1002, frame({ opcode: text, masked: false })],
      ["has reserved bits", 1002, frame({ opcode: text, reserved: 2 })],
      [
        "says that it is compressed",
        1002,
        frame({ opcode: text, reserved: 4, payload: zeros(20) }),
      ],
      ["is of a kind that is not there", 1002, frame({ opcode: 0x3 })],
      [
        "is a control of a kind that is not there",
        1002,
        frame({ opcode: 0xf }),
      ],
      ["goes on with nothing", 1002, frame({ opcode: continuation })],
      [
        "begins a message within another",
        1002,
        join(
          frame({ opcode: text, payload: "{", final: false }),
          frame({ opcode: text, payload: "}" }),
        ),
      ],
      ["is a ping in pieces", 1002, frame({ opcode: ping, final: false })],
      [
        "is a ping that is too long",
        1002,
        frame({ opcode: ping, payload: zeros(126) }),
      ],
      ["is binary", 1002, frame({ opcode: binary, payload: "{}" })],
      [
        "says that it is huge",
        1009,
        frame({ opcode: text, length: 2n ** 40n }),
      ],
      [
        "says that it is larger than there are numbers",
        1009,
        frame({ opcode: text, length: 2n ** 64n - 1n }),
      ],
      [
        "is one byte too long",
        1009,
        frame({ opcode: text, payload: zeros(MAX_FRAME_BYTES + 1) }),
      ],
      [
        "never ends",
        1009,
        join(
          frame({ opcode: text, final: false }),
          many(20, {
            opcode: continuation,
            final: false,
            payload: zeros(1_000),
          }),
        ),
      ],
      [
        "comes in crumbs",
        1008,
        join(
          frame({ opcode: text, final: false }),
          many(500, { opcode: continuation, final: false, payload: "x" }),
        ),
      ],
      ["closes with half a code", 1002, frame({ opcode: close, payload: "x" })],
      [
        "closes with a code that may not be sent",
        1002,
        frame({ opcode: close, payload: new Uint8Array([3, 237]) }),
      ],
      [
        "closes for a reason that is no UTF-8",
        1007,
        frame({ opcode: close, payload: new Uint8Array([3, 232, 0xff]) }),
      ],
      ["is one of many pings", 1008, many(100, { opcode: ping, payload: "x" })],
    ];
    for (const [what, code, bytes] of cases) {
      it(`closes its connection with ${code}, if it ${what}`, async () => {
        assert.equal(await fateOf(bytes), code);
        await world.assertHealthy();
      });
    }

    it("does no harm if its connection ends in the middle of it", async () => {
      const whole = frame({ opcode: text, payload: zeros(1_000) });
      for (const length of [1, 2, 3, 5, 8, 500]) {
        using peer = await world.raw();
        await peer.write(whole.subarray(0, length));
      }
      await world.assertHealthy();
    });
  });

  describe("a ping of a library that has a heartbeat of its own", () => {
    it("is answered", async () => {
      await using client = await world.connect();
      const answered = new Promise((resolve) =>
        client.socket.once("pong", (data) => resolve(`${data}`))
      );
      client.socket.ping("hello");
      assert.equal(await answered, "hello");
    });
  });

  describe("a first message", () => {
    const opening = fc.oneof(
      fc.json(),
      fc.string({ unit: "binary", maxLength: 100 }),
      fc.record({
        jsonrpc: fc.constant("2.0"),
        id: fc.oneof(fc.nat(), fc.jsonValue()),
        method: fc.constantFrom("join", "resume", "leave", "x"),
        params: fc.oneof(
          fc.jsonValue(),
          fc.record({ token: fc.string() }),
          fc.record({
            sessionId: fc.string(),
            secret: fc.stringMatching(/^[A-Za-z0-9_-]{43}$/),
            epoch: fc.integer(),
            ack: fc.nat(),
          }),
        ),
      }).map((value) => JSON.stringify(value)),
    );

    it("is refused with an error and a close, whatever it is", async () => {
      await fc.assert(
        fc.asyncProperty(opening, async (text) => {
          await using client = await world.connect();
          client.send(text);
          const { error } = JSON.parse(await client.next());
          assert.equal(typeof error.code, "number");
          assert.doesNotMatch(error.message, /\n|file:|\.ts:|^\s*at /);
          assert.equal((await client.closed()).code, 4000);
        }),
        { numRuns: 100 },
      );
      await world.assertHealthy();
    });

    it("may be followed by little before it is answered", async () => {
      using peer = await world.raw();
      const token = await world.token("hasty");
      const request = {
        jsonrpc: "2.0",
        id: 1,
        method: "join",
        params: { token },
      };
      const first = frame({ opcode: text, payload: JSON.stringify(request) });
      await peer.write(join(first, many(50, { opcode: text, payload: "{}" })));
      assert.equal(closeCodeIn(await peer.rest()), 1008);
      await world.assertHealthy();
    });
  });

  describe("bytes of all kinds", () => {
    const any = fc.record({
      opcode: fc.oneof(
        fc.constantFrom(text, text, continuation, ping, pong, close, binary),
        fc.nat(15),
      ),
      payload: fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.json().map((json) => new TextEncoder().encode(json)),
      ),
      final: fc.boolean(),
      reserved: fc.oneof(fc.constant(0), fc.constant(0), fc.nat(7)),
      masked: fc.oneof(fc.constant(true), fc.constant(true), fc.boolean()),
    }).map(frame);
    const noise = fc.array(fc.oneof(any, fc.uint8Array({ maxLength: 300 })), {
      minLength: 1,
      maxLength: 12,
    });

    /** Of joins, of which one identity may not have so many. */
    let noisy = 0;

    it("leave the service well after an upgrade", async () => {
      await fc.assert(
        fc.asyncProperty(noise, fc.boolean(), async (parts, isJoined) => {
          using peer = await world.raw();
          if (isJoined) {
            const token = await world.token(`noisy-${++noisy}`);
            const params = { token };
            const join = { jsonrpc: "2.0", id: 1, method: "join", params };
            const payload = JSON.stringify(join);
            await peer.write(frame({ opcode: text, payload }));
            assert.match(await peer.read(), /"result"/);
          }
          for (const part of parts) await peer.write(part).catch(() => {});
        }),
        { numRuns: 150 },
      );
      await world.assertHealthy();
    });

    it("leave the service well before an upgrade", async () => {
      const lines = fc.constantFrom(
        "GET /rooms/r/ws HTTP/1.1\r\n",
        "POST /rooms/r/leave HTTP/1.1\r\n",
        "GET / HTTP/9.9\r\n",
        "Host: x\r\n",
        "Connection: Upgrade\r\n",
        "Upgrade: websocket\r\n",
        "Sec-WebSocket-Key: x\r\n",
        "Sec-WebSocket-Version: 13\r\n",
        "Sec-WebSocket-Protocol: holdfast.v1\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n",
        "\r\n",
        "ffffffffffffffff\r\n",
        "\0",
      );
      const heads = fc.array(
        fc.oneof(lines, lines, fc.string({ unit: "binary", maxLength: 50 })),
        { maxLength: 12 },
      );
      await fc.assert(
        fc.asyncProperty(heads, async (parts) => {
          using peer = await RawPeer.connect(world.port);
          await peer.write(parts.join("")).catch(() => {});
        }),
        { numRuns: 150 },
      );
      await world.assertHealthy();
    });

    it("are not in what anybody else in the room was told", async () => {
      const { answer } = await world.join("last");
      assert.ok(answer.result);
      assert.equal(witness.socket.readyState, 1, "the witness was cut off");
      const told = new Set<string>();
      while (!told.has("last")) {
        const { method, params } = JSON.parse(await witness.next());
        told.add(params.participant?.name ?? method);
      }
      const presence = /^(noisy|healthy|last|participant(Re|Dis)connect)/;
      assert.deepEqual([...told].filter((name) => !presence.test(name)), []);
    });
  });
});
