/** Whatever a client says to a room, no other client has to suffer for it. */
import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import {
  ErrorObject,
  errors,
  type Method,
  methods,
} from "../../protocol/mod.ts";
import { methods as sfuMethods } from "../../sfu/methods.ts";
import type { Client } from "../rooms/core/client.ts";
import { track } from "../rooms/core/media.ts";
import { stage } from "../rooms/core/stage.ts";
import { fitting, garbage, nearly } from "./arbitrary.ts";

const RUNS = 150;
const codes = new Set<number>(Object.values(errors).map(({ code }) => code));

/** Ann and bob both publish, and subscribe to what the other publishes. */
function scene() {
  const { world, ann, bob, send, recv, ...anns } = stage();
  const { producerId, transportId } = world.publish(bob);
  const dataProducerId = world.publishData(bob);
  const { consumerId } = world.subscribe(ann, producerId);
  const data = { transportId: recv, dataProducerId: anns.dataProducerId };
  const { dataConsumerId } = bob.request("consumeData", data);
  ann.takeEvents();
  const transports = [transportId, recv, send];
  return {
    world,
    ann,
    bob,
    known: {
      transportId: transports,
      transportIds: transports,
      producerId: [producerId, anns.producerId],
      dataProducerId: [dataProducerId, anns.dataProducerId],
      consumerId: [anns.consumerId, consumerId],
      dataConsumerId: [dataConsumerId, consumerId],
      key: ["microphone", "chat"],
    },
  };
}

/** Every scene is like every other, with the same ids. */
const { known } = scene();
/** No token that is made up holds. */
const refused = { ok: false, error: "tokenInvalid" } as const;

type Scene = Pick<ReturnType<typeof scene>, "world" | "ann">;

/** All that others were told has been checked against the protocol on its way. */
function assertUnharmed({ world, ann }: Scene): void {
  assert.equal(world.ended, false, "the room is gone");
  assert.equal(ann.closed, null, "another client is cut off");
  assert.deepEqual(ann.complaints, []);
  for (const { method, params } of world.sfu.performed) {
    assert.ok(sfuMethods[method].params.safeParse(params).success, method);
  }
  assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
}

function assertWellFormed(error: ErrorObject): void {
  ErrorObject.parse(error);
  assert.ok(codes.has(error.code), `${error.code} is in no table`);
  assert.doesNotMatch(error.message, /\n|file:|\.ts:|^\s*at /);
  assert.ok(error.message.length < 400 && error.message.isWellFormed());
}

/** Whether what the attacker asks is granted; it is answered at once, and once. */
function isGranted(
  world: Scene["world"],
  attacker: Client,
  method: string,
  params: unknown,
): boolean {
  const id = attacker.nextId(method as Method);
  const complaints = attacker.complaints.length;
  attacker.sendFrame({ jsonrpc: "2.0", id, method, params });
  while (world.tokens.length > 0) world.verify(refused);
  for (const error of attacker.complaints) assertWellFormed(error);
  const told = attacker.complaints.length > complaints;
  assert.ok(told || attacker.hasAnswer(id), `${method} is not answered`);
  return !told && attacker.isGranted(id);
}

describe("a message that fits its schema, or nearly does", () => {
  for (const [method, { params }] of Object.entries(methods)) {
    const fits = fitting(params, known);
    const messages = fc.array(fc.oneof(fits, nearly(fits), garbage), {
      minLength: 1,
      maxLength: 8,
    });

    it(`is answered, and harms nobody: ${method}`, () => {
      let granted = 0;
      fc.assert(
        fc.property(messages, (messages) => {
          const room = scene();
          for (const message of messages) {
            if (room.bob.closed !== null) break;
            if (isGranted(room.world, room.bob, method, message)) granted += 1;
          }
          assertUnharmed(room);
        }),
        { numRuns: RUNS },
      );
      const never = ["join", "resume", "refreshToken"].includes(method);
      assert.equal(granted > 0, !never, "nothing ever fits");
    });
  }
});

