import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Core } from "./_core.ts";
import { TestOwner } from "./_owner.ts";
import { TestRoom } from "./_room.ts";
import { rejectsWith } from "./_status.ts";

const NEWER = { epoch: 2 };

describe("fencing", () => {
  it("refuses an epoch that is older than the newest seen, of the owner too", async () => {
    await using core = await Core.start();
    const { owner, routerId } = await TestRoom.make(core, new TestOwner());
    await core.call(owner, "dumpRouter", { routerId }, { epoch: 5 });
    for (
      const method of ["dumpRouter", "claimRouter", "closeRouter"] as const
    ) {
      await rejectsWith(
        "FAILED_PRECONDITION",
        /^fenced: epoch 4 of router .+ is older than 5$/,
        core.call(owner, method, { routerId }, { epoch: 4 }),
      );
    }
    await rejectsWith(
      "FAILED_PRECONDITION",
      /^fenced/,
      core.call(owner, "createWebRtcTransport", { routerId }, { epoch: 4 }),
    );
    await core.call(owner, "closeRouter", { routerId }, { epoch: 5 });
  });

  it("tells in the log of a call of the past", async () => {
    await using core = await Core.start();
    const { owner, routerId } = await TestRoom.make(core, new TestOwner());
    await core.call(owner, "dumpRouter", { routerId }, { epoch: 5 });
    await rejectsWith(
      "FAILED_PRECONDITION",
      /^fenced/,
      core.call(owner, "closeRouter", { routerId }, { epoch: 4 }),
    );
    const told = core.logged.filter(({ message }) =>
      message === "call refused: fenced"
    );
    assert.deepEqual(
      told.map(({ level, routerId, epoch, newest }) => [
        level,
        routerId,
        epoch,
        newest,
      ]),
      [["warn", routerId, 4, 5]],
    );
  });

  it("refuses who is not the owner, however new the epoch", async () => {
    await using core = await Core.start();
    const { owner, routerId } = await TestRoom.make(core, new TestOwner());
    const stranger = new TestOwner();
    await rejectsWith(
      "FAILED_PRECONDITION",
      /belongs to another owner/,
      core.call(stranger, "closeRouter", { routerId }, { epoch: 9 }),
    );
    await core.call(owner, "dumpRouter", { routerId });
  });

  it("lets another owner claim only under a newer epoch", async () => {
    await using core = await Core.start();
    const { routerId } = await TestRoom.make(core, new TestOwner());
    await rejectsWith(
      "FAILED_PRECONDITION",
      /under a newer epoch/,
      core.call(new TestOwner(), "claimRouter", { routerId }),
    );
  });

  it("of a claimed router tells its former owner, and no more after that", async () => {
    await using core = await Core.start();
    const room = await TestRoom.make(core, new TestOwner("former"));
    const { routerId } = room;
    const { transportId } = await room.transport();
    const producerId = await room.produceAudio(transportId);
    const claimer = new TestOwner("claimer");

    const before = await room.dump();
    const claimed = await core.call(
      claimer,
      "claimRouter",
      { routerId },
      NEWER,
    );
    assert.deepEqual(claimed, before);
    assert.deepEqual(room.owner.closes(), ["routerClosed fenced"]);
    await rejectsWith("FAILED_PRECONDITION", /^fenced/, room.dump());

    await core.call(
      claimer,
      "closeTransport",
      { routerId, transportId },
      NEWER,
    );
    await claimer.heard("producerClosed", {
      producerId,
      cause: "transportClosed",
    });
    assert.deepEqual(room.owner.closes(), ["routerClosed fenced"]);
  });

  it("takes a claim that is made again for the same", async () => {
    await using core = await Core.start();
    const { routerId } = await TestRoom.make(core, new TestOwner());
    const claimer = new TestOwner();
    const claim = () => core.call(claimer, "claimRouter", { routerId }, NEWER);
    assert.deepEqual(await claim(), await claim());
    assert.deepEqual(claimer.events, []);
  });

  it("closes what a former owner was making while the router was claimed", async () => {
    await using core = await Core.start();
    const room = await TestRoom.make(core, new TestOwner());
    const { routerId } = room;
    const making = room.transport();
    const claimer = new TestOwner();
    await core.call(claimer, "claimRouter", { routerId }, NEWER);
    await rejectsWith("FAILED_PRECONDITION", /^fenced/, making);
    const dump = await core.call(claimer, "dumpRouter", { routerId }, NEWER);
    assert.deepEqual(dump.transports, []);
    assert.equal(core.pool.status[0]?.transports, 0);
  });
});

describe("a lease that ends", () => {
  it("closes the owner's routers, and leaves those of others", async () => {
    await using core = await Core.start();
    const before = await core.holdings();
    const silent = await TestRoom.make(core, new TestOwner());
    await silent.produceAudio((await silent.transport()).transportId);
    const other = new TestOwner();

    core.routers.expire(silent.owner);
    assert.deepEqual(silent.owner.closes(), ["routerClosed leaseExpired"]);
    assert.deepEqual(await core.holdings(), before);

    const kept = await TestRoom.make(core, other);
    core.routers.expire(silent.owner);
    await kept.dump();
    assert.deepEqual(other.closes(), []);
  });

  it("does not touch what another has claimed in time", async () => {
    await using core = await Core.start();
    const { owner, routerId } = await TestRoom.make(core, new TestOwner());
    const claimer = new TestOwner();
    await core.call(claimer, "claimRouter", { routerId }, NEWER);
    core.routers.expire(owner);
    await core.call(claimer, "dumpRouter", { routerId }, NEWER);
  });
});
