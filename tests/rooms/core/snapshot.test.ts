import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { decode } from "../../../rooms/core/snapshot/decode.ts";
import { crash } from "./crash.ts";
import { pair } from "./pair.ts";
import { stage } from "./stage.ts";
import { World } from "./world.ts";

const Text = { encode: (text: string) => new TextEncoder().encode(text) };

function tampered(change: (snapshot: Record<string, unknown>) => void) {
  const { world } = stage();
  const snapshot = JSON.parse(new TextDecoder().decode(world.room.snapshot()));
  change(snapshot);
  return decode(Text.encode(JSON.stringify(snapshot)));
}

describe("a room that was kept", () => {
  it("HO1: holds the places of all with their full grace, and tells each of the others", () => {
    const { world, ann, bob } = pair();
    crash(world, { downMs: 60_000 });
    world.advance(11_000);
    world.resumed(bob);
    const { graceUntil } = bob.next("participantReconnecting");
    assert.equal(graceUntil, world.now + 1_000);
    world.advance(1_000);
    assert.equal(bob.next("participantDisconnected").sessionId, ann.sessionId);
  });

  it("HO1: leaves of a grace what was left of it", () => {
    const { world, ann, bob } = pair();
    ann.drop();
    world.advance(5_000);
    crash(world, { downMs: 60_000 });
    world.resumed(bob);
    bob.events = [];
    world.advance(6_999);
    assert.deepEqual(bob.takeEvents(), []);
    world.advance(1);
    assert.equal(bob.takeEvents().at(-1), "participantDisconnected");
  });

  it("HO1: tells what was missed before and after, each event once", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    ann.request("sendMessage", { topic: "t", body: "before" });
    crash(world);
    world.resumed(ann);
    ann.request("sendMessage", { topic: "t", body: "after" });
    const { snapshot } = world.resumed(bob);
    assert.equal(snapshot, undefined);
    const bodies = bob.events.filter(({ event }) => event === "message")
      .map(({ params }) => (params as { body: unknown }).body);
    assert.deepEqual(bodies, ["before", "after"]);
  });

  it("HO1: knows secrets, bans, the policy and what it announced", () => {
    const { world, ann } = pair();
    world.admin({ type: "ban", identity: "eve", banMs: 60_000 });
    world.admin({ type: "setPolicy", policy: { maxParticipants: 3 } });
    const { announced } = world.room.dump();
    crash(world);
    assert.equal(world.steal(ann, "0".repeat(43)).data.fatal, true);
    const { policy } = world.resumed(ann);
    assert.equal(policy.maxParticipants, 3);
    assert.ok(world.knock("eve").closed);
    assert.ok(world.room.dump().announced > announced);
  });

  it("HO9: lets somebody in once who is offered again, since nobody heard of the first time", () => {
    const { world, ann, bob } = pair();
    crash(world);
    world.resumed(bob);
    bob.events = [];
    const { sessionId, seq, participants } = ann.result<"join">(
      world.letInAgain(ann),
    );
    assert.equal(sessionId, ann.sessionId);
    assert.equal(participants.length, 2);
    assert.deepEqual(bob.takeEvents(), ["participantReconnected"]);
    bob.request("sendMessage", { topic: "t", body: "hello" });
    assert.equal(ann.next("message").seq, seq + 1);
    world.resumed(ann);
  });

  const ends: [when: string, ends: (world: World) => void][] = [
    ["", (world) => crash(world)],
    [", also where one process after the other is", (world) => {
      crash(world, { downMs: 8_000 });
      world.advance(100);
      crash(world, { downMs: 8_000 });
    }],
    [
      ", also where it was back in between, and what it sent again was lost",
      (world) => {
        const [ann] = world.clients;
        assert.ok(ann);
        ann.drop();
        world.advance(8_000);
        ann.resends = false;
        world.resumed(ann);
        ann.resends = true;
        crash(world);
      },
    ],
  ];
  for (const [when, end] of ends) {
    it(`HO1: does a request once whose answer was lost${when}`, () => {
      const { world, ann } = pair();
      ann.deaf = true;
      ann.send("sendMessage", { topic: "t", body: "once" });
      ann.deaf = false;
      ann.resends = true;
      end(world);
      world.resumed(ann);
      const [, bob] = world.clients;
      assert.ok(bob);
      world.resumed(bob);
      const messages = bob.takeEvents().filter((event) => event === "message");
      assert.equal(messages.length, 1);
      assert.equal(ann.waiting.size, 0);
    });
  }

  it("HO4: tells a message again whose answer was not kept, with the number that it had", () => {
    const { world, ann, bob } = pair();
    const kept = world.room.snapshot();
    ann.deaf = true;
    ann.send("sendMessage", { topic: "t", body: "twice" });
    const { number } = bob.next("message");
    ann.deaf = false;
    ann.resends = true;
    crash(world, { kept });
    world.resumed(bob);
    world.resumed(ann);
    bob.next("participantReconnected");
    assert.equal(bob.next("message").number, number);
  });

  it("HO4: gives a snapshot to one who knows more than was kept, and loses no event after it", () => {
    const { world, ann, bob } = pair();
    const kept = world.room.snapshot();
    for (const body of [1, 2, 3]) {
      ann.request("sendMessage", { topic: "t", body });
    }
    assert.equal(bob.seq, 3);
    bob.events = [];
    crash(world, { kept });
    world.resumed(ann);
    const { snapshot, seq } = world.resumed(bob);
    assert.ok(snapshot);
    assert.ok(seq >= 3);
    ann.request("sendMessage", { topic: "t", body: 4 });
    assert.equal(bob.events.at(-1)?.event, "message");
    // And again, by the numbers of the new one.
    bob.drop();
    ann.request("sendMessage", { topic: "t", body: 5 });
    assert.equal(world.resumed(bob).snapshot, undefined);
  });
});

