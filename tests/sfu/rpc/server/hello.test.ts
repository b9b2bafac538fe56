import { beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import { noHandlers } from "../fixtures/handlers.ts";
import {
  Desk,
  GUESS_DELAY_MS,
  hello,
  HELLO_MS,
  IDLE_MS,
  notification,
  request,
} from "./_desk.ts";

describe("the sidecar's greeting", () => {
  let desk: Desk;

  beforeEach(() => {
    desk = new Desk(noHandlers);
  });

  it("a hello is answered with the terms", () => {
    const { wire, welcome } = desk.greet();
    deepEqual(welcome, {
      jsonrpc: "2.0",
      id: 0,
      result: {
        incarnation: "sidecar",
        maxFrameBytes: 65_536,
        window: 4,
        leaseMs: 30_000,
        resumed: false,
      },
    });
    equal(wire.isClosed, false);
  });

  it("longer frames are taken only after the hello", () => {
    const wire = desk.connect();
    equal(wire.maxFrameBytes, 0);
    wire.receive(hello());
    equal(wire.maxFrameBytes, 65_536);
  });

  const refusals: [what: string, frame: unknown, status: string][] = [
    ["a call", request(1, "getStatus"), "FAILED_PRECONDITION"],
    ["a ping", request(0, "ping"), "FAILED_PRECONDITION"],
    ["a notification", notification("ack", { seq: 1 }), "FAILED_PRECONDITION"],
    ["no JSON-RPC", { hello: true }, "FAILED_PRECONDITION"],
    ["another version", hello({ protocol: 2 }), "FAILED_PRECONDITION"],
    ["a guessable owner", hello({ owner: "me" }), "INVALID_ARGUMENT"],
    ["no owner", hello({ owner: undefined }), "INVALID_ARGUMENT"],
    ["a negative lastSeq", hello({ lastSeq: -1 }), "INVALID_ARGUMENT"],
    ["a tiny maximum", hello({ maxFrameBytes: 10 }), "INVALID_ARGUMENT"],
    [
      "an endless secret",
      hello({ secret: "x".repeat(513) }),
      "INVALID_ARGUMENT",
    ],
  ];
  for (const [what, frame, status] of refusals) {
    it(`${what} as the first frame is ${status}, and the end`, () => {
      const wire = desk.connect();
      wire.receive(frame);
      deepEqual(wire.take().map(({ error }) => error?.data.status), [status]);
      equal(wire.isClosed, true);
      equal(desk.clock.pending, 0);
    });
  }

  it("a first frame that is not JSON is the end", () => {
    const wire = desk.connect();
    wire.receiveLine("GET / HTTP/1.1");
    equal(wire.take().length, 1);
    equal(wire.isClosed, true);
  });

  for (const secret of ["the wrong secret", "", undefined]) {
    it(`the secret ${secret} is UNAUTHENTICATED, after a delay`, () => {
      const wire = desk.connect();
      wire.receive(hello({ secret }));
      desk.clock.advance(GUESS_DELAY_MS - 1);
      deepEqual(wire.take(), []);
      desk.clock.advance(1);
      const [answer] = wire.take();
      equal(answer?.error?.data.status, "UNAUTHENTICATED");
      equal(wire.isClosed, true);
      equal(desk.owners.size, 0);
    });
  }

  it("no secret is ever told", () => {
    const wire = desk.connect();
    wire.receive(hello({ secret: "a wrong secret" }));
    desk.clock.advance(GUESS_DELAY_MS);
    const told = JSON.stringify([wire.take(), desk.log]);
    equal(told.includes('secret"'), false);
    equal(told.includes("a wrong"), false);
  });

  it("a frame before the hello is answered is the end", () => {
    const wire = desk.connect();
    wire.receive(hello({ secret: "wrong" }));
    wire.receive(request(1, "getStatus"));
    equal(wire.take()[0]?.error?.data.status, "FAILED_PRECONDITION");
    equal(wire.isClosed, true);
  });

  it("who does not say hello in time is sent away", () => {
    const wire = desk.connect();
    desk.clock.advance(HELLO_MS);
    equal(wire.take()[0]?.error?.data.status, "DEADLINE_EXCEEDED");
    equal(wire.isClosed, true);
  });

  it("a second hello is refused, and the link goes on", () => {
    const { wire } = desk.greet();
    wire.receive(hello());
    equal(wire.take()[0]?.error?.data.status, "INVALID_ARGUMENT");
    equal(wire.isClosed, false);
  });

  it("a ping is answered", () => {
    const { wire } = desk.greet();
    wire.receive(request(0, "ping"));
    deepEqual(wire.take(), [{ jsonrpc: "2.0", id: 0, result: {} }]);
  });

  it("a link that is silent for too long is taken for dead", () => {
    const { wire } = desk.greet();
    desk.clock.advance(IDLE_MS - 1);
    wire.receive(request(0, "ping"));
    desk.clock.advance(IDLE_MS);
    equal(wire.isClosed, false);
    desk.clock.advance(IDLE_MS);
    equal(wire.isClosed, true);
  });

  it("there is an end to the number of owners", () => {
    desk = new Desk(noHandlers, { maxOwners: 2 });
    for (const name of ["1", "2"]) desk.greet({ owner: name.repeat(16) });
    const { wire, welcome } = desk.greet({ owner: "3".repeat(16) });
    equal(welcome?.error?.data.status, "RESOURCE_EXHAUSTED");
    equal(wire.isClosed, true);
  });
});
