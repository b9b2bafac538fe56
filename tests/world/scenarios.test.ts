/** Each fault of the field, one at a time, on virtual time. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors } from "../../protocol/mod.ts";
import { assertAbout, Scene } from "./scene.ts";

const TIMEOUT = 4_000;
const GRACE = 12_000;
/** Of a ping: the last sign of life is at most so old when a fault begins. */
const PING = 1_000;

const names = (events: [number, string][]): string[] =>
  events.map(([_, name]) => name);

/** Both have published, and receive each other. */
const publishing = {
  3_000: { do: "publish", who: 0, key: "microphone" },
  3_100: { do: "publish", who: 1, key: "camera" },
} as const;

const LOST = ["participantReconnecting", "participantReconnected"];
const EVICTED = ["participantReconnecting", "participantDisconnected"];

describe("signaling alone dies", () => {
  it("RS1: both ends see it: the session goes on within a second, its media untouched", async () => {
    const scene = await Scene.live({
      acts: { ...publishing, 10_000: { do: "drop", who: 1, seen: "both" } },
      until: 60_000,
    });
    const { at, result } = scene.effect("p1", "resumed");
    assertAbout(at, 10_000, 1_000);
    assert.ok(result.transports.every(({ advice }) => advice === "alive"));
    assert.equal(scene.calls("closeTransport"), 0);
    assert.deepEqual(names(scene.presence("p0")), LOST);
  });

  it("RS2: only the client sees it: the resume replaces a connection that looks alive, and nobody is told", async () => {
    const scene = await Scene.live({
      acts: { ...publishing, 10_000: { do: "drop", who: 1, seen: "page" } },
      until: 60_000,
    });
    assertAbout(scene.effect("p1", "resumed").at, 10_000, 1_000);
    assert.deepEqual(names(scene.presence("p0")), []);
  });

  it("GR1 HB3: only the service sees it: others are told at once, and the client finds out by silence", async () => {
    const scene = await Scene.live({
      acts: { 10_000: { do: "drop", who: 1, seen: "service" } },
      until: 60_000,
    });
    const [[lostAt = 0] = []] = scene.presence("p0");
    assertAbout(lostAt, 10_000);
    const { at, trigger } = scene.effect("p1", "suspected");
    assert.equal(trigger, "silence");
    assert.ok(at <= 10_000 + 2_000);
    assertAbout(scene.effect("p1", "resumed").at, at, 500);
    assert.deepEqual(names(scene.presence("p0")), LOST);
  });

  it("HB2 HB3: nobody sees it: a half-open connection is found before the service gives it up", async () => {
    const scene = await Scene.live({
      acts: { 10_000: { do: "drop", who: 1, seen: "neither" } },
      until: 60_000,
    });
    const { at } = scene.effect("p1", "resumed");
    assert.ok(at < 10_000 - PING + TIMEOUT);
    assert.deepEqual(names(scene.presence("p0")), []);
  });
});

describe("media alone dies", () => {
  it("MD2: whatever ICE says, signaling stays and nobody is evicted", async () => {
    const wobbles = Array.from({ length: 10 }, (_, index) => [
      10_000 + index * 2_000,
      { do: "ice", pick: index },
    ]);
    const scene = await Scene.live({
      acts: { ...publishing, ...Object.fromEntries(wobbles) },
      until: 90_000,
    });
    assert.deepEqual(scene.effects("p0", "lost"), []);
    assert.deepEqual(names(scene.presence("p1")), []);
  });

  it("MD1: a transport without DTLS is closed after 15 s, and made anew", async () => {
    const scene = await Scene.live({
      acts: {
        2_000: { do: "dtlsStuck", ms: 5_000 },
        3_000: { do: "publish", who: 0, key: "microphone" },
      },
      until: 60_000,
    });
    const closed = scene.effects("p0", "event")
      .filter(({ event }) => event.name === "transportClosed");
    const [{ at = 0 } = {}] = closed;
    assert.equal(closed.length, 1);
    assertAbout(at, 3_000 + 15_000, 500);
  });
});

