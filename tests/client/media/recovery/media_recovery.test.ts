import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { World } from "./world.ts";

const ms = (of: { at: number } | undefined, since: number) =>
  (of?.at ?? NaN) - since;

describe("media that stops while signaling works", () => {
  it("MD4: is noticed within 2 s, pauses what is sent, and restarts ICE of all transports at once", () => {
    const world = World.flowing();
    const since = world.now;
    world.cut();
    world.run(2_000);
    const [trouble] = world.of("trouble");
    assert.equal(trouble?.trigger, "mediaStopped");
    assert.ok(ms(trouble, since) >= 1_500 && ms(trouble, since) <= 2_000);
    assert.deepEqual(
      world.of("setSuspended").map(({ suspended }) => suspended),
      [true],
    );
    assert.deepEqual(
      world.of("restartIce").map(({ ids }) => ids),
      [["send-0", "recv-0"]],
    );
  });

  it("MD11: sends again as soon as something comes in, and says that it flows", () => {
    const world = World.flowing();
    world.cut();
    world.run(3_000);
    world.log.length = 0;
    world.mend();
    const since = world.now;
    world.run(200);
    const [resumed] = world.of("setSuspended");
    assert.equal(resumed?.suspended, false);
    assert.ok(ms(resumed, since) <= 100);
    world.run(1_000);
    assert.ok(world.steps.includes("mediaResumed"));
    assert.equal(
      world.steps.filter((step) => step === "mediaFlows").length,
      2,
    );
    assert.equal(world.of("fine").length, 1);
  });

  it("MD11: waits with the senders for a pair that is heard, whatever ICE claims", () => {
    const world = World.flowing();
    world.cut();
    world.run(3_000);
    world.connection("send", "connected");
    world.run(1_000);
    assert.equal(world.isSuspended, true);
    world.ways.send.pair = 2;
    world.ways.send.answers = 1;
    world.ways.send.packets = 0;
    world.run(100);
    assert.equal(world.isSuspended, false);
  });

  it("MD4: hears nothing in it when ICE fails and has no pair any more", () => {
    const world = World.flowing();
    world.cut();
    world.loseSignaling();
    world.log.length = 0;
    for (const direction of ["send", "recv"] as const) {
      world.ways[direction].pair = undefined;
      world.connection(direction, "failed");
    }
    world.run(1_000);
    assert.equal(world.isSuspended, true);
    assert.deepEqual(world.of("iceReconnected"), []);
  });

  it("MD4: takes a pair for what it was when ICE, out of hope, selects it", () => {
    const world = World.flowing();
    const { send } = world.ways;
    send.others.set("send-0 2", { packets: 0, answers: 5 });
    world.run(1_000);
    world.cut();
    world.run(3_000);
    send.others.clear();
    send.pair = 2;
    send.packets = 0;
    send.answers = 5;
    world.run(500);
    assert.equal(world.isSuspended, true);
  });

  it("MD4: restarts ICE every 2 s, one request at a time", () => {
    const world = World.flowing();
    world.onRestart = () => undefined;
    world.cut();
    world.run(3_000);
    assert.equal(world.of("restartIce").length, 1);
    world.handle({ type: "restarted", gone: [] });
    world.run(1_000);
    const [first, second] = world.of("restartIce");
    assert.equal(ms(second, first?.at ?? 0), 2_000);
  });

  it("MD3: restarts no sooner than the service allows", () => {
    const world = World.flowing();
    world.onRestart = () => ({
      type: "restartRefused",
      reason: "too many",
      retryAfterMs: 3_000,
    });
    world.cut();
    world.run(4_900);
    const [first, second] = world.of("restartIce");
    assert.equal(ms(second, first?.at ?? 0), 3_000);
    assert.ok(world.steps.includes("refused"));
  });

  it("MD4: recreates what has not connected 4 s after the restart", () => {
    const world = World.flowing();
    world.cut();
    world.run(6_000);
    const [restart] = world.of("restartIce");
    const recreations = world.of("recreate");
    assert.deepEqual(
      recreations.map(({ direction }) => direction),
      ["send", "recv"],
    );
    assert.equal(ms(recreations[0], restart?.at ?? 0), 4_000);
    world.mend();
    for (const direction of ["send", "recv"] as const) {
      world.connection(direction, "connected");
    }
    world.run(500);
    assert.equal(world.isSuspended, false);
    assert.equal(world.of("fine").length, 1);
    assert.equal(world.of("recreate").length, 2);
  });

  it("MD4: recreates at once what the service does not have any more", () => {
    for (const how of ["asked", "told"]) {
      const world = World.flowing();
      if (how === "asked") {
        world.onRestart = () => ({ type: "restarted", gone: ["recv-0"] });
        world.cut();
        world.run(2_000);
      } else {
        world.handle({ type: "gone", id: "recv-0" });
      }
      assert.deepEqual(
        world.of("recreate").map(({ direction }) => direction),
        ["recv"],
      );
    }
  });

  it("MD4: waits longer for each recreation that came to nothing, with jitter", () => {
    const world = World.flowing({ random: () => 0 });
    world.onRecreate = () => {};
    world.handle({ type: "gone", id: "send-0" });
    for (let number = 1; number <= 6; number++) {
      const since = world.now;
      world.handle({
        type: "recreationFailed",
        direction: "send",
        number,
        reason: "away",
        retryAfterMs: number === 5 ? 30_000 : 0,
      });
      world.run(30_000);
      const wait = ms(world.of("recreate").at(-1), since);
      assert.equal(wait, [500, 1_000, 2_000, 4_000, 30_000, 7_500][number - 1]);
    }
  });

  it("MD4: goes on with what was recreated when it fails before it connects", () => {
    const world = World.flowing();
    world.onRecreate = (effect) => {
      world.cut();
      world.recreate(effect);
    };
    world.handle({ type: "gone", id: "send-0" });
    world.run(200);
    world.connection("send", "failed");
    world.run(1_100);
    assert.equal(world.of("recreate").length, 2);
  });

  it("MD7: recreates again before the service gives up what does not connect", () => {
    const world = World.flowing();
    world.cut();
    world.run(60_000);
    const times = world.of("recreate")
      .filter(({ direction }) => direction === "send").map(({ at }) => at);
    assert.ok(times.length > 4);
    times.slice(1).forEach((at, index) =>
      assert.equal(at - (times[index] ?? 0), 10_000)
    );
  });

  it("MD4: restarts or recreates when the application wishes it", () => {
    const world = World.flowing();
    world.handle({ type: "asked", recreate: false });
    assert.equal(world.of("trouble")[0]?.trigger, "asked");
    assert.deepEqual(world.of("restartIce")[0]?.ids, ["send-0", "recv-0"]);
    world.run(500);
    assert.equal(world.isSuspended, false);
    assert.equal(world.of("fine").length, 1);
    world.handle({ type: "asked", recreate: true });
    assert.equal(world.of("recreate").length, 2);
    world.run(1_000);
    assert.equal(world.of("fine").length, 2);
  });
});

