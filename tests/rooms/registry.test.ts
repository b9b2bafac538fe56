import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Policy } from "../../protocol/mod.ts";
import type { Actor } from "../../rooms/actor.ts";
import type { RoomAnnouncement } from "../../rooms/announcements.ts";
import type { Effect } from "../../rooms/core/effect.ts";
import type { Input } from "../../rooms/core/input.ts";
import { Room } from "../../rooms/core/room.ts";
import { decode } from "../../rooms/core/snapshot/decode.ts";
import { Registry } from "../../rooms/registry.ts";
import { VirtualClock } from "./fakes/clock.ts";
import { ScriptedCore } from "./fakes/core.ts";
import { FakeLink } from "./fakes/link.ts";
import { keepingLog } from "./fakes/log.ts";

const endIfAsked = (input: Input): Effect[] =>
  input.type === "admin" ? [{ type: "end" }] : [];

function world(
  maxRooms = 10,
  answer = endIfAsked,
  onAnnouncement: (announced: RoomAnnouncement) => void = () => {},
) {
  const clock = new VirtualClock();
  const link = new FakeLink();
  const made: { name: string; epoch: number; core: ScriptedCore }[] = [];
  const registry = new Registry({
    link,
    clock,
    log: keepingLog().log,
    maxRooms,
    policy: Policy.parse({}),
    authenticate: () => Promise.reject(new Error("nobody asks")),
    onAnnouncement,
    createCore: ({ name, epoch }) => {
      const core = new ScriptedCore(answer);
      made.push({ name, epoch, core });
      return core;
    },
    restoreCore: () => new ScriptedCore(answer),
  });
  return { clock, link, made, registry };
}

const end = (room: Actor | undefined) =>
  room?.command({ type: "closeRoom", reason: "roomClosed" });

describe("the registry of rooms", () => {
  it("makes a room when it is first asked for, and gives the same one after", () => {
    const { registry, made } = world();
    const room = registry.open("r");
    assert.equal(registry.open("r"), room);
    assert.notEqual(registry.open("other"), room);
    assert.deepEqual(made.map(({ name }) => name), ["r", "other"]);
    assert.equal(registry.size, 2);
  });

  it("OP9: announces in numbers without gaps, also the end of a room that crashes", () => {
    const announced: RoomAnnouncement[] = [];
    const startThenCrash = (input: Input): Effect[] => {
      if (input.type !== "sfuUp") throw new Error("a bug");
      return [{ type: "announce", announcement: { type: "roomStarted" } }];
    };
    const { registry, link } = world(
      10,
      startThenCrash,
      (one) => announced.push(one),
    );
    const room = registry.open("r");
    link.turn("up");
    end(room);
    assert.equal(registry.size, 0);
    assert.deepEqual(
      announced.map(({ room, seq, announcement }) => [room, seq, announcement]),
      [
        ["r", 1, { type: "roomStarted" }],
        ["r", 2, { type: "roomEnded", reason: "nodeCrashed" }],
      ],
    );
  });

  it("finds a room that is there, and makes none", () => {
    const { registry, made } = world();
    assert.equal(registry.find("r"), undefined);
    const room = registry.open("r");
    assert.equal(registry.find("r"), room);
    end(room);
    assert.equal(registry.find("r"), undefined);
    assert.equal(made.length, 1);
  });

  for (const reason of ["roomClosed", "serverShutdown", "empty"] as const) {
    it(`RS3: knows why a room has ended: ${reason}`, () => {
      const { registry, made } = world(10, () => [
        { type: "announce", announcement: { type: "roomEnded", reason } },
        { type: "end" },
      ]);
      end(registry.open("r"));
      const [{ epoch } = { epoch: 0 }] = made;
      assert.equal(
        registry.reasonOfEnd("r", epoch),
        reason === "empty" ? "networkDisconnect" : reason,
      );
      assert.equal(registry.reasonOfEnd("r", epoch + 1), undefined);
      assert.equal(registry.reasonOfEnd("other", epoch), undefined);
    });
  }

  it("RS3: knows that a room was lost by a fault of its own", () => {
    const { registry, made } = world(10, (input) => {
      if (input.type === "admin") throw new Error("broken");
      return [];
    });
    end(registry.open("r"));
    const [{ epoch } = { epoch: 0 }] = made;
    assert.equal(registry.reasonOfEnd("r", epoch), "nodeCrashed");
  });

  it("RS3: goes by epochs, and not by the clock of whoever made a room", () => {
    const { registry, clock } = world();
    const kept = new Room({
      name: "r",
      epoch: 7,
      policy: Policy.parse({}),
    }, clock.now()).snapshot();
    const decoded = decode(kept);
    assert.ok(decoded.ok);
    registry.restore(decoded.snapshot, 9);
    assert.equal(registry.reasonOfEnd("r", 7), "networkDisconnect");
    assert.equal(registry.reasonOfEnd("r", 6), undefined);
  });

  it("RS3: remembers the ends of no more than 1,000 rooms", () => {
    const { registry, made } = world();
    for (let number = 0; number <= 1_000; number++) {
      end(registry.open(`room-${number}`));
    }
    const [{ epoch } = { epoch: 0 }] = made;
    assert.equal(registry.reasonOfEnd("room-0", epoch), undefined);
    assert.equal(registry.reasonOfEnd("room-1", epoch), "nodeCrashed");
  });

  it("forgets a room that ends; the next join makes a new one with a newer epoch", () => {
    const { registry, made, clock } = world();
    const first = registry.open("r");
    end(first);
    assert.equal(registry.size, 0);
    clock.advance(1);
    assert.notEqual(registry.open("r"), first);
    const [before, after] = made;
    assert.ok(before && after && before.epoch < after.epoch);
  });

  it("holds no more rooms than it may", () => {
    const { registry } = world(1);
    const room = registry.open("r");
    assert.equal(registry.open("other"), undefined);
    assert.equal(registry.open("r"), room);
    end(room);
    assert.notEqual(registry.open("other"), undefined);
  });

  it("keeps no room whose core fails at once", () => {
    const { registry, link } = world(10, () => {
      throw new Error("broken");
    });
    link.state = "connecting";
    registry.open("r");
    assert.equal(registry.size, 0);
  });

  it("ends every room when it closes, and lets none begin", () => {
    const { registry, made } = world();
    registry.open("a");
    registry.open("b");
    registry.close();
    assert.equal(registry.size, 0);
    assert.equal(registry.open("c"), undefined);
    for (const { core } of made) {
      assert.deepEqual(core.heard.at(-1)?.input, {
        type: "admin",
        request: 1,
        command: { type: "closeRoom", reason: "serverShutdown" },
      });
    }
  });
});
