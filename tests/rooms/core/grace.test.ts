import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { rtpCapabilities, track } from "./media.ts";
import { pair } from "./pair.ts";
import { World } from "./world.ts";

const announced = ({ announcements }: World, type: string) =>
  announcements.filter((announcement) => announcement.type === type);

describe("a session that is lost", () => {
  it("GR1: is reconnecting at once, which the others are told with the time left", () => {
    const { world, ann, bob } = pair();
    world.advance(1_500);
    const heardAt = world.now - 500;
    bob.drop();
    const { sessionId, graceUntil, graceMs } = ann.next(
      "participantReconnecting",
    );
    assert.equal(sessionId, bob.sessionId);
    assert.equal(graceUntil, heardAt + 12_000);
    assert.equal(graceMs, 11_500);
    assert.deepEqual(announced(world, "participantReconnecting"), [
      {
        type: "participantReconnecting",
        sessionId,
        identity: "bob",
        graceMs: 11_500,
      },
    ]);
  });

  it("GR1: is shown as reconnecting to those who join meanwhile, and keeps what it has", () => {
    const { world, bob } = pair();
    const { producerId } = world.publish(bob);
    bob.drop();
    const { participants } = world.knock("eve").result<"join">(1);
    const shown = participants.find(({ identity }) => identity === "bob");
    assert.equal(shown?.state, "reconnecting");
    assert.equal(shown?.graceUntil, world.now + 12_000);
    assert.equal(shown?.producers[0]?.producerId, producerId);
  });

  it("GR1: is lost once, however its connection ends", () => {
    const { world, ann, bob } = pair();
    bob.alive = false;
    world.advance(4_000);
    bob.drop();
    world.advance(1_000);
    assert.deepEqual(ann.takeEvents(), ["participantReconnecting"]);
  });

  it("GR2: is evicted at the end of its grace and never earlier, its transports closed", () => {
    const { world, ann, bob } = pair();
    world.publish(bob);
    const recv = { direction: "recv", rtpCapabilities } as const;
    ann.request("createWebRtcTransport", recv);
    ann.takeEvents();
    world.advance(500);
    bob.sendText("{}");
    world.advance(200);
    bob.drop();
    ann.next("participantReconnecting");
    world.advance(11_799);
    assert.deepEqual(ann.takeEvents(), []);
    assert.equal(world.sfu.calls("closeTransport").length, 0);
    world.advance(1);
    assert.equal(ann.next("producerRemoved").cause, "sessionEnded");
    const { reason } = ann.next("participantDisconnected");
    assert.equal(reason, "networkDisconnect");
    assert.equal(world.sfu.calls("closeTransport").length, 1);
    assert.equal(world.room.dump().owners.size, world.sfu.open.size);
  });

  it("GR2: has as much grace when it was silent first", () => {
    const { world, ann, bob } = pair();
    bob.alive = false;
    world.advance(4_000);
    assert.equal(ann.next("participantReconnecting").graceMs, 8_000);
    world.advance(7_999);
    assert.deepEqual(ann.takeEvents(), []);
    world.advance(1);
    ann.next("participantDisconnected");
  });

  it("GR2: is told and evicted at once where the grace is over with the timeout", () => {
    const { world, ann, bob } = pair({ timeoutMs: 2_000, evictAfterMs: 1_000 });
    bob.alive = false;
    world.advance(2_000);
    assert.equal(ann.next("participantReconnecting").graceMs, 0);
    ann.next("participantDisconnected");
    assert.equal(bob.closed, "timeout");
  });

  it("GR2: is evicted in time also where pings are rare", () => {
    const { world, ann, bob } = pair({
      pingIntervalMs: 60_000,
      timeoutMs: 300_000,
    });
    bob.drop();
    ann.next("participantReconnecting");
    world.advance(12_000);
    ann.next("participantDisconnected");
  });

  it("GR2: is given the time in which the service was itself asleep, and all are told", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    ann.next("participantReconnecting");
    world.advance(11_000);
    world.now += 30_000;
    world.tick();
    const again = ann.next("participantReconnecting");
    assert.ok(again.graceMs >= 1_000 && again.graceMs <= 2_000);
    assert.equal(again.graceUntil, world.now + again.graceMs);
    world.advance(again.graceMs - 1);
    assert.deepEqual(ann.takeEvents(), []);
    world.advance(1);
    ann.next("participantDisconnected");
  });

  it("GR2: is evicted by a tick that is a little late", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    ann.takeEvents();
    world.advance(11_900);
    world.now += 190;
    world.tick();
    assert.deepEqual(ann.takeEvents(), ["participantDisconnected"]);
  });

  it("GR2: keeps the room from being empty until it is evicted", () => {
    const world = new World({ emptyRoomMs: 1_000 });
    world.join("ann").drop();
    world.advance(12_999);
    assert.equal(world.ended, false);
    world.advance(1);
    assert.equal(world.ended, true);
  });

  it("GR2: among 100 in 10 rooms, each is evicted to the millisecond", () => {
    for (let number = 0; number < 10; number++) {
      const world = new World();
      const witness = world.join("witness");
      const clients = Array.from({ length: 10 }, (_, index) => {
        world.advance((index * 7 + number) % 13);
        return world.join(`client-${index}`);
      });
      const due = new Map<string, number>();
      for (const client of clients) {
        world.advance(37);
        due.set(client.sessionId, world.now + 12_000);
        client.sendText("{}");
        client.alive = false;
      }
      witness.takeEvents();
      for (let ms = 0; ms < 13_000; ms++) {
        world.advance(1);
        for (const { event, params } of witness.events.splice(0)) {
          if (event !== "participantDisconnected") continue;
          const { sessionId } = params as { sessionId: string };
          assert.equal(world.now, due.get(sessionId));
          due.delete(sessionId);
        }
      }
      assert.equal(due.size, 0);
    }
  });

  it("GR3: has not left, whatever else ended its connection", () => {
    const { world, ann, bob } = pair();
    bob.close({ clean: false });
    assert.deepEqual(ann.takeEvents(), ["participantReconnecting"]);
    world.resumed(bob);
    bob.close({ clean: true });
    ann.next("participantReconnected");
    assert.equal(ann.next("participantDisconnected").reason, "left");
  });

  it("GR4: ends at once when its page says goodbye by a beacon", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    ann.takeEvents();
    world.beacon(bob, bob.secret);
    assert.equal(ann.next("participantDisconnected").reason, "left");
    assert.deepEqual(announced(world, "participantLeft").length, 1);
  });

  it("GR4: ends by a beacon also while its connection looks alive", () => {
    const { world, ann, bob } = pair();
    world.beacon(bob, bob.secret);
    assert.equal(ann.next("participantDisconnected").reason, "left");
    assert.equal(bob.next("sessionEnded").reason, "left");
    assert.equal(bob.closed, "left");
  });

  it("GR4: stays where a beacon shows a wrong secret, or names nobody", () => {
    const { world, ann, bob } = pair();
    world.beacon(bob, ann.secret);
    world.input({ type: "left", sessionId: "nobody", secretHash: "h" });
    assert.equal(bob.closed, null);
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("GR1: hears nothing while it is away, and hints are not kept for it", () => {
    const { world, ann, bob } = pair();
    const { producerId } = world.publish(ann);
    bob.takeEvents();
    bob.drop();
    const levels = [{ producerId, volume: -10 }];
    const routerId = "router-1";
    world.sfuEvent({ event: "audioLevels", params: { routerId, levels } });
    ann.request("sendMessage", { topic: "t", body: 1 });
    assert.deepEqual(bob.events, []);
    world.resumed(bob);
    assert.deepEqual(bob.takeEvents(), ["message"]);
    assert.deepEqual(bob.hints, []);
  });

  it("GR1: loses nothing that it owns: its producers are heard, its calls are done", () => {
    const { world, ann, bob } = pair();
    const { transportId } = world.publish(bob);
    world.answering = false;
    const id = bob.send("produce", track(transportId, { key: "second" }));
    bob.drop();
    ann.takeEvents();
    world.answerCalls();
    assert.deepEqual(ann.takeEvents(), ["producerAdded"]);
    world.resumed(bob);
    bob.resend();
    bob.result<"produce">(id);
    assert.equal(world.sfu.calls("produce").length, 2);
  });
});