describe("media that is silent for another reason", () => {
  it("MD4: is left alone where nobody sends: the other direction is heard", () => {
    const world = World.flowing();
    world.ways.recv.hasMedia = false;
    world.run(20_000);
    assert.deepEqual(world.of("trouble"), []);
    assert.deepEqual(world.of("restartIce"), []);
  });

  it("MD4: is left alone for 3.5 s where only others could be heard", () => {
    const world = World.flowing();
    world.ways.send.isExpected = false;
    world.ways.send.hasMedia = false;
    world.run(5_000);
    const since = world.now;
    world.cut();
    world.run(5_000);
    assert.ok(ms(world.of("trouble")[0], since) >= 3_500);
    assert.ok(ms(world.of("trouble")[0], since) <= 4_200);
  });

  it("MD4: is left alone where all is muted", () => {
    const world = World.flowing();
    for (const way of Object.values(world.ways)) {
      way.isExpected = false;
      way.hasMedia = false;
    }
    world.run(60_000);
    assert.deepEqual(world.log.filter(({ type }) => type !== "flow"), []);
    assert.equal(world.of("flow").at(-1)?.flow, "none");
  });

  it("MD4: has time where packets come rarely", () => {
    const world = new World();
    const { send } = world.ways;
    send.hasMedia = false;
    world.open("send");
    // A report every 5 s, as for nothing but audio in some browsers.
    for (let count = 0; count < 10; count++) {
      send.isUp = false;
      world.run(5_000);
      send.packets++;
    }
    assert.deepEqual(world.of("trouble"), []);
  });

  it("MD4: is not concluded from looks that were late", () => {
    const world = World.flowing();
    for (let count = 0; count < 10; count++) {
      // The page slept: the clock has moved, and nothing was looked at.
      world.ways.send.packets += 10;
      world.ways.recv.packets += 10;
      world.now += 60_000;
      world.signalingHeardAt = world.now;
      world.handle({ type: "tick" });
      world.run(10);
    }
    assert.deepEqual(world.of("trouble"), []);
  });
});

