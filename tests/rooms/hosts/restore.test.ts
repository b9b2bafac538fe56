import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Policy } from "../../../protocol/mod.ts";
import { Room } from "../../../rooms/core/room.ts";
import { EmbeddedHost } from "../../../rooms/hosts/embedded.ts";
import { turn } from "../../support/turn.ts";
import { claimsOf } from "../fakes/claims.ts";
import { VirtualClock } from "../fakes/clock.ts";
import { FakeLink } from "../fakes/link.ts";
import { keepingLog } from "../fakes/log.ts";
import { FakeSnapshots } from "../fakes/snapshots.ts";
import { FakeSocket } from "../fakes/socket.ts";

const router = {
  routerId: "router-1",
  rtpCapabilities: { codecs: [], headerExtensions: [] },
};
const frame = (id: number, method: string, params: object) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });

function start(snapshots: FakeSnapshots, clock: VirtualClock) {
  const { log, lines } = keepingLog();
  const link = new FakeLink();
  const host = new EmbeddedHost({
    clock,
    link,
    log,
    snapshots,
    authenticate: () => Promise.resolve({ ok: true, claims: claimsOf("ann") }),
    policy: Policy.parse({}),
    createCore: (settings, now) => new Room(settings, now),
    restoreCore: (state) => Room.restore(state),
    maxRooms: 10,
    joinTimeoutMs: 1_000,
    maxWaiting: 10,
    maxBacklogBytes: 100_000,
  });
  return { host, link, lines };
}

/** A process in which one has joined, and which is gone. */
async function lived(snapshots: FakeSnapshots, clock: VirtualClock) {
  const { host, link } = start(snapshots, clock);
  return await enter(host, link, clock);
}

async function enter(host: EmbeddedHost, link: FakeLink, clock: VirtualClock) {
  const socket = new FakeSocket();
  host.accept("r", socket).received(frame(1, "join", { token: "t" }));
  await turn();
  link.answer("createRouter", router);
  await turn();
  clock.advance(1_000);
  await turn();
  const { result } = JSON.parse(socket.sent[0] ?? "");
  const { sessionId, secret, epoch } = result;
  return { sessionId, secret, epoch };
}

describe("a host that starts after another one has died", () => {
  it("HO1: goes on with its rooms, under a later epoch", async () => {
    const clock = new VirtualClock();
    const snapshots = new FakeSnapshots();
    const session = await lived(snapshots, clock);
    const { host, link } = start(snapshots, clock);
    await host.restore();
    assert.deepEqual(link.methods, ["claimRouter"]);
    assert.ok((link.sent[0]?.options.epoch ?? 0) > session.epoch);
    const socket = new FakeSocket();
    const params = { ...session, ack: 0 };
    host.accept("r", socket).received(frame(1, "resume", params));
    clock.advance(20);
    await turn();
    const { result } = JSON.parse(socket.sent[0] ?? "");
    assert.ok(result.epoch > session.epoch);
  });

  it("HO3: tells those of a room that was not kept, and only them, that it crashed", async () => {
    const clock = new VirtualClock();
    const snapshots = new FakeSnapshots();
    const session = await lived(snapshots, clock);
    const { host } = start(snapshots, clock);
    await host.restore();
    const reasons = ["r", "unknown"].map((room) => {
      const socket = new FakeSocket();
      const params = { ...session, sessionId: "evicted", ack: 0 };
      host.accept(room, socket).received(frame(1, "resume", params));
      return JSON.parse(socket.sent[0] ?? "").error.data.reason;
    });
    assert.deepEqual(reasons, ["networkDisconnect", "nodeCrashed"]);
  });

  it("HO1: sets a broken room aside, says so, and starts with the others", async () => {
    const clock = new VirtualClock();
    const snapshots = new FakeSnapshots();
    await lived(snapshots, clock);
    const bytes = new TextEncoder().encode('{"version":1,"secret":"x"}');
    snapshots.kept.set("broken", { room: "broken", epoch: 1, bytes });
    const { host, link, lines } = start(snapshots, clock);
    await host.restore();
    assert.deepEqual(snapshots.aside.map(({ room }) => room), ["broken"]);
    const told = lines.find(({ message }) => message === "snapshot set aside");
    assert.equal(told?.room, "broken");
    assert.deepEqual(link.methods, ["claimRouter"]);
  });

  it("HO1: goes on with a room that an operator has made, as it was made", async () => {
    const clock = new VirtualClock();
    const snapshots = new FakeSnapshots();
    const made = start(snapshots, clock).host.create("r", {
      maxParticipants: 2,
    });
    clock.advance(10);
    assert.equal(await made, "created");
    const { host } = start(snapshots, clock);
    await host.restore();
    const outcome = await host.command("r", { type: "describe" });
    assert.ok(outcome.type === "room");
    assert.equal(outcome.room.policy.maxParticipants, 2);
  });

  it("HO2: keeps whoever an operator was told to be banned out, however soon after that the process died", async () => {
    const clock = new VirtualClock();
    const snapshots = new FakeSnapshots();
    const { host, link } = start(snapshots, clock);
    const { sessionId, secret, epoch } = await enter(host, link, clock);
    const banned = host.command("r", {
      type: "ban",
      identity: "ann",
      banMs: 60_000,
    });
    clock.advance(10);
    assert.deepEqual(await banned, { type: "done" });
    const next = start(snapshots, clock);
    await next.host.restore();
    const socket = new FakeSocket();
    const params = { sessionId, secret, epoch, ack: 0 };
    next.host.accept("r", socket).received(frame(1, "resume", params));
    clock.advance(20);
    await turn();
    const { error } = JSON.parse(socket.sent[0] ?? "");
    assert.equal(error.data.reason, "removed");
  });
});
