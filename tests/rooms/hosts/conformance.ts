/**
 * What every kind of host does. A new kind adds a factory, and no test here.
 */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import { Person } from "./person.ts";
import type { HostFactory, Process, Stage } from "./stage.ts";

const GOING_AWAY = 1001;

export function conformance(factory: HostFactory): void {
  const { name, ignore, hasMany } = factory;
  describe(`the ${name} host`, { ignore }, () => {
    let stage: Stage;
    let first: Process;
    /** Another one, where there can be one. */
    let second: Process;

    beforeEach(async () => {
      stage = await factory.open();
      first = await stage.start();
      second = hasMany ? await stage.start() : first;
    });
    afterEach(async () => await stage[Symbol.asyncDispose]());

    const closed = () => stage.sfu.fake.calls("closeRouter").length;
    const opened = () => stage.sfu.fake.calls("createRouter").length;

    /** The process that takes the place of `first`. */
    const heir = () => hasMany ? Promise.resolve(second) : stage.start();

    it("brings those together who join a room, wherever they do", async () => {
      const ann = await Person.join(first, "ann");
      const bob = await Person.join(second, "bob");
      await ann.hears("participantConnected bob");
      await bob.send("one");
      await bob.send("two");
      await ann.send("three");
      await ann.hears("message one", "message two");
      await bob.hears("message three");
      assert.equal(opened(), 1);
      assert.equal(ann.epoch, bob.epoch);
    });

    it("keeps rooms apart", async () => {
      const ann = await Person.join(first, "ann", "a");
      const bob = await Person.join(second, "bob", "b");
      await ann.send("one");
      await bob.send("two");
      await bob.hears();
      assert.equal(opened(), 2);
    });

    it("begins a room once, however many want it at the same time", async () => {
      const people = await Promise.all(
        Array.from(
          { length: 20 },
          (_, index) => Person.join(index % 2 ? first : second, `p${index}`),
        ),
      );
      assert.equal(new Set(people.map(({ epoch }) => epoch)).size, 1);
      assert.equal(opened(), 1);
      const [room] = await second.host.list();
      assert.equal(room?.participants, 20);
    });

    it("RS1: lets a session go on through the same process, and through another", async () => {
      const ann = await Person.join(first, "ann");
      const bob = await Person.join(second, "bob");
      await ann.hears("participantConnected bob");
      for (const process of [first, second]) {
        ann.drop();
        await bob.send("missed");
        const { result } = await ann.comeBack(process);
        assert.ok(result);
        await bob.send("heard");
        await ann.hears("message missed", "message heard");
      }
      assert.equal(ann.snapshots, 0);
    });

    it("GR1, GR2: holds the place of who is lost, and then gives it up", async () => {
      const ann = await Person.join(first, "ann");
      const bob = await Person.join(second, "bob");
      await ann.hears("participantConnected bob");
      bob.drop();
      await ann.hears(
        "participantReconnecting",
        "participantDisconnected networkDisconnect",
      );
      const { error } = await bob.comeBack(second);
      assert.equal(error?.code, 53002);
      assert.equal(error.data.reason, "networkDisconnect");
    });

    it("GR3, GR4: ends a session that leaves, by its socket or by a beacon", async () => {
      const ann = await Person.join(first, "ann");
      const bob = await Person.join(second, "bob");
      const eve = await Person.join(second, "eve");
      const joe = await Person.join(second, "joe");
      await ann.hears(
        "participantConnected bob",
        "participantConnected eve",
        "participantConnected joe",
      );
      await bob.leave();
      eve.close();
      await ann.hears(
        "participantDisconnected left",
        "participantDisconnected left",
      );
      second.host.leave("r", joe.sessionId, "x".repeat(43));
      second.host.leave("r", joe.sessionId, joe.secret);
      await ann.hears("participantDisconnected left");
    });

    it("HO3: refuses a session of a room that nobody knows", async () => {
      const ann = new Person("ann", "r");
      Object.assign(ann, { sessionId: "s", secret: "x".repeat(43), epoch: 1 });
      const { error } = await ann.comeBack(second);
      assert.equal(error?.code, 53002);
      assert.equal(error.data.reason, "nodeCrashed");
      assert.deepEqual(await second.host.list(), []);
    });

    it("OP1: does what an operator asks of a room, through any process", async () => {
      const ann = await Person.join(first, "ann");
      const { host } = second;
      const body = { text: "hello" };
      const message = { type: "sendMessage", topic: "news", body } as const;
      assert.deepEqual(await host.command("r", message), { type: "done" });
      await ann.hears("message news");
      const outcome = await host.command("r", { type: "describe" });
      assert.ok(outcome.type === "room");
      assert.equal(outcome.room.participants[0]?.identity, "ann");
      const none = await host.command("other", { type: "describe" });
      assert.deepEqual(none, { type: "refused", reason: "roomNotFound" });
    });

    it("OP8: makes a room for an operator, with a policy of its own, once", async () => {
      const patch = { maxParticipants: 1, emptyRoomMs: 60_000 };
      assert.equal(await first.host.create("r", patch), "created");
      assert.equal(await second.host.create("r", patch), "exists");
      await Person.join(second, "ann");
      const { error } = await new Person("bob", "r").knock(first);
      assert.equal(error?.code, 53105);
      const names = (await second.host.list()).map(({ name }) => name);
      assert.deepEqual(names, ["r"]);
    });

    it("OP2: keeps who is banned out of the next room of the name, wherever it begins", async () => {
      const ann = await Person.join(first, "ann");
      const ban = { type: "ban", identity: "ann", banMs: 60_000 } as const;
      await first.host.command("r", ban);
      await eventually(() => assert.equal(ann.closedWith, 4004));
      await eventually(async () =>
        assert.deepEqual(await first.host.list(), [])
      );
      await eventually(async () => {
        const { error } = await new Person("ann", "r").knock(second);
        assert.equal(error?.code, 53208);
      });
    });

    it("OP9: counts what a room announces, without gaps", async () => {
      await Person.join(first, "ann");
      const bob = await Person.join(second, "bob");
      await bob.leave();
      await eventually(() => {
        const told = stage.announced.map(({ seq, announcement }) =>
          `${seq} ${announcement.type}`
        );
        assert.deepEqual(told, [
          "1 roomStarted",
          "2 participantJoined",
          "3 participantJoined",
          "4 participantLeft",
        ]);
      });
    });

    it("HO1: loses nobody when the process of a room is killed", async () => {
      const ann = await Person.join(first, "ann");
      const bob = await Person.join(first, "bob");
      const eve = await Person.join(second, "eve");
      await ann.hears("participantConnected bob", "participantConnected eve");
      await bob.hears("participantConnected eve");
      await eve.send("before");
      await Promise.all([
        ann.hears("message before"),
        bob.hears("message before"),
      ]);
      const { epoch } = ann;
      await first.kill();
      const next = await heir();
      await Promise.all([ann, bob, eve].map((one) => one.resume(next)));
      assert.ok(ann.epoch > epoch);
      for (const one of [ann, bob, eve]) one.events.length = 0;
      await bob.send("after");
      await eventually(() => assert.ok(ann.story.includes("message after")));
      await eventually(() => assert.ok(eve.story.includes("message after")));
      assert.deepEqual([opened(), closed()], [1, 0]);
      assert.equal(stage.sfu.fake.calls("claimRouter").length, 1);
    });

    it("HO1: gives up who does not come back after that, with a whole grace", async () => {
      const ann = await Person.join(first, "ann");
      const bob = await Person.join(first, "bob");
      await ann.hears("participantConnected bob");
      await first.kill();
      const next = await heir();
      await ann.resume(next);
      const resumedAt = performance.now();
      await eventually(() =>
        assert.ok(
          ann.story.includes("participantDisconnected networkDisconnect"),
        )
      );
      assert.ok(performance.now() - resumedAt > 3_000);
      const { error } = await bob.comeBack(next);
      assert.equal(error?.code, 53002);
    });

    it("HO6: a process that stops loses nobody, and closes no media", async () => {
      if (!hasMany) return;
      const ann = await Person.join(first, "ann");
      const eve = await Person.join(second, "eve");
      await ann.hears("participantConnected eve");
      await first.stop();
      assert.equal(ann.closedWith, GOING_AWAY);
      await eventually(() => assert.equal(eve.closedWith, GOING_AWAY));
      await Promise.all([ann.resume(second), eve.resume(second)]);
      assert.equal(ann.snapshots + eve.snapshots, 0);
      assert.deepEqual([opened(), closed()], [1, 0]);
    });

    it("OP8: begins no room while it drains", async () => {
      if (hasMany) return;
      first.host.drain();
      const { error } = await new Person("ann", "r").knock(first);
      assert.equal(error?.code, 53006);
      assert.equal(first.host.state, "draining");
      first.host.undrain();
      await Person.join(first, "ann");
    });
  });
}