describe("what ICE says", () => {
  it("MD4: is an exception each time, and no reason to act where packets come", () => {
    const world = World.flowing();
    world.connection("send", "disconnected");
    world.run(1_000);
    world.connection("send", "connected");
    assert.deepEqual(
      world.of("exception").map(({ name, direction }) => [name, direction]),
      [["ICE_CONNECTION_DISCONNECTED", "send"]],
    );
    assert.deepEqual(world.of("restartIce"), []);
    assert.equal(world.of("iceReconnected").length, 1);
  });

  it("MD4: gives ICE the time that the app allows after disconnected", () => {
    const world = World.flowing({ disconnectedTimeoutMs: 4_000 });
    world.ways.recv.isExpected = false;
    world.ways.recv.isUp = false;
    world.run(6_000);
    world.connection("recv", "disconnected");
    const since = world.now;
    world.run(5_000);
    assert.equal(ms(world.of("trouble")[0], since), 4_000);
    assert.equal(world.of("trouble")[0]?.trigger, "iceDisconnected");
  });

  it("MD4: is acted on at once when it failed", () => {
    const world = World.flowing();
    world.ways.recv.isExpected = false;
    world.ways.recv.isUp = false;
    world.run(6_000);
    world.connection("recv", "failed");
    assert.equal(world.of("trouble")[0]?.trigger, "iceFailed");
    assert.equal(world.of("exception")[0]?.name, "ICE_CONNECTION_FAILED");
    assert.deepEqual(world.of("restartIce")[0]?.ids, ["recv-0"]);
  });

  it("MD1: ends nothing of a transport that never connected: the service does", () => {
    const world = new World();
    world.handle({ type: "opened", direction: "send", id: "send-0" });
    world.connection("send", "connecting");
    world.connection("send", "failed");
    world.run(30_000);
    assert.equal(world.recovery.isEstablished("send"), false);
    assert.deepEqual(world.of("restartIce"), []);
    assert.deepEqual(world.of("recreate"), []);
  });
});

describe("media while signaling fails too", () => {
  it("MD5, MD11: is paused, and nothing else is done about it", () => {
    const world = World.flowing();
    world.cut();
    world.loseSignaling();
    world.run(30_000);
    assert.equal(world.isSuspended, true);
    assert.deepEqual(world.of("restartIce"), []);
    assert.deepEqual(world.of("recreate"), []);
  });

  it("MD5: is no trouble of its own before signaling had its say", () => {
    const world = World.flowing();
    world.cut();
    world.isSignalingUp = false;
    world.run(1_900);
    assert.equal(world.isSuspended, true);
    assert.deepEqual(world.of("trouble"), []);
    world.handle({ type: "suspected" });
    assert.ok(world.steps.includes("mediaPaused"));
  });

  it("MD5: flows on where it works", () => {
    const world = World.flowing();
    world.loseSignaling();
    world.run(20_000);
    world.resumed();
    world.run(1_000);
    assert.deepEqual(world.of("setSuspended"), []);
    assert.deepEqual(world.of("trouble"), []);
    assert.deepEqual(world.of("restartIce"), []);
  });

  it("MD11: is sent again when the old connection speaks", () => {
    const world = World.flowing();
    world.isSignalingUp = false;
    world.run(1_000);
    world.handle({ type: "suspected" });
    world.cut();
    world.run(1_400);
    assert.equal(world.isSuspended, true);
    world.mend();
    world.isSignalingUp = true;
    world.handle({ type: "spoke" });
    assert.equal(world.isSuspended, false);
    world.run(5_000);
    assert.deepEqual(world.of("restartIce"), []);
  });

  it("MD11: is sent again, and a hint given, when the way is there before signaling is", () => {
    const world = World.flowing();
    world.cut();
    world.loseSignaling();
    world.mend();
    world.run(150);
    assert.equal(world.isSuspended, false);
    assert.ok(world.of("iceReconnected").length > 0);
    assert.deepEqual(world.of("requestKeyFrame"), []);
    world.resumed({ send: "restart", recv: "restart" });
    world.run(1_000);
    assert.deepEqual(world.of("restartIce"), [], "it has healed by itself");
    assert.equal(world.of("fine").length, 1);
  });

  it("MD5: is restarted with the resume, in one request", () => {
    const world = World.flowing();
    world.cut();
    world.loseSignaling();
    world.resumed({ send: "restart", recv: "restart" });
    assert.deepEqual(
      world.of("restartIce").map(({ ids, at }) => [ids, at]),
      [[["send-0", "recv-0"], world.now]],
    );
  });

  it("MD5: is not given up for a restart that signaling has cut short", () => {
    const world = World.flowing();
    world.onRestart = () => undefined;
    world.cut();
    world.run(2_000);
    world.loseSignaling();
    world.run(10_000);
    world.resumed();
    assert.deepEqual(world.of("recreate"), []);
    world.handle({ type: "restarted", gone: [] });
    world.mend();
    world.run(1_000);
    assert.equal(world.of("fine").length, 1);
  });
});