describe("a client that knows more than was kept", () => {
  it("HO4: hears after its snapshot what others have said to the next process before it came", () => {
    const { world, ann, bob } = pair();
    const kept = world.room.snapshot();
    for (const body of [1, 2, 3]) {
      ann.request("sendMessage", { topic: "t", body });
    }
    bob.events = [];
    crash(world, { kept });
    world.resumed(ann);
    for (const body of [4, 5]) ann.request("sendMessage", { topic: "t", body });
    assert.ok(world.resumed(bob).snapshot);
    assert.deepEqual(bob.takeEvents(), ["message", "message"]);
    bob.drop();
    assert.equal(world.resumed(bob).snapshot, undefined);
  });
});

describe("the answer to who resumes", () => {
  it("HO13: says after a crash how the room has the participant, which may be of an earlier time", () => {
    const { world, ann, producerId } = stage();
    ann.request("pauseProducer", { producerId });
    const kept = world.room.snapshot();
    ann.request("resumeProducer", { producerId });
    ann.request("updateMetadata", { name: "Ann B." });
    crash(world, { kept });
    const { self, open } = world.resumed(ann);
    assert.equal(self?.sessionId, ann.sessionId);
    assert.equal(self?.name, "ann");
    assert.deepEqual(
      self?.producers.map(({ producerId, paused }) => ({ producerId, paused })),
      [{ producerId, paused: true }],
    );
    assert.ok(open.includes(producerId));
    ann.drop();
    assert.equal(world.resumed(ann).self, undefined);
  });
});

describe("the router of a room that was kept", () => {
  it("HO5: is claimed, and nothing in it is touched", () => {
    const { world, ann, bob, send, recv } = stage();
    const { inventory } = world.sfu;
    world.sfu.performed.length = 0;
    crash(world);
    const methods = world.sfu.performed.map(({ method }) => method);
    assert.deepEqual(methods, ["claimRouter"]);
    assert.deepEqual(world.sfu.inventory, inventory);
    const [{ transportId } = { transportId: "" }] =
      world.resumed(bob).transports;
    assert.equal(transportId, recv);
    const own = world.resumed(ann).transports.map((one) => one.transportId);
    assert.ok(own.includes(send));
  });

  it("HO5: loses what the room does not know, and tells what it has lost itself", () => {
    const { world, ann, producerId } = stage();
    const kept = world.room.snapshot();
    const { transportId } = world.publish(ann, { key: "unknown" });
    world.sfu.collapse(producerId);
    crash(world, { kept });
    assert.ok(!world.sfu.inventory.includes(transportId));
    assert.ok(!world.resumed(ann).open.includes(producerId));
    assert.deepEqual(
      [...world.room.dump().owners.keys()].sort(),
      world.sfu.inventory,
    );
  });

  it("HO5: has a track paused again whose mute it has not heard of", () => {
    const { world, ann, producerId } = stage();
    ann.request("pauseProducer", { producerId });
    const kept = world.room.snapshot();
    ann.request("resumeProducer", { producerId });
    crash(world, { kept });
    assert.ok(world.sfu.paused.has(producerId));
  });

  it("HO5: knows better than what was kept that a track is muted, and nobody hears it", () => {
    const { world, ann, bob, producerId } = stage();
    const kept = world.room.snapshot();
    ann.request("pauseProducer", { producerId });
    crash(world, { kept });
    assert.ok(world.sfu.paused.has(producerId));
    const { snapshot } = world.resumed(bob);
    const told = snapshot?.participants.flatMap(({ producers }) => producers);
    assert.deepEqual(told?.map(({ paused }) => paused), [true]);
    ann.resends = true;
    world.resumed(ann);
    ann.request("resumeProducer", { producerId });
    assert.ok(!world.sfu.paused.has(producerId));
  });

  it("HO5: is claimed again until the SFU answers, and requests wait for it", () => {
    const { world, ann } = stage();
    world.answering = false;
    crash(world);
    world.resumed(ann);
    world.answerCall("UNAVAILABLE");
    const refused = ann.refused("createWebRtcTransport", { direction: "send" });
    assert.ok(refused.data.retryAfterMs);
    world.advance(500);
    world.answerCalls();
    world.answering = true;
    assert.ok(world.openTransport(ann, "send"));
  });
});

describe("what cannot be read", () => {
  it("HO1: is refused with a reason", () => {
    const reasons = [
      decode(Text.encode("nonsense")),
      decode(Text.encode("{}")),
      tampered((snapshot) => snapshot.version = 2),
      tampered((snapshot) => snapshot.sessions = [{}]),
      tampered((snapshot) => snapshot.bodies = []),
      decode(new World().room.snapshot().slice(0, 100)),
    ];
    for (const read of reasons.slice(0, 4)) {
      assert.ok(!read.ok);
      assert.ok(read.reason.length > 3);
    }
    assert.ok(!reasons.at(-1)?.ok);
  });
});
