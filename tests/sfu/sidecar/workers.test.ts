import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import process from "node:process";
import { describe, it } from "@std/testing/bdd";
import { freePort } from "../../../sfu/sidecar/ports.ts";
import { bindingRequest } from "../../../sfu/worker/stun.ts";
import { until } from "../../support/until.ts";
import { Core } from "./_core.ts";
import { TestOwner } from "./_owner.ts";
import { fill, TestRoom } from "./_room.ts";
import { rejectsWith } from "./_status.ts";
import { IP } from "./_worker.ts";

const pids = (core: Core) => core.pool.status.map(({ pid }) => pid);
const routers = (core: Core) => core.pool.status.map((one) => one.routers);

/** The process id of the only worker with a router. */
function busyPid(core: Core): number {
  const busy = core.pool.status.find((one) => one.routers > 0);
  assert(busy, "no worker has a router");
  return busy.pid;
}

describe("rooms", () => {
  it("spread over the workers, also when they are made at once", async () => {
    await using core = await Core.start({ workers: 2 });
    const owner = new TestOwner();
    const made = Array.from({ length: 8 }, () => core.createRouter(owner));
    await Promise.all(made);
    assert.deepEqual(routers(core), [4, 4]);
  });

  it("go where fewer consumers are, not where fewer rooms are", async () => {
    await using core = await Core.start({ workers: 2 });
    const big = await TestRoom.make(core, new TestOwner());
    const { bob, audio } = await fill(big);
    await Promise.all(
      Array.from({ length: 60 }, () => big.consume(bob, audio)),
    );
    const busy = busyPid(core);
    for (let room = 0; room < 5; room++) {
      await core.createRouter(new TestOwner());
    }
    const [crowded] = core.pool.status.filter(({ pid }) => pid === busy);
    assert.equal(crowded?.routers, 1);
  });

  it("go where the processor is idle, whatever is open there", async () => {
    await using core = await Core.start({ workers: 2 });
    const noisy = await TestRoom.make(core, new TestOwner());
    const { iceParameters, iceCandidates } = await noisy.transport();
    const request = bindingRequest(iceParameters);
    const busy = busyPid(core);
    using open = new DisposableStack();
    const socket = open.adopt(createSocket("udp4"), (one) => one.close());
    const port = iceCandidates[0]?.port;
    const send = () =>
      new Promise<void>((sent) => socket.send(request, port, IP, () => sent()));
    await until("the worker is busy", async () => {
      await Promise.all(Array.from({ length: 500 }, send));
      await Promise.all(core.pool.workers.map((worker) => worker.measure()));
      return core.pool.status.some(({ pid, load }) =>
        pid === busy && load > 0.12
      );
    });
    for (let room = 0; room < 3; room++) {
      await core.createRouter(new TestOwner());
    }
    const [worker] = core.pool.status.filter(({ pid }) => pid === busy);
    assert.equal(worker?.routers, 1);
  });

  it("are counted no more when they are closed", async () => {
    await using core = await Core.start({ workers: 2 });
    const owner = new TestOwner();
    const { routerId } = await core.createRouter(owner);
    await core.call(owner, "closeRouter", { routerId });
    assert.deepEqual(routers(core), [0, 0]);
  });
});

describe("a worker that dies", () => {
  it("is told to the owners of its routers only, once, and is replaced", async () => {
    await using core = await Core.start({ workers: 2 });
    const lost = await TestRoom.make(core, new TestOwner());
    await fill(lost);
    const died = busyPid(core);
    const kept = await TestRoom.make(core, new TestOwner());
    await fill(kept);

    process.kill(died, "SIGKILL");
    await lost.owner.heard("routerClosed", {
      routerId: lost.routerId,
      cause: "workerDied",
    });
    assert.deepEqual(lost.owner.closes(), ["routerClosed workerDied"]);
    await rejectsWith("NOT_FOUND", /no router/, lost.dump());

    assert.deepEqual(kept.owner.closes(), []);
    await kept.transport();

    await until("there are two workers", () => pids(core).length === 2);
    assert(!pids(core).includes(died), "the pool still names the dead worker");
    const next = await TestRoom.make(core, lost.owner);
    await fill(next);
    assert.deepEqual(routers(core), [1, 1]);
  });

  it("fails the calls that it was busy with, as UNAVAILABLE", async () => {
    await using core = await Core.start();
    const room = await TestRoom.make(core, new TestOwner());
    process.kill(busyPid(core), "SIGSTOP");
    const making = room.transport();
    process.kill(busyPid(core), "SIGKILL");
    await rejectsWith("UNAVAILABLE", /worker is gone/, making);
  });

  it("leaves new rooms UNAVAILABLE until one is up again", async () => {
    await using core = await Core.start();
    const [pid = 0] = pids(core);
    process.kill(pid, "SIGKILL");
    await until("the pool has noticed", () => pids(core).length === 0);
    await rejectsWith(
      "UNAVAILABLE",
      /no media worker is up/,
      core.createRouter(new TestOwner()),
    );
    await until("a worker is up again", () => pids(core).length === 1);
    await core.createRouter(new TestOwner());
  });

  it("is replaced on the same port, where the port is given", async () => {
    const port = await freePort(IP);
    await using core = await Core.start({ port });
    const [pid = 0] = pids(core);
    process.kill(pid, "SIGKILL");
    await until("another worker is up", () => {
      const [now] = pids(core);
      return now !== undefined && now !== pid;
    });
    const room = await TestRoom.make(core, new TestOwner());
    const { iceCandidates } = await room.transport();
    assert.deepEqual(
      iceCandidates.map(({ protocol, port }) => [protocol, port]),
      [["udp", port], ["tcp", port]],
    );
  });

  it("is replaced again and again", async () => {
    await using core = await Core.start();
    for (let round = 0; round < 3; round++) {
      const [pid = 0] = pids(core);
      process.kill(pid, "SIGKILL");
      await until("another worker is up", () => {
        const [now] = pids(core);
        return now !== undefined && now !== pid;
      });
    }
  });
});

describe("a worker that hangs", () => {
  it("is killed when it has not answered for a while", async () => {
    await using core = await Core.start();
    const room = await TestRoom.make(core, new TestOwner());
    const [worker] = core.pool.workers;
    assert(worker, "no worker is up");
    process.kill(worker.worker.pid, "SIGSTOP");
    const asked = Array.from({ length: 6 }, () => worker.measure());
    const answers = await Promise.allSettled(asked);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [...Array(5).fill("rejected"), "fulfilled"],
    );
    await room.owner.heard("routerClosed", { cause: "workerDied" });
  });
});