describe("both die", () => {
  it("GR1: for 2 s: nobody is told", async () => {
    const scene = await Scene.live({
      acts: {
        ...publishing,
        10_000: { do: "cut", who: 1, ms: 2_000, direction: "both" },
      },
      until: 60_000,
    });
    assert.deepEqual(names(scene.presence("p0")), []);
    assert.deepEqual(scene.effects("p1", "ended"), []);
  });

  it("GR1 RS1: for 9 s: others are told, within 4 s of silence, and told of the return", async () => {
    const scene = await Scene.live({
      acts: {
        ...publishing,
        10_000: { do: "cut", who: 1, ms: 9_000, direction: "both" },
      },
      until: 60_000,
    });
    const presence = scene.presence("p0");
    assert.deepEqual(names(presence), LOST);
    const [[lostAt = 0] = [], [backAt = 0] = []] = presence;
    assertAbout(lostAt, 10_000 - PING + TIMEOUT, PING + 200);
    assertAbout(backAt, 19_000, 2_500);
    assert.equal(scene.calls("closeTransport"), 0);
  });

  it("GR2 RS3: for 20 s: evicted when the grace is over, at the deadline that was told", async () => {
    const scene = await Scene.live({
      acts: {
        ...publishing,
        10_000: { do: "cut", who: 1, ms: 20_000, direction: "both" },
      },
      until: 90_000,
    });
    const events = scene.effects("p0", "event").map(({ at, event }) => ({
      at,
      ...event,
    }));
    const lost = events.find(({ name }) => name === "participantReconnecting");
    const gone = events.find(({ name }) => name === "participantDisconnected");
    assert.ok(lost?.name === "participantReconnecting");
    assert.ok(gone?.name === "participantDisconnected");
    assert.equal(gone.params.reason, "networkDisconnect");
    assertAbout(gone.at, lost.at + lost.params.graceMs - 100, 200);
    assertAbout(gone.at, 10_000 - PING + GRACE, PING + 200);
    const over = [
      ...scene.effects("p1", "ended").map(({ ending }) => ending.reason),
      ...scene.effects("p1", "rejoined").map(({ reason }) => reason),
    ];
    assert.deepEqual(over, ["networkDisconnect"]);
  });

  it("HB3: `online` brings the client back at once", async () => {
    const scene = await Scene.live({
      acts: { 10_000: { do: "offline", who: 1, ms: 7_000 } },
      until: 60_000,
    });
    assert.equal(scene.effect("p1", "suspected").trigger, "offline");
    assertAbout(scene.effect("p1", "resumed").at, 17_000, 500);
  });

  it("RS2: what the old connection delivers tens of seconds late changes nothing", async () => {
    const scene = await Scene.live({
      people: 3,
      acts: {
        ...publishing,
        9_500: { do: "burst", who: 1, count: 20, size: 10 },
        10_000: [
          { do: "stall", who: 1, ms: 40_000, direction: "both" },
          { do: "burst", who: 1, count: 20, size: 10 },
        ],
        12_000: { do: "burst", who: 0, count: 20, size: 10 },
      },
      until: 90_000,
    });
    assert.ok(scene.effect("p1", "resumed").at < 10_000 + TIMEOUT);
    const heard = scene.effects("p2", "event")
      .filter(({ event }) => event.name === "message");
    assert.equal(heard.length, 60);
  });
});