describe("the advice of a resume", () => {
  it("MD6: to recreate is followed, also for what it does not name", () => {
    const world = World.flowing();
    world.loseSignaling();
    world.isSignalingUp = true;
    const advice = new Map([["send-0", "recreate"]] as const);
    world.handle({ type: "resumed", advice });
    assert.equal(world.of("recreate").length, 2);
    assert.equal(world.of("trouble")[0]?.trigger, "transportLost");
  });

  it("MD6: to restart yields to packets that come", () => {
    const world = World.flowing();
    world.loseSignaling();
    world.resumed({ send: "restart", recv: "restart" });
    world.run(1_000);
    assert.deepEqual(world.of("restartIce"), []);
  });

  it("MD6: that all is alive yields to silence", () => {
    const world = World.flowing();
    world.cut();
    world.loseSignaling();
    world.resumed();
    assert.equal(world.of("restartIce").length, 1);
  });

  it("MD6: is not needed where what was sent is paused: that is restarted at once", () => {
    const world = World.flowing();
    world.cut();
    world.isSignalingUp = false;
    world.run(1_200);
    world.handle({ type: "suspected" });
    world.run(200);
    assert.deepEqual(world.of("trouble"), []);
    assert.equal(world.isSuspended, true);
    world.resumed();
    assert.equal(world.of("trouble")[0]?.at, world.now);
    assert.equal(world.of("restartIce")[0]?.at, world.now);
  });

  it("MD6: is not awaited where the app wants all to be recreated", () => {
    const world = World.flowing({ recreateAlways: true });
    world.loseSignaling();
    world.resumed();
    assert.equal(world.of("recreate").length, 2);
  });

  it("MD6: does not touch what is being recreated", () => {
    const world = World.flowing();
    world.onRecreate = () => {};
    world.handle({ type: "gone", id: "send-0" });
    world.loseSignaling();
    world.resumed({ send: "recreate" });
    assert.equal(world.of("recreate").length, 1);
  });

  it("MD6: cannot tell what claims to work and is frozen; that is recreated", () => {
    const world = World.flowing();
    world.cut();
    world.loseSignaling();
    world.mend();
    world.ways.send.hasMedia = false;
    world.resumed();
    world.run(10_000);
    assert.deepEqual(
      world.of("recreate").map(({ direction }) => direction),
      ["send"],
    );
    world.run(30_000);
    assert.equal(world.of("recreate").length, 1, "once is enough");
  });

  it("RS3: a rejoin leaves nothing: all that was used is recreated", () => {
    const world = new World();
    world.open("send");
    world.run(3_000);
    world.loseSignaling();
    world.handle({ type: "rejoined" });
    assert.deepEqual(
      world.of("recreate").map(({ direction }) => direction),
      ["send"],
    );
  });
});

