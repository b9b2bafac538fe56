/** What goes wrong between processes and Redis, with a real one. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { delay } from "../../../support/delay.ts";
import { eventually } from "../../../support/eventually.ts";
import { Person } from "../person.ts";
import { redisSuite } from "./server.ts";
import {
  LEASE_MS,
  openRedisStage,
  type RedisProcess,
  type RedisStage,
} from "./stage.ts";

const GOING_AWAY = 1001;
const BUSY = 53006;

describe("rooms over many processes", redisSuite, () => {
  let stage: RedisStage;
  let first: RedisProcess;
  let second: RedisProcess;

  beforeEach(async () => {
    stage = await openRedisStage();
    first = await stage.start();
    second = await stage.start();
  });
  afterEach(async () => await stage[Symbol.asyncDispose]());

  const claims = () => stage.sfu.fake.calls("claimRouter").length;
  const routers = () => [...stage.sfu.fake.routers].length;

  it("HO9: the process of a socket dies, and its room goes on", async () => {
    const ann = await Person.join(first, "ann");
    const bob = await Person.join(second, "bob");
    await ann.hears("participantConnected bob");
    const { epoch } = bob;
    await second.kill();
    await ann.hears("participantReconnecting");
    await ann.send("missed");
    await bob.resume(first);
    await bob.hears("message missed");
    await ann.hears("participantReconnected");
    assert.equal(bob.epoch, epoch);
    assert.equal(claims(), 0);
  });

  it("HO9: clients of a dead owner are sent back at once, and taken up when its lease is over", async () => {
    await Person.join(first, "ann");
    const bob = await Person.join(second, "bob");
    const began = performance.now();
    await first.kill();
    await eventually(() => assert.equal(bob.closedWith, GOING_AWAY));
    // Long before its lease is over.
    assert.ok(performance.now() - began < LEASE_MS);
    const { result } = await bob.comeBack(second);
    assert.ok(result);
    assert.ok(performance.now() - began < LEASE_MS + 1_000);
    assert.equal(claims(), 1);
  });

  it("HO10: rooms go on while Redis is away; joins elsewhere are told when to come again", async () => {
    const ann = await Person.join(first, "ann");
    const bob = await Person.join(first, "bob");
    await ann.hears("participantConnected bob");
    second.proxy.cut();
    first.proxy.cut();
    await bob.send("meanwhile");
    await ann.hears("message meanwhile");
    const eve = new Person("eve", "r");
    const { error } = await eve.knock(second);
    assert.equal(error?.code, BUSY);
    assert.ok((error.data.retryAfterMs ?? 0) > 0);
    first.proxy.mend();
    second.proxy.mend();
    await eventually(async () => {
      const { result } = await eve.knock(second);
      assert.ok(result);
    }, { within: 5_000, every: 100 });
    await eventually(() =>
      assert.ok(
        ann.story.includes("participantConnected eve"),
        JSON.stringify(ann.story),
      )
    );
    assert.equal(ann.closedWith, undefined);
  });

  it("HO10: connections to Redis that die without a word cost nobody anything", async () => {
    const ann = await Person.join(first, "ann");
    const bob = await Person.join(second, "bob");
    await ann.hears("participantConnected bob");
    first.proxy.silence();
    second.proxy.silence();
    await eventually(() => {
      // For commands, for the bus, and for the row of events.
      for (const { lines } of [first, second]) {
        const back = lines.filter(({ message }) => message === "redis is back");
        assert.equal(back.length, 3);
      }
    });
    await delay(LEASE_MS);
    await bob.send("after");
    await ann.hears("message after");
    assert.deepEqual([ann.closedWith, bob.closedWith], [undefined, undefined]);
    const eve = await Person.join(second, "eve");
    assert.equal(eve.epoch, ann.epoch);
    await eventually(() => {
      const told = [first, second].map(({ cluster }) =>
        cluster.since(0).announced.filter(({ announcement }) =>
          announcement.type === "participantJoined"
        ).length
      );
      assert.deepEqual(told, [3, 3]);
    });
  });

  it("HO10: who cannot listen to the others tries again", async () => {
    const ann = await Person.join(first, "ann");
    first.proxy.loses = /subscribe/;
    first.proxy.cut();
    first.proxy.mend();
    await eventually(() => assert.ok(first.proxy.lost > 1));
    first.proxy.loses = undefined;
    const bob = new Person("bob", "r");
    await eventually(async () => {
      const { result } = await bob.knock(second);
      assert.ok(result);
    });
    await ann.hears("participantConnected bob");
    assert.equal(ann.closedWith, undefined);
  });

  it("HO10: a process begins though Redis does not answer for a moment", async () => {
    await stage.server.ask((redis) => redis.client("PAUSE", 1_500, "WRITE"));
    const third = await stage.start();
    await Person.join(third, "ann");
  });

  it("HO10: a restart of Redis within the lease costs nobody anything", async () => {
    const ann = await Person.join(first, "ann");
    const bob = await Person.join(first, "bob");
    await ann.hears("participantConnected bob");
    await stage.server.stop("SIGKILL");
    await stage.server.start();
    await delay(LEASE_MS);
    await bob.send("after");
    await ann.hears("message after");
    assert.equal(ann.closedWith, undefined);
    const eve = await Person.join(second, "eve");
    assert.equal(eve.epoch, ann.epoch);
  });

  it("HO10: all heals when Redis was away for longer than the leases", async () => {
    const ann = await Person.join(first, "ann");
    const bob = await Person.join(second, "bob");
    await ann.hears("participantConnected bob");
    await stage.server.stop("SIGTERM");
    await eventually(() => assert.equal(ann.closedWith, GOING_AWAY));
    await eventually(() => assert.equal(bob.closedWith, GOING_AWAY));
    const { error } = await ann.comeBack(first);
    assert.equal(error?.code, BUSY);
    await stage.server.start();
    await Promise.all([ann.resume(second), bob.resume(first)]);
    assert.equal(ann.epoch, bob.epoch);
    assert.deepEqual([routers(), claims()], [1, 1]);
  });

  it("HO10: Redis loses all that it had, and the rooms do not", async () => {
    const ann = await Person.join(first, "ann");
    await stage.server.flush();
    // Long before the next renewal, some of them.
    await ann.resume(second);
    const bob = await Person.join(second, "bob");
    assert.equal(bob.epoch, ann.epoch);
    await ann.hears("participantConnected bob");
    await first.kill();
    await Promise.all([ann.resume(second), bob.resume(second)]);
  });

  it("HO8: a process that cannot reach Redis stops its rooms before others may have them", async () => {
    const ann = await Person.join(first, "ann");
    first.proxy.cut();
    const began = performance.now();
    await eventually(() => assert.equal(ann.closedWith, GOING_AWAY), {
      every: 5,
    });
    assert.ok(performance.now() - began < LEASE_MS);
    assert.deepEqual(await first.host.command("r", { type: "describe" }), {
      type: "refused",
      reason: "unavailable",
    });
    await ann.resume(second);
    assert.equal(claims(), 1);
  });

  it("HO8: a process that slept past its lease does nothing when it wakes", async () => {
    const ann = await Person.join(first, "ann");
    const bob = await Person.join(first, "bob");
    await ann.hears("participantConnected bob");
    first.clock.pause();
    await delay(LEASE_MS + 100);
    const eve = await Person.join(second, "eve");
    assert.ok(eve.epoch > ann.epoch);
    const calls = stage.sfu.fake.performed.length;
    ann.mumble("from the past");
    ann.drop();
    await delay(50);
    assert.equal(bob.events.length, 0);
    first.clock.resume();
    await eventually(() => assert.equal(bob.closedWith, GOING_AWAY));
    await bob.resume(second);
    assert.equal(stage.sfu.fake.performed.length, calls);
    await ann.resume(second);
    assert.ok(!bob.story.includes("message from the past"));
    assert.deepEqual([routers(), claims()], [1, 1]);
  });

  it("HO12: a process that drains gives its rooms to another, and nobody is lost", async () => {
    const ann = await Person.join(first, "ann");
    const bob = await Person.join(second, "bob");
    await ann.hears("participantConnected bob");
    first.host.drain();
    await eventually(() => assert.equal(ann.closedWith, GOING_AWAY));
    await eventually(() => assert.equal(bob.closedWith, GOING_AWAY));
    // It is still a way in.
    await Promise.all([ann.resume(first), bob.resume(second)]);
    await bob.send("after");
    await eventually(() => assert.ok(ann.story.includes("message after")));
    assert.equal(ann.snapshots + bob.snapshots, 0);
    assert.deepEqual([routers(), claims()], [1, 1]);
  });

  for (const how of ["drains", "stops"] as const) {
    it(`HO6: a process that ${how} sends its clients to where their room goes on`, async () => {
      const ann = await Person.join(first, "ann", "tea");
      await second.stop();
      const third = await stage.start("https://c.example.com");
      if (how === "drains") first.host.drain();
      else await first.stop();
      await eventually(() => assert.equal(ann.closedWith, GOING_AWAY));
      assert.equal(ann.sentTo, "https://c.example.com/rooms/tea");
      await ann.resume(third);
      await ann.send("after");
      assert.equal(claims(), 1);
    });
  }

  it("HO6: a process that stops sends those away, too, whose room is elsewhere, and nobody misses them", async () => {
    const third = await stage.start("https://c.example.com");
    const bob = await Person.join(third, "bob", "tea");
    const ann = await Person.join(first, "ann", "tea");
    await bob.hears("participantConnected ann");
    const stopped = first.stop();
    await eventually(() => assert.ok(ann.isSentAway));
    assert.equal(ann.sentTo, "https://c.example.com/rooms/tea");
    const before = ann.closedWith;
    await ann.resume(third);
    await stopped;
    assert.equal(before, undefined);
    await ann.send("after");
    await bob.hears("message after");
    assert.ok(!bob.story.includes("participantReconnecting ann"));
  });

  it("HO12: a process that drains begins rooms with others", async () => {
    first.host.drain();
    await delay(50);
    const ann = await Person.join(first, "ann", "new");
    await Person.join(second, "bob", "new");
    await ann.hears("participantConnected bob");
    await second.kill();
    await eventually(() => assert.equal(ann.closedWith, GOING_AWAY));
  });

  it("HO12: rooms stay where they are when all processes drain", async () => {
    const ann = await Person.join(first, "ann");
    second.host.drain();
    await eventually(async () => {
      const said = [...await stage.nodes()].map(({ state }) => state);
      assert.ok(said.includes("draining"));
    });
    first.host.drain();
    await Person.join(second, "bob");
    await ann.hears("participantConnected bob");
    const { error } = await new Person("eve", "new").knock(second);
    assert.equal(error?.code, BUSY);
  });

  it("HO12: a process that drains takes up what was kept, where nobody else does", async () => {
    const ann = await Person.join(first, "ann");
    second.host.drain();
    await first.kill();
    await ann.resume(second);
    await ann.send("after");
    assert.equal(claims(), 1);
    const { error } = await new Person("eve", "new").knock(second);
    assert.equal(error?.code, BUSY);
  });

  it("HO11: what operators see is all that can be seen, where a process does not answer", async () => {
    await Person.join(first, "ann", "a");
    await Person.join(second, "bob", "b");
    const both = await second.host.list();
    assert.deepEqual(both.map(({ name }) => name), ["a", "b"]);
    await first.kill();
    const rest = await second.host.list();
    assert.deepEqual(rest.map(({ name }) => name), ["b"]);
  });

  it("OP1, HO11: no operator is told that a room has ended whose process does not answer", async () => {
    await Person.join(first, "ann", "a");
    await first.kill();
    const describe = () => second.host.command("a", { type: "describe" });
    assert.deepEqual(await describe(), {
      type: "refused",
      reason: "unavailable",
    });
    await eventually(
      async () => assert.equal((await describe()).type, "room"),
      { within: 2 * LEASE_MS, every: 100 },
    );
  });

  it("HO10, HO11: operators are told to come again while Redis is away, and see what is here", async () => {
    await Person.join(first, "ann", "a");
    first.proxy.cut();
    const unavailable = { type: "refused", reason: "unavailable" };
    for (const room of ["a", "b"]) {
      const outcome = await first.host.command(room, { type: "describe" });
      assert.deepEqual(outcome, unavailable);
    }
    assert.equal(await first.host.create("c", {}), "unavailable");
    const here = await first.host.list();
    assert.deepEqual(here.map(({ name }) => name), ["a"]);
  });

  it("HO7: rooms of nobody are taken up also where no client comes back", async () => {
    await Person.join(first, "ann");
    await first.kill();
    await eventually(async () => {
      const [room] = await second.host.list();
      assert.equal(room?.name, "r");
    });
    // Its grace and the room's own are over then.
    await eventually(() => assert.equal(routers(), 0), { within: 30_000 });
    assert.deepEqual(await second.host.list(), []);
  });
});