describe("the client's machine", () => {
  it("RS1: changes its address: the session goes on, with and without a hint", async () => {
    const scene = await Scene.live({
      acts: {
        10_000: { do: "move", who: 0, hinted: true },
        30_000: { do: "move", who: 1, hinted: false },
      },
      until: 90_000,
    });
    assert.ok(scene.effect("p0", "resumed").at <= 10_000 + 4_000);
    assert.ok(scene.effect("p1", "resumed").at <= 30_000 + 4_000);
  });

  it("RS1: sleeps for 8 s: it is back when it wakes", async () => {
    for (const withClock of [true, false]) {
      const scene = await Scene.live({
        acts: { 10_000: { do: "sleep", who: 1, ms: 8_000, withClock } },
        until: 60_000,
      });
      assertAbout(scene.effect("p1", "resumed").at, 18_000, 2_000);
      assert.deepEqual(names(scene.presence("p0")), LOST);
    }
  });

  it("GR2 RS3: sleeps for an hour: no ghost of it stays, and it learns so when it wakes", async () => {
    const scene = await Scene.live({
      acts: {
        10_000: { do: "sleep", who: 1, ms: 3_600_000, withClock: true },
      },
      until: 3_700_000,
    });
    const presence = scene.presence("p0");
    assert.deepEqual(names(presence), [...EVICTED, "participantConnected"]);
    const [, [goneAt = 0] = []] = presence;
    assertAbout(goneAt, 10_000 - PING + GRACE, PING + 200);
  });

  it("HB3: hides the page for an hour: it stays, and comes back from a cut as fast", async () => {
    const scene = await Scene.live({
      acts: {
        10_000: { do: "hide", who: 1, ms: 3_600_000 },
        1_800_000: { do: "cut", who: 1, ms: 6_000, direction: "both" },
      },
      until: 3_700_000,
    });
    assert.deepEqual(scene.effects("p1", "ended"), []);
    assert.deepEqual(names(scene.presence("p0")), LOST);
  });

  it("GR4: reloads the page: the old session ends at once", async () => {
    const scene = await Scene.live({
      acts: { 10_000: { do: "reload", who: 1 } },
      until: 60_000,
    });
    const presence = scene.presence("p0");
    assert.deepEqual(names(presence), [
      "participantDisconnected",
      "participantConnected",
    ]);
    assertAbout(presence[0]?.[0] ?? 0, 10_000);
  });

  it("RS9: reloads the page while nothing gets through: the old session is replaced, and no ghost stays", async () => {
    const scene = await Scene.live({
      acts: {
        10_000: [
          { do: "cut", who: 1, ms: 3_000, direction: "both" },
          { do: "crash", who: 1, withMachine: true, ms: 3_000 },
        ],
      },
      until: 60_000,
    });
    const events = scene.effects("p0", "event").map(({ event }) => event);
    const gone = events.find(({ name }) => name === "participantDisconnected");
    assert.ok(gone?.name === "participantDisconnected");
    assert.equal(gone.params.reason, "duplicateIdentity");
  });

  it("GR2: crashes: the place is held for 12 s, whether the network says so or not", async () => {
    for (const withMachine of [true, false]) {
      const scene = await Scene.live({
        acts: { 10_000: { do: "crash", who: 1, withMachine, ms: 30_000 } },
        until: 90_000,
      });
      const presence = scene.presence("p0");
      assert.deepEqual(names(presence).slice(0, 2), EVICTED);
      const [, [goneAt = 0] = []] = presence;
      assertAbout(goneAt, 10_000 - PING + GRACE, PING + 200);
    }
  });
});

