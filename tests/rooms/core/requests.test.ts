import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors, type Method, type Params } from "../../../protocol/mod.ts";
import type { Client } from "./client.ts";
import { pair } from "./pair.ts";

/** Sends a request under this id, whether or not one was sent before. */
function sendAs<M extends Method>(
  client: Client,
  id: number,
  method: M,
  params: Params<M>,
): void {
  const text = JSON.stringify({ jsonrpc: "2.0", id, method, params });
  client.waiting.set(id, { method, text });
  client.sendText(text);
}

const say = (client: Client, id: number, body: unknown = id) =>
  sendAs(client, id, "sendMessage", { topic: "t", body });

describe("a request that is sent again after a resume", () => {
  it("RS6: is done once, and answered the same", () => {
    const { world, ann, bob } = pair();
    const params = { direction: "send" } as const;
    const id = bob.send("createWebRtcTransport", params);
    const first = bob.result<"createWebRtcTransport">(id);
    world.resumed(bob);
    sendAs(bob, id, "createWebRtcTransport", params);
    assert.deepEqual(bob.result(id), first);
    assert.equal(world.sfu.calls("createWebRtcTransport").length, 1);
    say(bob, 20);
    world.resumed(bob);
    say(bob, 20);
    assert.deepEqual(ann.takeEvents(), ["message"]);
  });

  it("RS6: is answered when the call for it is done, and once", () => {
    const { world, bob } = pair();
    world.answering = false;
    const params = { direction: "send" } as const;
    const id = bob.send("createWebRtcTransport", params);
    bob.drop();
    world.resumed(bob);
    bob.resend();
    assert.equal(bob.hasAnswer(id), false);
    world.answerCalls();
    bob.result<"createWebRtcTransport">(id);
    assert.equal(world.sfu.calls("createWebRtcTransport").length, 1);
  });

  it("RS6: is not answered before it is sent again, though its call is done", () => {
    const { world, bob } = pair();
    world.answering = false;
    const params = { direction: "send" } as const;
    const id = bob.send("createWebRtcTransport", params);
    bob.drop();
    world.resumed(bob);
    world.answerCalls();
    assert.equal(bob.hasAnswer(id), false);
    bob.resend();
    bob.result<"createWebRtcTransport">(id);
  });

  it("RS6: is told where what it made is closed by now", () => {
    const { world, bob } = pair();
    const params = { direction: "send" } as const;
    const id = bob.send("createWebRtcTransport", params);
    const { transportId } = bob.result<"createWebRtcTransport">(id);
    bob.ask("closeTransport", { transportId });
    world.resumed(bob);
    sendAs(bob, id, "createWebRtcTransport", params);
    assert.equal(bob.error(id).code, errors.cancelled.code);
    assert.equal(world.sfu.calls("createWebRtcTransport").length, 1);
  });

  it("RS6: is answered with the same refusal, whatever has become possible", () => {
    const { world, ann, bob } = pair();
    const to = { to: ["session-3"], topic: "t", body: 1 };
    const id = bob.send("sendMessage", to);
    assert.equal(bob.error(id).code, errors.participantNotFound.code);
    world.join("eve");
    world.resumed(bob);
    sendAs(bob, id, "sendMessage", to);
    assert.equal(bob.error(id).code, errors.participantNotFound.code);
    assert.equal(ann.events.some(({ event }) => event === "message"), false);
  });

  it("RS6: is done when it never came", () => {
    const { world, ann, bob } = pair();
    bob.drop();
    world.resumed(bob);
    say(bob, 7);
    say(bob, 5);
    assert.equal(ann.next("participantReconnecting").seq, 2);
    ann.next("participantReconnected");
    assert.deepEqual([ann.next("message").body, ann.next("message").body], [
      7,
      5,
    ]);
  });
});

describe("the window of requests", () => {
  it("RS6: takes 64 ids from the oldest unanswered one on", () => {
    const { world, bob } = pair();
    world.answering = false;
    const send = { direction: "send" } as const;
    const first = bob.send("createWebRtcTransport", send);
    for (let id = first + 1; id < first + 64; id++) say(bob, id);
    say(bob, first + 64);
    const { code, data } = bob.error(first + 64);
    assert.equal(code, errors.tooManyRequests.code);
    assert.equal(data.status, "RESOURCE_EXHAUSTED");
    world.answerCalls();
    bob.result<"createWebRtcTransport">(first);
    say(bob, first + 64);
    assert.deepEqual(bob.result(first + 64), {});
  });

  it("RS6: is no wider for ids that count down", () => {
    const { world, bob } = pair();
    const transportId = world.openTransport(bob, "send");
    const { producerId } = world.publish(bob, { transportId });
    world.answering = false;
    for (let id = 500; id > 300; id--) {
      bob.waiting.set(id, { method: "pauseProducer", text: "" });
      const params = { producerId };
      bob.sendFrame({ jsonrpc: "2.0", id, method: "pauseProducer", params });
    }
    assert.equal(world.calls.length, 64);
    assert.equal(bob.error(436).code, errors.tooManyRequests.code);
    world.answerCalls();
    assert.deepEqual(bob.result(437), {});
  });

  it("RS6: keeps 64 answers; what came before is done no more", () => {
    const { ann, bob } = pair();
    for (let id = 10; id < 75; id++) say(bob, id);
    ann.takeEvents();
    say(bob, 11);
    assert.deepEqual(bob.result(11), {});
    say(bob, 10);
    assert.equal(bob.error(10).code, errors.tooManyRequests.code);
    assert.deepEqual(ann.takeEvents(), []);
  });

  it("RS6: bounds what one participant keeps the SFU busy with, and nobody else", () => {
    const { world, ann, bob } = pair();
    world.answering = false;
    const transports = Array.from(
      { length: 70 },
      () => bob.send("createWebRtcTransport", { direction: "send" }),
    );
    assert.ok(world.calls.length <= 64);
    const other = ann.send("createWebRtcTransport", { direction: "send" });
    world.answerCalls();
    ann.result(other);
    for (const id of transports) assert.ok(bob.hasAnswer(id));
  });
});