describe("a media server that is lost", () => {
  function lost(): World {
    const world = World.flowing();
    world.cut();
    world.handle({ type: "serverLost" });
    return world;
  }

  it("MD9: is told at once as trouble, and nothing is tried before there is another", () => {
    const world = lost();
    const [trouble] = world.of("trouble");
    assert.equal(trouble?.trigger, "mediaServerLost");
    world.run(60_000);
    assert.deepEqual(world.of("recreate"), []);
    assert.deepEqual(world.of("restartIce"), []);
  });

  it("MD9: is followed by a recreation of both ways at once", () => {
    const world = lost();
    world.run(700);
    world.mend();
    const readyAt = world.now;
    world.handle({ type: "serverReady" });
    const begun = world.of("recreate");
    assert.deepEqual(begun.map(({ direction }) => direction), ["send", "recv"]);
    assert.deepEqual(begun.map(({ at }) => at), [readyAt, readyAt]);
    world.run(3_000);
    assert.equal(world.of("fine").length, 1);
  });

  it("MD9: is not given up when a recreation was begun too early", () => {
    const world = lost();
    world.onRecreate = () => {};
    world.handle({ type: "asked", recreate: true });
    assert.equal(world.of("recreate").length, 2);
    world.handle({ type: "serverReady" });
    assert.equal(world.of("recreate").length, 4);
  });

  it("MD9: is over also where the others have not come back: they are awaited for 5 s", () => {
    const world = lost();
    world.onRecreate = ({ direction, number }) => {
      const isIdle = direction === "recv";
      const way = world.ways[direction];
      way.id = `${direction}-anew`;
      world.handle({ type: "opened", direction, id: way.id });
      world.handle({ type: "recreated", direction, number, isIdle });
      if (!isIdle) world.connection(direction, "connected");
    };
    world.mend();
    world.handle({ type: "serverReady" });
    world.run(4_500);
    assert.equal(world.of("looking").length, 1);
    assert.deepEqual(world.of("fine"), []);
    world.run(1_000);
    assert.equal(world.of("fine").length, 1);
    world.run(30_000);
    assert.equal(world.of("recreate").length, 2);
    world.connection("recv", "connected");
    world.run(5_000);
    assert.equal(world.of("trouble").length, 1);
  });
});

describe("key frames", () => {
  /** How long it takes until one is asked for, and until then nothing moves. */
  function awaitKeyFrame(cutMs: number): number | undefined {
    const world = World.flowing();
    const { recv } = world.ways;
    world.cut();
    world.run(cutMs);
    world.mend();
    recv.moving.clear();
    const since = world.now;
    world.run(900);
    const [asked] = world.of("requestKeyFrame");
    assert.equal(asked?.video, "bob camera");
    return ms(asked, since);
  }

  it("MD11: are asked for at once after a silence that no retransmission bridges", () => {
    assert.ok((awaitKeyFrame(4_000) ?? NaN) <= 150);
  });

  it("MD11: are asked for after 300 ms without a frame when the silence was short", () => {
    const wait = awaitKeyFrame(1_400) ?? NaN;
    assert.ok(wait >= 300 && wait <= 500, `${wait}`);
  });

  it("MD11: are asked for once a second at most", () => {
    const world = World.flowing();
    world.cut();
    world.run(3_000);
    world.mend();
    world.ways.recv.moving.clear();
    world.run(5_000);
    const times = world.of("requestKeyFrame").map(({ at }) => at);
    assert.equal(times.length, 3);
    for (const [index, at] of times.slice(1).entries()) {
      assert.ok(at - (times[index] ?? 0) >= 1_000);
    }
    assert.equal(world.of("fine").length, 1, "it is not waited for for ever");
  });

  it("MD11: are not asked for of a video that stood still before, or moves by itself", () => {
    const world = World.flowing();
    const { recv } = world.ways;
    recv.frames.set("bob screen", 7);
    world.run(3_000);
    world.cut();
    world.run(1_900);
    world.mend();
    world.run(3_000);
    assert.deepEqual(world.of("requestKeyFrame"), []);
  });
});

describe("the state of media", () => {
  it("MD8: is the worst of both directions, in W3C's words", () => {
    const world = new World();
    world.handle({ type: "opened", direction: "send", id: "send-0" });
    world.connection("send", "connecting");
    world.connection("send", "connected");
    world.run(1_000);
    world.handle({ type: "opened", direction: "recv", id: "recv-0" });
    world.connection("recv", "connecting");
    world.connection("recv", "connected");
    world.run(1_000);
    assert.deepEqual(
      world.of("mediaState").map(({ state }) => state),
      ["checking", "connected", "new", "checking", "connected"],
    );
  });

  it("MD8: goes by packets, not by what ICE still claims", () => {
    const world = World.flowing();
    world.onRestart = () => undefined;
    world.cut();
    world.run(3_000);
    world.mend();
    world.run(3_000);
    assert.deepEqual(
      world.of("mediaState").map(({ state }) => state),
      ["checking", "connected"],
    );
    assert.deepEqual(
      world.of("flow").map(({ flow }) => flow),
      ["paused", "stopped", "flowing"],
    );
  });

  it("ends with the room: nothing follows, and nothing is due", () => {
    const world = World.flowing();
    world.cut();
    world.run(3_000);
    world.log.length = 0;
    world.handle({ type: "ended" });
    world.connection("send", "failed");
    assert.deepEqual(world.log, []);
    assert.equal(world.recovery.deadline, Infinity);
  });
});