describe("the service", () => {
  it("RS10: refuses with retryAfterMs: no attempt comes earlier", async () => {
    const scene = await Scene.live({
      acts: {
        9_900: { do: "busy", ms: 3_000 },
        10_000: { do: "drop", who: 1, seen: "both" },
      },
      until: 60_000,
    });
    const tries = scene.effects("p1", "step")
      .filter(({ step }) => step === "socketOpened").map(({ at }) => at);
    const refusals = scene.effects("p1", "step")
      .filter(({ step }) => step === "refused").map(({ at }) => at);
    assert.ok(refusals.length >= 1);
    for (const refusedAt of refusals) {
      const next = tries.find((at) => at > refusedAt) ?? Infinity;
      assert.ok(next >= refusedAt + 2_000, `${next} is too early`);
    }
    assertAbout(scene.effect("p1", "resumed").at, 12_900, 3_000);
  });

  it("RS3 HO3: has lost the room: resumes are refused with `nodeCrashed`", async () => {
    const scene = await Scene.live({
      acts: { 10_000: { do: "serviceCrash", ms: 2_000, isKept: false } },
      until: 90_000,
    });
    for (const who of ["p0", "p1"]) {
      const reasons = [
        ...scene.effects(who, "ended").map(({ ending }) => ending.reason),
        ...scene.effects(who, "rejoined").map(({ reason }) => reason),
      ];
      assert.deepEqual(reasons, ["nodeCrashed"]);
    }
  });

  it("HO1 HO5: crashes: all go on with their sessions, and no media is touched", async () => {
    const scene = await Scene.live({
      acts: {
        ...publishing,
        10_000: { do: "serviceCrash", ms: 2_000, isKept: true },
      },
      until: 90_000,
    });
    for (const who of ["p0", "p1"]) {
      assert.deepEqual(scene.effects(who, "ended"), []);
      assert.equal(scene.effects(who, "resumed").length, 1);
    }
    assert.equal(scene.calls("createRouter"), 1);
    assert.equal(scene.calls("claimRouter"), 1);
    assert.equal(scene.calls("closeTransport"), 0);
  });

  it("HO2: crashes again and again: nobody loses a session for it", async () => {
    const crash = { do: "serviceCrash", ms: 500, isKept: true } as const;
    const scene = await Scene.live({
      people: 4,
      acts: {
        ...publishing,
        ...Object.fromEntries(
          Array.from({ length: 20 }, (_, index) => [
            10_000 + index * 1_777,
            crash,
          ]),
        ),
      },
      until: 120_000,
    });
    for (const who of ["p0", "p1", "p2", "p3"]) {
      assert.deepEqual(scene.effects(who, "ended"), []);
      assert.deepEqual(scene.effects(who, "rejoined"), []);
    }
  });

  it("HO2 HO4: crashes at any moment of a join or a resume: who was told goes on", async () => {
    for (let ms = 0; ms < 400; ms += 5) {
      const scene = await Scene.live({
        acts: {
          [200 + ms]: { do: "serviceCrash", ms: 1_000, isKept: true },
          9_000: { do: "rename", who: 0 },
          9_900: { do: "drop", who: 1, seen: "both" },
          [9_900 + ms]: [
            { do: "rename", who: 0 },
            { do: "serviceCrash", ms: 1_000, isKept: true },
          ],
        },
        until: 60_000,
      });
      assert.deepEqual(scene.effects("p0", "ended"), []);
      assert.deepEqual(scene.effects("p1", "ended"), []);
    }
  });

  it("HO2: keeps nothing while the store is away: all go on, and are let in", async () => {
    const scene = await Scene.live({
      acts: {
        500: { do: "storeAway", ms: 20_000 },
        10_000: { do: "drop", who: 1, seen: "both" },
      },
      until: 60_000,
    });
    assert.deepEqual(scene.effects("p1", "ended"), []);
    assertAbout(scene.effect("p1", "resumed").at, 10_000, 1_000);
  });

  it("HO6: is told to stop: all are back when the next one is there", async () => {
    const scene = await Scene.live({
      acts: { ...publishing, 10_000: { do: "serviceStop", ms: 1_000 } },
      until: 60_000,
    });
    for (const who of ["p0", "p1"]) {
      assert.deepEqual(scene.effects(who, "ended"), []);
      assertAbout(scene.effect(who, "resumed").at, 11_500, 2_500);
    }
    assert.equal(scene.calls("createRouter"), 1);
  });

  it("HB2: was asleep for 5 s: nobody is evicted for it", async () => {
    const scene = await Scene.live({
      people: 4,
      acts: { 10_000: { do: "pause", ms: 5_000 } },
      until: 60_000,
    });
    for (const who of ["p0", "p1", "p2", "p3"]) {
      assert.deepEqual(scene.effects(who, "ended"), []);
      const told = names(scene.presence(who));
      assert.ok(!told.includes("participantDisconnected"));
    }
  });

  it("RS8: removes a participant: it does not come back by resume", async () => {
    const scene = await Scene.live({
      acts: {
        10_000: [
          { do: "cut", who: 1, ms: 6_000, direction: "both" },
        ],
        12_000: { do: "remove", who: 1 },
      },
      until: 60_000,
    });
    assert.deepEqual(scene.effects("p1", "resumed"), []);
    const { ending } = scene.effect("p1", "ended");
    assert.equal(ending.reason, "removed");
  });

  it("RS8: an expired token breaks no resume, unless the policy says so", async () => {
    const acts = {
      9_900: { do: "expireTokens", ms: 10_000 },
      10_000: { do: "drop", who: 1, seen: "both" },
    } as const;
    const usual = await Scene.live({ acts, until: 60_000 });
    assertAbout(usual.effect("p1", "resumed").at, 10_000, 1_000);
    const strict = await Scene.live({
      acts,
      until: 90_000,
      policy: { requireTokenOnResume: true },
    });
    const { ending } = strict.effects("p1", "ended")[0] ?? assert.fail();
    assert.equal(ending.error?.code, errors.tokenExpired.code);
  });

  it("RS7: keeps one event only: a snapshot takes the place of what was missed", async () => {
    const scene = await Scene.live({
      people: 4,
      policy: { maxLogEvents: 1 },
      acts: {
        ...publishing,
        10_000: { do: "cut", who: 1, ms: 8_000, direction: "both" },
        11_000: { do: "publish", who: 2, key: "camera" },
        12_000: { do: "mute", who: 0, key: "microphone" },
        13_000: { do: "rename", who: 2 },
        14_000: { do: "leave", who: 3, ms: 3_000 },
      },
      until: 60_000,
    });
    const resumed = scene.effects("p1", "resumed");
    assert.ok(resumed.some(({ result }) => result.snapshot !== undefined));
  });
});

