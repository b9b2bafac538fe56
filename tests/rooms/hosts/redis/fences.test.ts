/** Who cannot know from its own clock that a room is another's by now. */
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
/** Milliseconds that a connection to Redis may be silent, and it is no fault. */
const HOLD_MS = 800;

describe(
  "HO8: a process whose machine was suspended past its lease",
  redisSuite,
  () => {
    let stage: RedisStage;
    /** Believes that the room is its own. */
    let first: RedisProcess;
    let second: RedisProcess;
    /** Came through the first, and has heard nothing since. */
    let ann: Person;
    /** Is where the room has gone on. */
    let eve: Person;
    let routerId: string;

    beforeEach(async () => {
      stage = await openRedisStage();
      first = await stage.start();
      second = await stage.start();
      ann = await Person.join(first, "ann");
      first.clock.suspend();
      [routerId = ""] = stage.sfu.fake.routers;
      await delay(LEASE_MS);
      eve = await Person.join(second, "eve");
      assert.ok(eve.epoch > ann.epoch);
      first.clock.resume();
    });
    afterEach(async () => await stage[Symbol.asyncDispose]());

    const calls = (method: "createRouter" | "closeRouter" | "claimRouter") =>
      stage.sfu.fake.calls(method).length;

    /** Neither the lease nor Redis has told it when it was renewed. */
    function assertNotByLease(): void {
      const told = first.lines.map(({ message }) => `${message}`)
        .filter((message) => message.startsWith("lease"));
      assert.deepEqual(told, []);
    }

    it("asks Redis whose the room is before it lets anybody in", async () => {
      // The first knows only the secret before this one.
      await ann.resume(second);
      const { error } = await ann.comeBack(first);
      assert.equal(error, undefined, "turned away for good");
      const bob = await Person.join(first, "bob");
      assert.deepEqual([ann.epoch, bob.epoch], [eve.epoch, eve.epoch]);
      await eventually(() =>
        assert.ok(eve.story.includes("participantConnected bob"))
      );
      assertNotByLease();
    });

    it("does so, too, where the room's next owner has died meanwhile", async () => {
      first.clock.suspend();
      await ann.resume(second);
      await second.kill();
      await delay(LEASE_MS);
      first.clock.resume();
      const { error } = await ann.comeBack(first);
      assert.equal(error, undefined, "turned away for good");
      assert.ok(ann.epoch > eve.epoch);
      assertNotByLease();
    });

    it("answers nothing that Redis refuses to keep, and stops the room at once", async () => {
      const { result, error } = await ann.rename("Ann of the past");
      assert.deepEqual([result, error?.code], [undefined, GOING_AWAY]);
      assertNotByLease();
      await ann.resume(second);
      const outcome = await second.host.command("r", { type: "describe" });
      assert.ok(outcome.type === "room");
      const names = outcome.room.participants.map(({ name }) => name);
      assert.ok(!names.includes("Ann of the past"), names.join());
    });

    it("stops the room at once when the sidecar says that its router is another's, and makes no other", async () => {
      const params = { routerId, cause: "fenced" } as const;
      const [tellFirst] = stage.sfu.owners(routerId);
      tellFirst?.({ event: "routerClosed", params });
      await eventually(() => assert.equal(ann.closedWith, GOING_AWAY));
      assertNotByLease();
      await ann.resume(second);
      assert.deepEqual(
        [calls("createRouter"), calls("claimRouter"), calls("closeRouter")],
        [1, 1, 0],
      );
      assert.deepEqual([...stage.sfu.fake.routers], [routerId]);
    });

    it("closes the router that it made for what was not its room any more", async () => {
      const { fake } = stage.sfu;
      const tells = stage.sfu.owners(routerId);
      assert.equal(tells.length, 2);
      const death = fake.loseRouter(routerId);
      for (const tell of tells) tell(death);
      await eventually(() => assert.equal(ann.closedWith, GOING_AWAY));
      await ann.resume(second);
      // The first was told first.
      const [unkept, kept] = fake.routers;
      await eventually(() => {
        first.clock.leap(10_000);
        assert.deepEqual([...fake.routers], [kept]);
      });
      assert.notEqual(unkept, kept);
      await ann.send("after");
    });
  },
);

describe(
  "HO8: what had come to a process before its machine was suspended",
  redisSuite,
  () => {
    let stage: RedisStage;

    beforeEach(async () => {
      stage = await openRedisStage();
    });
    afterEach(async () => await stage[Symbol.asyncDispose]());

    it("is not done by it when it wakes, and the room is another's", async () => {
      const [first, second, third] = [
        await stage.start(),
        await stage.start(),
        await stage.start(),
      ];
      const ann = await Person.join(first, "ann");
      first.clock.suspend();
      await delay(LEASE_MS - HOLD_MS);
      const release = first.proxy.hold();
      const asked = third.host.command("r", {
        type: "sendMessage",
        topic: "news",
        body: "from the past",
      });
      await eventually(() => {
        const told = [second, third].flatMap(({ lines }) => lines);
        assert.ok(told.some(({ message }) => message === "room taken up"));
      }, { every: 5 });
      release();
      const { type } = await asked;
      assert.equal(ann.story.length, 0);
      first.clock.resume();
      await eventually(() => assert.equal(ann.closedWith, GOING_AWAY));
      await ann.resume(second);
      const heard = ann.story.filter((event) => event.startsWith("message"));
      assert.equal(heard.length, type === "done" ? 1 : 0);
    });
  },
);
