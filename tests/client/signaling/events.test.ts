import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  encodeNotification,
  encodeResult,
  errors,
} from "../../../protocol/mod.ts";
import { clientCloseCodes } from "../../../client/signaling/ending.ts";
import { camera, joinResult, participant } from "../fakes/answers.ts";
import { Bench, closes, ending, types } from "./bench.ts";

describe("the connection, events", () => {
  it("passes each on, in order", () => {
    const bench = Bench.joined();
    const bob = participant("bob");
    assert.deepEqual(
      bench.event("participantConnected", { participant: bob }),
      [
        {
          type: "event",
          event: { name: "participantConnected", params: { participant: bob } },
        },
      ],
    );
    assert.deepEqual(types(bench.message()), ["event"]);
  });

  it("continues from the seq of the answer to join", () => {
    const bench = Bench.joining();
    bench.hear(encodeResult(1, { ...joinResult(), seq: 41 }));
    assert.deepEqual(types(bench.message(42)), ["event"]);
  });

  it("drops one that came before", () => {
    const bench = Bench.joined();
    bench.message();
    assert.deepEqual(bench.message(1), []);
  });

  it("RS1: is lost, to resume, when one is missing", () => {
    const bench = Bench.joined();
    bench.message();
    const effects = bench.message(3);
    assert.deepEqual(types(effects).slice(0, 2), ["close", "lost"]);
    assert.deepEqual(closes(effects), [clientCloseCodes.lost]);
  });

  it("counts those that a newer service tells, and lets them go", () => {
    const bench = Bench.joined();
    assert.deepEqual(bench.event("participantDances", { style: "tango" }), []);
    assert.deepEqual(types(bench.message()), ["event"]);
  });

  it("ignores fields that a newer service adds", () => {
    const effects = Bench.joined().event("message", {
      from: "s",
      topic: "t",
      body: 1,
      mood: "good",
    });
    assert.deepEqual(types(effects), ["event"]);
  });

  it("takes new words in known fields for the closest ones it knows", () => {
    const bench = Bench.joining();
    const producers = [{ ...camera(), source: "hologram" }];
    const bob = { ...participant("bob"), state: "dozing", producers };
    const [joined] = bench.hear(encodeResult(1, {
      ...joinResult(),
      participants: [bob],
    }));
    assert.ok(joined?.type === "joined");
    const [read] = joined.result.participants;
    assert.equal(read?.state, "connected");
    assert.equal(read?.producers[0]?.source, "other");
    const [effect] = bench.event("participantDisconnected", {
      sessionId: "s-bob",
      reason: "boredom",
    });
    assert.deepEqual(effect?.type === "event" && effect.event.params, {
      sessionId: "s-bob",
      reason: "removed",
    });
  });

  for (
    const [what, text] of [
      ["is no JSON", "{"],
      ["is no JSON-RPC", "[]"],
      ["is empty, as binary is", ""],
      [
        "is an event with a wrong field",
        '{"jsonrpc":"2.0","method":"message","params":{"seq":1,"from":7}}',
      ],
      [
        "is an event without seq",
        '{"jsonrpc":"2.0","method":"message","params":{"from":"s","topic":"t"}}',
      ],
      [
        "is nested too deep",
        `{"jsonrpc":"2.0","method":"m","params":${"[".repeat(40)}${
          "]".repeat(40)
        }}`,
      ],
    ] as const
  ) {
    it(`ends with 53003 when a frame ${what}`, () => {
      const effects = Bench.joined().hear(text);
      assert.deepEqual(ending(effects), {
        reason: "protocolError",
        code: errors.invalidServerMessage.code,
      });
      assert.deepEqual(closes(effects), [clientCloseCodes.misunderstood]);
    });
  }

  it("passes hints on, and tells of a broken one without ending", () => {
    const bench = Bench.joined();
    const level = { levels: [{ sessionId: "s", volume: -30 }] };
    assert.deepEqual(bench.hear(encodeNotification("audioLevels", level)), [
      { type: "hint", hint: { name: "audioLevels", params: level } },
    ]);
    const broken = bench.hear(encodeNotification("audioLevels", { levels: 3 }));
    assert.deepEqual(types(broken), ["exception"]);
    assert.deepEqual(types(bench.message()), ["event"]);
  });
});