describe("somebody else", () => {
  it("RS4 RS5: tries wrong and old secrets: the live session does not notice", async () => {
    const tries = Array.from({ length: 20 }, (_, index) => [
      12_000 + index * 300,
      { do: "steal", who: 1, secret: index % 2 ? "wrong" : "old" },
    ]);
    const scene = await Scene.live({
      acts: {
        10_000: { do: "drop", who: 1, seen: "both" },
        11_000: { do: "drop", who: 1, seen: "both" },
        ...Object.fromEntries(tries),
        25_000: { do: "drop", who: 1, seen: "both" },
      },
      until: 70_000,
    });
    assert.equal(scene.effects("p1", "resumed").length, 3);
    assert.deepEqual(scene.effects("p1", "ended"), []);
  });

  it("RS9: comes in under the same identity: the policy says who stays", async () => {
    const acts = { 10_000: { do: "twin", who: 1, ms: 5_000 } } as const;
    const at = (duplicateIdentity: "replace" | "reject" | "allow") =>
      Scene.live({ acts, until: 70_000, policy: { duplicateIdentity } });
    const replaced = (await at("replace")).effects("p1", "ended")[0];
    assert.equal(replaced?.ending.reason, "duplicateIdentity");
    const rejected = await at("reject");
    const { error } = rejected.effects("t2", "refused")[0] ?? assert.fail();
    assert.equal(error.code, errors.duplicateIdentity.code);
    assert.deepEqual(rejected.effects("p1", "ended"), []);
    const allowed = await at("allow");
    assert.deepEqual(allowed.effects("p1", "ended"), []);
    assert.equal(allowed.effects("t2", "joined").length, 1);
  });
});
