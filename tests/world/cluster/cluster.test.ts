/** What becomes of people in a room that many processes share. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import type { Deed } from "../plan.ts";
import { Scene, type Script } from "../scene.ts";

const LEASE_MS = 3_000;
const cluster = { processes: 3, leaseMs: LEASE_MS };
const NODES = [0, 1, 2];
/** Milliseconds for what happens to one process, and until all is well again. */
const EACH_MS = 25_000;
const END_MS = 10_000 + NODES.length * EACH_MS + 45_000;
const publishing = {
  4_000: [
    { do: "publish", who: 0, key: "microphone" },
    { do: "publish", who: 1, key: "camera" },
  ],
} as const;

type Moment = [at: number, deeds: Deed | readonly Deed[]];
const dropAll = [0, 1, 2, 3].map((who) =>
  ({ do: "drop", who, seen: "both" }) as const
);

type OnNode = Extract<Deed, { node: number }>;

/** To each of the processes in turn, so that it is the owner once. */
function inTurn(deedOn: (node: number) => OnNode): Script["acts"] {
  return Object.fromEntries(
    NODES.map((node) => [10_000 + node * EACH_MS, deedOn(node)]),
  );
}

const live = (acts: Script["acts"], more: Partial<Script> = {}) =>
  Scene.live({
    people: 4,
    cluster,
    acts: { ...publishing, ...acts },
    until: END_MS,
    ...more,
  });

/** Nobody has lost a session, and no media was made anew. */
function assertWhole(scene: Scene): void {
  for (const who of ["p0", "p1", "p2", "p3"]) {
    assert.deepEqual(scene.effects(who, "ended"), [], who);
    const left = scene.presence(who).filter(([_, name]) =>
      name === "participantDisconnected"
    );
    assert.deepEqual(left, [], who);
  }
  assert.equal(scene.calls("createRouter"), 1);
}

describe("a room over many processes", () => {
  it("HO7 HO9: goes on elsewhere when its process is killed, or that of a socket: within the lease and a second", async () => {
    const scene = await live(
      inTurn((node) => ({ do: "nodeCrash", node, ms: 2_000 })),
    );
    assertWhole(scene);
    for (const who of ["p0", "p1", "p2", "p3"]) {
      const lost = scene.effects(who, "lost");
      const resumed = scene.effects(who, "resumed");
      assert.ok(resumed.length > 0);
      for (const { at } of lost) {
        const back = resumed.find((one) => one.at > at);
        assert.ok(back && back.at - at < LEASE_MS + 1_000, `${who} at ${at}`);
      }
    }
  });

  it("HO8: is another's when its process has slept, whether its clock has or not: nobody hears the one of the past", async () => {
    for (const withClock of [false, true]) {
      const acts = inTurn((node) => ({
        do: "nodePause",
        node,
        ms: 3 * LEASE_MS,
        withClock,
      }));
      assertWhole(await live(acts));
    }
  });

  it("HO10: stays while Redis cannot be reached for less than a lease, and moves when it takes longer", async () => {
    for (const ms of [1_500, 3 * LEASE_MS]) {
      for (const isSeen of [false, true]) {
        const acts = inTurn((node) => ({ do: "cutRedis", node, ms, isSeen }));
        assertWhole(await live(acts));
      }
    }
  });

  it("HO10: goes on when Redis was away, for less than a lease and for longer", async () => {
    const away = { do: "redisAway", lostMs: 0 } as const;
    const acts: Record<number, Deed> = {
      10_000: { ...away, ms: 1_000 },
      30_000: { ...away, ms: 8_000 },
    };
    assertWhole(await live(acts));
  });

  it("HO7: outlives the data of Redis, also where another process begins before the owner is back there", async () => {
    const acts = Object.fromEntries(NODES.flatMap((node): Moment[] => {
      const at = 12_000 + node * EACH_MS;
      const other = (node + 1) % NODES.length;
      return [
        [at - 2_000, { do: "nodeStop", node: other, ms: 2_150 }],
        [at, { do: "cutRedis", node, ms: 1_000, isSeen: true }],
        [at + 50, { do: "redisAway", ms: 150, lostMs: 1e12 }],
        [at + 450, dropAll],
      ];
    }));
    assertWhole(await live(acts));
  });

  it("HO8: turns nobody away where its process knows neither how long it was asleep, nor what the sidecar says", async () => {
    const acts = Object.fromEntries(NODES.flatMap((node): Moment[] => {
      const at = 10_000 + node * EACH_MS;
      const ms = 3 * LEASE_MS;
      return [
        [at, [
          { do: "nodePause", node, ms, withClock: true },
          { do: "cutSfu", node, ms: ms + 1_000 },
        ]],
        [at + ms - 150, dropAll],
        [at + ms - 50, dropAll],
      ];
    }));
    assertWhole(await live(acts));
  });

  it("HO12: is given to the others by who stops or drains, one process after the other", async () => {
    for (const verb of ["nodeStop", "nodeDrain"] as const) {
      assertWhole(
        await live(inTurn((node) => ({ do: verb, node, ms: 3_000 }))),
      );
    }
  });

  it("HO5: leaves no router behind where its process was cut off from Redis, and its worker died", async () => {
    const acts = Object.fromEntries(NODES.flatMap((node): Moment[] => {
      const at = 10_000 + node * EACH_MS;
      return [
        [at, { do: "cutRedis", node, ms: 3 * LEASE_MS, isSeen: true }],
        [at + 500, { do: "workerDies" }],
      ];
    }));
    const scene = await live(acts);
    for (const who of ["p0", "p1", "p2", "p3"]) {
      assert.deepEqual(scene.effects(who, "ended"), []);
    }
  });
});

describe("the referee misses", () => {
  /** The owner, whichever it is, is cut off from Redis, or asleep. */
  const deeds = (...all: readonly ((node: number) => OnNode)[]) =>
    Object.fromEntries(
      NODES.map((node) => [
        10_000 + node * EACH_MS,
        all.map((deedOn) => deedOn(node)),
      ]),
    );
  const asleep = (node: number): OnNode => ({
    do: "nodePause",
    node,
    ms: 3 * LEASE_MS,
    withClock: true,
  });

  it("HO8: the stop of an owner by its own clock", async () => {
    const slow = (node: number): OnNode => ({
      do: "nodeDrift",
      node,
      rate: 0.3,
    });
    const cut = (node: number): OnNode => ({
      do: "cutRedis",
      node,
      ms: 3 * LEASE_MS,
      isSeen: true,
    });
    // The sidecar would tell it.
    const alone = (node: number): OnNode => ({
      do: "cutSfu",
      node,
      ms: 3 * LEASE_MS,
    });
    await assert.rejects(
      live(deeds(slow, cut, alone)),
      /HO8.*owner of the past/,
    );
  });

  it("HO8: the fence of the sidecar", async () => {
    await assert.rejects(
      live(deeds(asleep), { without: "sfu" }),
      /HO8.*obeys/,
    );
  });

  it("HO8: the fence of Redis", async () => {
    // What the owner wants to keep arrives when its lease is over.
    const stuck = (node: number): OnNode => ({
      do: "cutRedis",
      node,
      ms: 3 * LEASE_MS,
      isSeen: false,
    });
    const renames = Object.fromEntries(NODES.map((node) => [
      10_100 + node * EACH_MS,
      [0, 1, 2, 3].map((who) => ({ do: "rename", who }) as const),
    ]));
    await assert.rejects(
      live({ ...deeds(stuck), ...renames }, { without: "redis" }),
      /HO8.*was kept after/,
    );
  });
});
