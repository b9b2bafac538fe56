/** The embedded host as operators see it, with real rooms. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Policy } from "../../../protocol/mod.ts";
import type { RoomAnnouncement } from "../../../rooms/announcements.ts";
import { Room } from "../../../rooms/core/room.ts";
import { EmbeddedHost } from "../../../rooms/hosts/embedded.ts";
import { turn } from "../../support/turn.ts";
import { claimsOf } from "../fakes/claims.ts";
import { VirtualClock } from "../fakes/clock.ts";
import { FakeLink } from "../fakes/link.ts";
import { keepingLog } from "../fakes/log.ts";
import { FakeSocket } from "../fakes/socket.ts";

function world(maxRooms = 10) {
  const clock = new VirtualClock(1_000_000);
  const link = new FakeLink();
  const announced: RoomAnnouncement[] = [];
  const host = new EmbeddedHost({
    clock,
    link,
    log: keepingLog().log,
    authenticate: (token) =>
      Promise.resolve({ ok: true, claims: claimsOf(token) }),
    policy: Policy.parse({ maxMessageBytes: 99 }),
    createCore: (room, now) => new Room(room, now),
    onAnnouncement: (announcement) => announced.push(announcement),
    maxRooms,
    joinTimeoutMs: 1_000,
    maxWaiting: 10,
    maxBacklogBytes: 100_000,
  });
  /** Somebody joins; the SFU gives the room a router if it wants one. */
  const join = async (room: string, identity: string) => {
    const socket = new FakeSocket();
    const params = { token: identity };
    const frame = { jsonrpc: "2.0", id: 1, method: "join", params };
    host.accept(room, socket).received(JSON.stringify(frame));
    await turn();
    const rtpCapabilities = { codecs: [], headerExtensions: [] };
    link.answer("createRouter", { routerId: `R-${room}`, rtpCapabilities });
    return socket;
  };
  return { host, clock, announced, join };
}

describe("the rooms of an embedded host", () => {
  it("OP8: begin with a policy of their own, and end if nobody comes", async () => {
    const { host, clock } = world();
    const patch = { maxParticipants: 3, emptyRoomMs: 5_000 };
    assert.equal(await host.create("r", patch), "created");
    const outcome = await host.command("r", { type: "describe" });
    assert.ok(outcome.type === "room");
    assert.equal(outcome.room.policy.maxParticipants, 3);
    assert.equal(outcome.room.policy.maxMessageBytes, 99);
    clock.advance(4_999);
    assert.deepEqual((await host.list()).map(({ name }) => name), ["r"]);
    clock.advance(1);
    assert.deepEqual(await host.list(), []);
    const late = await host.command("r", { type: "describe" });
    assert.deepEqual(late, { type: "refused", reason: "roomNotFound" });
  });

  it("OP8: take joins under that policy", async () => {
    const { host, join } = world();
    await host.create("r", { maxParticipants: 1 });
    await join("r", "ann");
    const bob = await join("r", "bob");
    assert.match(bob.sent.join(), /53105/);
    const [room] = await host.list();
    assert.equal(room?.participants, 1);
  });

  it("OP8: are not made twice, in too great a number, or with a policy out of bounds", async () => {
    const { host } = world(1);
    const wrong = await host.create("r", { maxParticipants: 0 });
    assert.equal(wrong, "invalidPolicy");
    assert.equal(await host.create("r", {}), "created");
    assert.equal(await host.create("r", {}), "exists");
    assert.equal(await host.create("other", {}), "full");
  });

  it("OP8: do not begin while the service drains; those that are there go on", async () => {
    const { host, join } = world();
    await host.create("r", {});
    host.drain();
    assert.equal(host.state, "draining");
    assert.equal(await host.create("other", {}), "draining");
    const eve = await join("other", "eve");
    assert.match(eve.sent.join(), /53006/);
    const ann = await join("r", "ann");
    assert.match(ann.sent.join(), /"result"/);
    host.undrain();
    assert.equal(await host.create("other", {}), "created");
  });

  it("OP8: never begin again once it closes", async () => {
    const { host } = world();
    await host.create("r", {});
    await host.close();
    host.undrain();
    assert.equal(host.state, "closing");
    assert.equal(await host.create("r", {}), "draining");
    assert.deepEqual(await host.list(), []);
  });

  it("OP2: keep who is banned out of the next room of the name", async () => {
    const { host, clock, join } = world();
    await join("r", "ann");
    const banMs = 600_000;
    await host.command("r", { type: "ban", identity: "ann", banMs });
    clock.advance(60_000);
    assert.deepEqual(await host.list(), []);
    const again = await join("r", "ann");
    assert.match(again.sent.join(), /53208/);
    clock.advance(600_000);
    const late = await join("r", "ann");
    assert.match(late.sent.join(), /"result"/);
  });

  it("OP9: number what they announce, each from 1 on", async () => {
    const { join, announced } = world();
    await join("a", "ann");
    await join("b", "bob");
    await join("a", "eve");
    const told = announced.map(({ room, seq, announcement }) =>
      `${room} ${seq} ${announcement.type}`
    );
    assert.deepEqual(told, [
      "a 1 roomStarted",
      "a 2 participantJoined",
      "b 1 roomStarted",
      "b 2 participantJoined",
      "a 3 participantJoined",
    ]);
    assert.ok(announced.every(({ epoch }) => epoch === 1_000_000));
  });
});
