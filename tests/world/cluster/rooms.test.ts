/** What becomes of people in several rooms of one service. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { assertAbout, Scene, type Script } from "../scene.ts";

const LEASE_MS = 3_000;
/** p0 and p2 are in one room, p1 and p3 in the other. */
const cluster = { processes: 3, leaseMs: LEASE_MS, rooms: 2 };
const watched = { ...cluster, operators: 2 };
const publishing = {
  4_000: [
    { do: "publish", who: 0, key: "microphone" },
    { do: "publish", who: 1, key: "camera" },
  ],
} as const;
const moveP0 = { do: "moveTo", who: 0, room: 1 } as const;
const crashAll = [0, 1, 2].map((node) =>
  ({ do: "nodeCrash", node, ms: 1_000 }) as const
);

const live = (acts: Script["acts"], more: Partial<Script> = {}) =>
  Scene.live({
    people: 4,
    cluster,
    acts: { ...publishing, ...acts },
    until: 75_000,
    ...more,
  });

/** What was told of others since p0 was sent away. */
const names = (scene: Scene, who: string): string[] =>
  scene.presence(who).flatMap(([at, name]) => at < 10_000 ? [] : [name]);

describe("who is sent to another room", () => {
  it("OP6: goes there by itself, through whatever process; nobody sees it in both", async () => {
    const scene = await live({ 10_000: moveP0 });
    const { at, room } = scene.effect("p0", "rejoined");
    assert.equal(room, "room1");
    assertAbout(at, 10_000, 1_500);
    assert.deepEqual(names(scene, "p2"), ["participantDisconnected"]);
    for (const who of ["p1", "p3"]) {
      assert.deepEqual(names(scene, who), ["participantConnected"]);
    }
  });

  it("OP6: goes when it is back, if it was away", async () => {
    const scene = await live({
      10_000: { do: "cut", who: 0, ms: 6_000, direction: "both" },
      11_000: moveP0,
    });
    const { at, room } = scene.effect("p0", "rejoined");
    assert.equal(room, "room1");
    assertAbout(at, 16_000, 4_000);
  });

  it("OP6 HO1: goes also where the room has another process by then", async () => {
    const scene = await live({
      10_000: { do: "cut", who: 0, ms: 7_000, direction: "both" },
      11_000: moveP0,
      12_000: crashAll,
    });
    assert.equal(scene.effect("p0", "rejoined").room, "room1");
    assert.deepEqual(scene.effects("p2", "ended"), []);
  });

  it("OP6 HO1: is removed by the next process of the room, if it does not come", async () => {
    const scene = await live({
      10_000: { do: "cut", who: 0, ms: 58_000, direction: "both" },
      11_000: moveP0,
      12_000: crashAll,
    }, { policy: { evictAfterMs: 60_000 }, until: 120_000 });
    const [gone] = scene.presence("p2").filter(([_, name]) =>
      name === "participantDisconnected"
    );
    assertAbout(gone?.[0] ?? 0, 41_000, 6_000);
  });
});

describe("who is banned", () => {
  it("OP2: stays out also where the room is over by then, and the next of its name has died before anything was kept of it", async () => {
    const scene = await live({
      10_000: { do: "ban", who: 1, ms: 30_000 },
      10_500: { do: "leave", who: 3, ms: 40_000 },
      16_000: crashAll,
    }, { policy: { emptyRoomMs: 2_000 }, until: 100_000 });
    const joined = scene.effects("p1", "joined").map(({ at }) => at);
    assert.equal(joined.length, 2);
    assert.ok((joined[1] ?? 0) >= 40_000);
  });
});

describe("operators", () => {
  it("HO11: are told the same of all rooms through any process, while one after the other dies, stops or drains", async () => {
    for (const verb of ["nodeCrash", "nodeStop", "nodeDrain"] as const) {
      const acts = Object.fromEntries([0, 1, 2].map((node) => [
        10_000 + node * 10_000,
        [{ do: verb, node, ms: 3_000 }, moveP0],
      ]));
      const scene = await live(acts, { cluster: watched, until: 90_000 });
      assert.equal(scene.effect("p0", "rejoined").room, "room1");
    }
  });
});

describe("of several rooms, the referee misses", () => {
  it("HO11: what an operator is not told", async () => {
    await assert.rejects(
      live({}, { cluster: watched, without: "events" }),
      /HO11: an operator was not told/,
    );
  });

  it("HO2: what an operator was told to be done, and is not", async () => {
    const acts = { 11_000: moveP0, 12_000: crashAll };
    await assert.rejects(
      live(acts, { without: "deeds" }),
      /HO2: .* was moved, and nobody knows of it/,
    );
  });

  it("HO11: rooms of which an operator is not told", async () => {
    await assert.rejects(
      live({}, { cluster: watched, without: "nodes" }),
      /HO11: of room.* an operator is told/,
    );
  });

  it("HO7: a room to which nobody comes back, and which nobody takes up", async () => {
    const gone = [1, 3].map((who) =>
      ({ do: "crash", who, withMachine: true, ms: 1e6 }) as const
    );
    const acts = { 10_000: gone, 10_100: crashAll };
    await live(acts);
    await assert.rejects(
      live(acts, { without: "orphans" }),
      /HO7: nobody takes room1 up/,
    );
  });

  it("HO12: a process that drains and keeps its rooms", async () => {
    const drain = [0, 1, 2].map((node) =>
      ({ do: "nodeDrain", node, ms: 6_000 }) as const
    );
    const acts = { 10_000: drain.slice(0, 2), 20_000: drain.slice(1) };
    await assert.rejects(
      live(acts, { without: "nodes" }),
      /HO12: room.* stays in/,
    );
  });

  it("core: the wall between two of them", async () => {
    await assert.rejects(live({}, { without: "rooms" }), /core: .* told in/);
  });

  it("OP2: who is let in again by the next process of the room, and is banned", async () => {
    const ban = { do: "ban", who: 0, ms: 20_000 } as const;
    const acts = { 10_000: ban, 11_000: crashAll };
    await live(acts);
    await assert.rejects(
      live(acts, { without: "orders" }),
      /OP2: .* was let in/,
    );
  });

  it("OP6: the end of who was sent to another one, and does not go", async () => {
    const left = live({
      10_000: { do: "cut", who: 0, ms: 58_000, direction: "both" },
      11_000: moveP0,
      12_000: crashAll,
    }, {
      policy: { evictAfterMs: 60_000 },
      until: 120_000,
      without: "orders",
    });
    await assert.rejects(left, /OP6: .* is still here/);
  });
});
