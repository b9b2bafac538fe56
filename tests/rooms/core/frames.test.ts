import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { errors, type Method } from "../../../protocol/mod.ts";
import type { Client } from "./client.ts";
import { World } from "./world.ts";

function joined(): { world: World; ann: Client } {
  const world = new World();
  return { world, ann: world.join("ann") };
}

/** The complaint that a frame brings. */
function complaint(text: string) {
  const { ann } = joined();
  ann.sendText(text);
  assert.equal(ann.closed, null);
  const [error] = ann.complaints;
  assert.ok(error, "no complaint");
  return error;
}

describe("a bad frame", () => {
  it("that is no JSON is answered with parseError and no id", () => {
    assert.equal(complaint("{").code, errors.parseError.code);
    assert.equal(complaint("").code, errors.parseError.code);
  });

  it("that is no JSON-RPC is answered with invalidRequest", () => {
    const frames = [
      "null",
      "[]",
      "[[]]",
      '"text"',
      "{}",
      '{"jsonrpc":"1.0","method":"leave"}',
      '{"jsonrpc":"2.0","method":"leave","id":0,"params":{}}',
      '{"jsonrpc":"2.0","method":"leave","id":"1","params":{}}',
      '{"jsonrpc":"2.0","method":"leave","id":1.5,"params":{}}',
      `{"jsonrpc":"2.0","method":"leave","params":${"[".repeat(40)}${
        "]".repeat(40)
      }}`,
    ];
    for (const frame of frames) {
      assert.equal(complaint(frame).code, errors.invalidRequest.code, frame);
    }
  });

  it("that is a request with a good id is answered with that id", () => {
    const { ann } = joined();
    const id = ann.nextId("leave");
    ann.sendFrame({ jsonrpc: "2.0", id, method: "leave", more: 1 });
    assert.equal(ann.error(id).code, errors.invalidRequest.code);
  });

  it("that is a notification is refused: clients send none", () => {
    const error = complaint('{"jsonrpc":"2.0","method":"leave","params":{}}');
    assert.equal(error.code, errors.invalidRequest.code);
  });

  it("that is a response is refused without an id, which would name another request", () => {
    const frames = [
      '{"jsonrpc":"2.0","id":1,"result":{"ack":0}}',
      '{"jsonrpc":"2.0","id":1,"result":{}}',
      '{"jsonrpc":"2.0","id":1,"result":{"ack":0},"more":1}',
      '{"jsonrpc":"2.0","id":1,"error":{"code":1}}',
      `{"jsonrpc":"2.0","id":1,"error":${
        JSON.stringify({
          code: 1,
          message: "",
          data: { status: "INTERNAL", fatal: false },
        })
      }}`,
    ];
    for (const frame of frames) {
      assert.equal(complaint(frame).code, errors.invalidRequest.code, frame);
    }
  });

  it("too many times in a row ends the session", () => {
    const { world, ann } = joined();
    const bob = world.join("bob");
    for (let count = 0; count < 19; count++) bob.sendText("garbage");
    bob.request("updateMetadata", {});
    for (let count = 0; count < 19; count++) bob.sendText("garbage");
    assert.equal(bob.closed, null);
    bob.sendText("garbage");
    assert.equal(bob.next("sessionEnded").reason, "protocolError");
    assert.equal(bob.closed, "protocolError");
    ann.next("participantConnected");
    ann.next("participantUpdated");
    const { reason } = ann.next("participantDisconnected");
    assert.equal(reason, "protocolError");
  });

  it("too many times in a row ends also a join that waits", () => {
    const world = new World();
    world.answering = false;
    const ann = world.knock("ann");
    for (let count = 0; count < 20; count++) ann.sendText("garbage");
    assert.equal(ann.error(1).code, errors.invalidRequest.code);
    assert.equal(ann.closed, "protocolError");
  });
});

describe("a request", () => {
  it("for a method that there is not is answered with methodNotFound", () => {
    const { ann } = joined();
    for (const method of ["fly", "constructor", "__proto__", "ping"]) {
      const id = ann.nextId("leave");
      ann.sendFrame({ jsonrpc: "2.0", id, method, params: {} });
      assert.equal(ann.error(id).code, errors.methodNotFound.code, method);
    }
  });

  it("with parameters that do not fit is answered with invalidParams, saying where", () => {
    const { ann } = joined();
    const id = ann.nextId("sendMessage");
    const params = { topic: 5, body: "secret" };
    ann.sendFrame({ jsonrpc: "2.0", id, method: "sendMessage", params });
    const error = ann.error(id);
    assert.equal(error.code, errors.invalidParams.code);
    assert.match(error.message, /topic/);
    assert.doesNotMatch(error.message, /secret/);
  });

  it("with a field that is not known is refused", () => {
    const { ann } = joined();
    const id = ann.nextId("leave");
    ann.sendFrame({
      jsonrpc: "2.0",
      id,
      method: "leave",
      params: { now: true },
    });
    assert.equal(ann.error(id).code, errors.invalidParams.code);
    assert.equal(ann.closed, null);
  });

  it("may leave out parameters that are all optional", () => {
    const { ann } = joined();
    const id = ann.nextId("updateMetadata");
    ann.sendFrame({ jsonrpc: "2.0", id, method: "updateMetadata" });
    assert.deepEqual(ann.result(id), {});
  });

  it("before the join is answered is refused, whatever it asks", () => {
    const world = new World();
    world.answering = false;
    const ann = world.knock("ann");
    const early: [Method, object][] = [
      ["updateMetadata", {}],
      ["createWebRtcTransport", { direction: "send" }],
      ["leave", {}],
    ];
    for (const [method, params] of early) {
      const id = ann.nextId(method);
      ann.sendFrame({ jsonrpc: "2.0", id, method, params });
      assert.equal(ann.error(id).code, errors.busy.code, method);
    }
    const again = ann.refused("join", { token: "t" });
    assert.equal(again.code, errors.alreadyJoined.code);
    world.answerCalls();
    ann.result<"join">(1);
  });

  it("of a connection that is not there is ignored", () => {
    const world = new World();
    world.join("ann");
    world.input({ type: "received", connection: "nobody", text: "{" });
    world.input({ type: "closed", connection: "nobody", clean: true });
  });
});