describe("a frame that is none", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.record({
      jsonrpc: fc.oneof(fc.constant("2.0"), garbage),
      id: fc.oneof(fc.integer(), garbage),
      method: fc.oneof(fc.constantFrom(...Object.keys(methods)), garbage),
      params: garbage,
      result: garbage,
      error: garbage,
    }, { requiredKeys: [] }).map((frame) => JSON.stringify(frame)),
  );

  it("is answered with an error, and harms nobody", () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 30 }), (texts) => {
        const room = scene();
        for (const text of texts) {
          if (room.bob.closed !== null) break;
          // Its answer may name any id, for which nobody waits here.
          for (let id = -10; id < 0; id++) room.bob.waiting.delete(id);
          sendAnything(room.bob, text);
        }
        assertUnharmed(room);
      }),
      { numRuns: 300 },
    );
  });
});

/** With whatever id it has counted as waited for. */
function sendAnything(client: Client, text: string): void {
  const id = idIn(text);
  if (id !== undefined && !client.waiting.has(id)) {
    client.waiting.set(id, { method: "reportMediaState", text });
  }
  client.sendText(text);
  for (const error of client.complaints) assertWellFormed(error);
}

function idIn(text: string): number | undefined {
  try {
    const { id } = JSON.parse(text) ?? {};
    return Number.isSafeInteger(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

describe("what others are told of a participant", () => {
  const deep = JSON.parse("[".repeat(16) + "]".repeat(16));

  it("can be read, however deep it is nested and wherever it stands", () => {
    const { world, ann, send } = stage();
    ann.request("updateMetadata", { metadata: deep });
    ann.request("produceData", {
      transportId: send,
      key: "deep",
      sctpStreamParameters: { streamId: 2 },
      label: "",
      protocol: "",
      appData: deep,
    });
    const eve = world.join("eve");
    assert.equal(eve.participants.length, 3);
    const tooDeep = ann.refused("updateMetadata", { metadata: [deep] });
    assert.equal(tooDeep.code, errors.invalidParams.code);
  });

  it("is bounded in bytes", () => {
    const { ann, bob } = stage();
    const metadata = "é".repeat(2_100);
    const { code } = ann.refused("updateMetadata", { metadata });
    assert.equal(code, errors.metadataTooLarge.code);
    const body = "é".repeat(9_000);
    const message = ann.refused("sendMessage", { topic: "", body });
    assert.equal(message.code, errors.messageTooLarge.code);
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("has no half of a surrogate pair in it, on which strict parsers give up", () => {
    const { ann, bob } = stage();
    for (const body of ["\ud83d", ["\ude00"], { "\ud83d": 1 }]) {
      const { code } = ann.refused("sendMessage", { topic: "", body });
      assert.equal(code, errors.invalidRequest.code);
    }
    const { code } = ann.refused("updateMetadata", { name: "\ud83d" });
    assert.equal(code, errors.invalidRequest.code);
    assert.deepEqual(bob.takeEvents(), []);
  });

  it("says no more in a session description of theirs than its place allows", () => {
    const { world, ann, send } = stage();
    const rtp = track(send).rtpParameters;
    const line = "x\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host";
    const [opus] = rtp.codecs;
    assert.ok(opus);
    const poisoned = [
      ...[line, "x y", "x\0", "\u2028"].map((cname) => ({ rtcp: { cname } })),
      { msid: line },
      { codecs: [{ ...opus, parameters: { useinbandfec: line } }] },
      { codecs: [{ ...opus, parameters: { [line]: 1 } }] },
    ];
    for (const [index, poison] of poisoned.entries()) {
      const rtpParameters = { ...rtp, ...poison };
      const params = track(send, { key: `${index}`, rtpParameters });
      const { code } = ann.refused("produce", params);
      assert.equal(code, errors.invalidParams.code, JSON.stringify(poison));
    }
    assert.deepEqual(world.sfu.calls("produce").length, 1);
  });
});
