import { beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import type { SfuResult } from "../../../../sfu/methods.ts";
import type { CallContext, Handlers } from "../../../../sfu/rpc/handlers.ts";
import { RpcError } from "../../../../sfu/rpc/rpc_error.ts";
import { turn } from "../../../support/turn.ts";
import type { FakeWire, Message } from "../_wire.ts";
import { noHandlers } from "../fixtures/handlers.ts";
import { Desk, notification, request, WINDOW } from "./_desk.ts";

type Execution = PromiseWithResolvers<SfuResult<"createRouter">> & {
  readonly context: CallContext;
};

const result = { routerId: "r", rtpCapabilities: {} };

const statusOf = ({ id, error }: Message) => [id, error?.data.status];

describe("the calls of an owner, at the sidecar", () => {
  let executions: Execution[];
  let desk: Desk;
  let wire: FakeWire;

  const create = (id: number, meta?: Record<string, unknown>) =>
    wire.receive(request(id, "createRouter", { label: "l" }, meta));
  const execution = (index: number): Execution => {
    const found = executions[index];
    if (found === undefined) throw new Error(`No execution ${index}`);
    return found;
  };

  beforeEach(() => {
    executions = [];
    const handlers: Handlers = {
      ...noHandlers,
      getStatus: () => ({ mediasoup: "3", workers: [], routers: 0 }),
      createRouter(_params, context) {
        const promise = Promise.withResolvers<SfuResult<"createRouter">>();
        executions.push({ ...promise, context });
        return promise.promise;
      },
      closeRouter() {
        throw new Error("at /home/somebody/secret.ts");
      },
      dumpRouter() {
        throw new RpcError("NOT_FOUND", "no such router");
      },
    };
    desk = new Desk(handlers);
    ({ wire } = desk.greet());
  });

  it("a handler's result is the answer", async () => {
    create(1);
    execution(0).resolve(result);
    await turn();
    deepEqual(wire.take(), [{ jsonrpc: "2.0", id: 1, result }]);
  });

  it("a handler that answers at once is answered in the same turn", () => {
    wire.receive(request(1, "getStatus"));
    equal(wire.take()[0]?.result?.mediasoup, "3");
  });

  it("answers go out as they come, not as they were asked for", async () => {
    create(1);
    create(2);
    execution(1).resolve(result);
    await turn();
    execution(0).resolve(result);
    await turn();
    deepEqual(wire.take().map(({ id }) => id), [2, 1]);
  });

  it("the handler learns owner, epoch and traceparent", () => {
    create(1, { epoch: 7, traceparent: "00-1-2-01" });
    const { owner, epoch, traceparent } = execution(0).context;
    equal(owner.id, "owner-0000000000000001");
    equal(epoch, 7);
    equal(traceparent, "00-1-2-01");
    create(2);
    equal(execution(1).context.epoch, 0);
  });

  it("an RpcError is told as it is", () => {
    wire.receive(request(1, "dumpRouter", { routerId: "r" }));
    const [answer] = wire.take();
    equal(answer?.error?.data.status, "NOT_FOUND");
    equal(answer?.error?.message, "no such router");
  });

  it("any other error is INTERNAL; its details are logged, not told", () => {
    wire.receive(request(1, "closeRouter", { routerId: "r" }));
    const told = wire.take();
    equal(told[0]?.error?.data.status, "INTERNAL");
    equal(JSON.stringify(told).includes("somebody"), false);
    equal(desk.log.some((line) => line.includes("somebody")), true);
  });

  it("a result that cannot be written is INTERNAL", async () => {
    create(1);
    const loop: Record<string, unknown> = {};
    loop.loop = loop;
    Reflect.set(result.rtpCapabilities, "loop", loop);
    execution(0).resolve(result);
    await turn();
    Reflect.deleteProperty(result.rtpCapabilities, "loop");
    deepEqual(wire.take().map(statusOf), [[1, "INTERNAL"]]);
  });

  for (const method of ["noSuchMethod", "toString", "__proto__", "hello"]) {
    it(`the method ${method} is UNIMPLEMENTED`, () => {
      wire.receive(request(1, method));
      const [answer] = wire.take();
      equal(answer?.error?.data.status, "UNIMPLEMENTED");
      equal(answer?.error?.code, -32601);
      equal(wire.isClosed, false);
    });
  }

  const wrong: [what: string, params: unknown][] = [
    ["missing", undefined],
    ["of another type", []],
    ["incomplete", {}],
    ["too long", { label: "x".repeat(129) }],
    ["more than is known", { label: "", more: 1 }],
  ];
  for (const [what, params] of wrong) {
    it(`parameters that are ${what} are INVALID_ARGUMENT`, () => {
      wire.receive(request(1, "createRouter", params));
      const [answer] = wire.take();
      equal(answer?.error?.data.status, "INVALID_ARGUMENT");
      equal(answer?.error?.code, -32602);
      equal(executions.length, 0);
    });
  }

  it("a result larger than the link takes is RESOURCE_EXHAUSTED", async () => {
    ({ wire } = desk.greet({ maxFrameBytes: 1_024, owner: "o".repeat(16) }));
    create(1);
    const codecs = Array.from({ length: 20 }, () => ({
      kind: "audio" as const,
      mimeType: "audio/opus",
      clockRate: 48_000,
      preferredPayloadType: 100,
    }));
    execution(0).resolve({ ...result, rtpCapabilities: { codecs } });
    await turn();
    deepEqual(wire.take().map(statusOf), [[1, "RESOURCE_EXHAUSTED"]]);
  });

  describe("deadline", () => {
    it("a call is answered DEADLINE_EXCEEDED when its time has come", () => {
      create(1, { deadlineMs: 50 });
      desk.clock.advance(49);
      deepEqual(wire.take(), []);
      desk.clock.advance(1);
      deepEqual(wire.take().map(statusOf), [[1, "DEADLINE_EXCEEDED"]]);
    });

    it("the handler's signal is aborted by it", () => {
      create(1, { deadlineMs: 50 });
      const { signal } = execution(0).context;
      desk.clock.advance(50);
      equal(signal.aborted, true);
      equal(signal.reason.status, "DEADLINE_EXCEEDED");
    });

    it("a handler that looks at its signal later finds it aborted", () => {
      create(1, { deadlineMs: 50 });
      desk.clock.advance(50);
      equal(execution(0).context.signal.aborted, true);
    });

    it("what the handler says afterwards is not told", async () => {
      create(1, { deadlineMs: 50 });
      create(2, { deadlineMs: 50 });
      desk.clock.advance(50);
      wire.take();
      execution(0).resolve(result);
      execution(1).reject(new Error("late"));
      await turn();
      deepEqual(wire.take(), []);
    });

    it("a call that names none has one all the same", () => {
      create(1);
      desk.clock.advance(10_000);
      deepEqual(wire.take().map(statusOf), [[1, "DEADLINE_EXCEEDED"]]);
    });
  });

  describe("cancel", () => {
    it("aborts the signal, and the call is not answered", async () => {
      create(1);
      const { signal } = execution(0).context;
      wire.receive(notification("cancel", { id: 1 }));
      equal(signal.reason.status, "CANCELLED");
      execution(0).resolve(result);
      await turn();
      deepEqual(wire.take(), []);
    });

    it("of a call that is over or never was does nothing", async () => {
      create(1);
      execution(0).resolve(result);
      await turn();
      wire.take();
      wire.receive(notification("cancel", { id: 1 }));
      wire.receive(notification("cancel", { id: 99 }));
      deepEqual(wire.take(), []);
      equal(wire.isClosed, false);
    });

    it("without an id is refused", () => {
      wire.receive(notification("cancel", {}));
      deepEqual(wire.take().map(statusOf), [[null, "INVALID_ARGUMENT"]]);
    });
  });

  describe("window", () => {
    it("a call beyond it is RESOURCE_EXHAUSTED", () => {
      for (let id = 1; id <= WINDOW + 1; id++) create(id);
      deepEqual(wire.take().map(statusOf), [[
        WINDOW + 1,
        "RESOURCE_EXHAUSTED",
      ]]);
      equal(executions.length, WINDOW);
    });

    it("an answer makes room", async () => {
      for (let id = 1; id <= WINDOW; id++) create(id);
      execution(2).resolve(result);
      await turn();
      wire.take();
      create(WINDOW + 1);
      deepEqual(wire.take(), []);
    });

    it("a cancel makes room, though not without end", () => {
      for (let id = 1; id <= WINDOW * 10; id++) {
        create(id);
        wire.receive(notification("cancel", { id }));
      }
      equal(executions.length, WINDOW * 4);
      const statuses = new Set(
        wire.take().map(({ error }) => error?.data.status),
      );
      deepEqual([...statuses], ["RESOURCE_EXHAUSTED"]);
    });
  });

  describe("idempotency key", () => {
    const keyed = { idempotencyKey: "k1" };

    it("a call that is sent again is executed once and answered the same", async () => {
      create(1, keyed);
      execution(0).resolve(result);
      await turn();
      create(2, keyed);
      deepEqual(wire.take(), [
        { jsonrpc: "2.0", id: 1, result },
        { jsonrpc: "2.0", id: 2, result },
      ]);
      equal(executions.length, 1);
    });

    it("also while it is being executed", async () => {
      create(1, keyed);
      create(2, keyed);
      execution(0).resolve(result);
      await turn();
      deepEqual(wire.take().map(({ id }) => id), [1, 2]);
      equal(executions.length, 1);
    });

    it("also by a new connection, after the one before was lost", async () => {
      create(1, keyed);
      wire.drop();
      ({ wire } = desk.greet());
      create(1, keyed);
      equal(execution(0).context.signal.aborted, false);
      execution(0).resolve(result);
      await turn();
      deepEqual(wire.take(), [{ jsonrpc: "2.0", id: 1, result }]);
      equal(executions.length, 1);
    });

    it("also when the answer came while nobody was there", async () => {
      create(1, keyed);
      wire.drop();
      execution(0).resolve(result);
      await turn();
      ({ wire } = desk.greet());
      create(5, keyed);
      deepEqual(wire.take(), [{ jsonrpc: "2.0", id: 5, result }]);
    });

    it("what was UNAVAILABLE is executed again", async () => {
      create(1, keyed);
      execution(0).reject(new RpcError("UNAVAILABLE", "not yet"));
      await turn();
      create(2, keyed);
      equal(executions.length, 2);
    });

    it("any other error is answered again", async () => {
      create(1, keyed);
      execution(0).reject(new RpcError("NOT_FOUND", "no"));
      await turn();
      create(2, keyed);
      deepEqual(wire.take().map(statusOf), [[1, "NOT_FOUND"], [
        2,
        "NOT_FOUND",
      ]]);
    });

    it("a cancel of one of two leaves the other", async () => {
      create(1, keyed);
      create(2, keyed);
      wire.receive(notification("cancel", { id: 1 }));
      execution(0).resolve(result);
      await turn();
      deepEqual(wire.take().map(({ id }) => id), [2]);
    });

    it("a key that named another method is refused", () => {
      create(1, keyed);
      wire.receive(request(2, "getStatus", {}, keyed));
      deepEqual(wire.take().map(statusOf), [[2, "INVALID_ARGUMENT"]]);
    });

    it("keys of another owner are other keys", () => {
      create(1, keyed);
      ({ wire } = desk.greet({ owner: "another-owner-000" }));
      create(1, keyed);
      equal(executions.length, 2);
    });

    it("is not remembered for ever", async () => {
      create(1, keyed);
      execution(0).resolve(result);
      await turn();
      for (let minute = 0; minute < 6; minute++) {
        wire.receive(request(0, "ping"));
        desk.clock.advance(10_000);
      }
      create(2, keyed);
      equal(executions.length, 2);
    });
  });

  describe("loss of the connection", () => {
    it("aborts calls without a key", () => {
      create(1);
      const { signal } = execution(0).context;
      wire.drop();
      equal(signal.reason.status, "UNAVAILABLE");
    });

    it("frees the window", () => {
      for (let id = 1; id <= WINDOW; id++) create(id);
      wire.drop();
      ({ wire } = desk.greet());
      create(1);
      deepEqual(wire.take(), []);
      equal(executions.length, WINDOW + 1);
    });
  });

  describe("frames that do not belong", () => {
    it("a call with the id of one in flight is the end", () => {
      create(1);
      create(1);
      deepEqual(wire.take().map(statusOf), [[null, "ALREADY_EXISTS"]]);
      equal(wire.isClosed, true);
      equal(executions.length, 1);
    });

    it("an id may be used again once it is answered", async () => {
      create(1);
      execution(0).resolve(result);
      await turn();
      create(1);
      equal(executions.length, 2);
      equal(wire.isClosed, false);
    });

    it("id 0 is not for calls", () => {
      wire.receive(request(0, "getStatus"));
      deepEqual(wire.take().map(statusOf), [[0, "INVALID_ARGUMENT"]]);
    });

    it("what is not JSON is the end", () => {
      wire.receiveLine('{"jsonrpc":');
      const [answer] = wire.take();
      equal(answer?.error?.code, -32700);
      equal(wire.isClosed, true);
    });

    it("JSON that is no frame is refused, and the link goes on", () => {
      wire.receive([]);
      wire.receive({ jsonrpc: "2.0", id: 5, method: 1 });
      const answers = wire.take();
      deepEqual(answers.map(statusOf), [
        [null, "INVALID_ARGUMENT"],
        [5, "INVALID_ARGUMENT"],
      ]);
      deepEqual(answers.map(({ error }) => error?.code), [-32600, -32600]);
      equal(wire.isClosed, false);
    });

    it("a reply to nothing is refused", () => {
      wire.receive({ jsonrpc: "2.0", id: 1, result: {} });
      deepEqual(wire.take().map(statusOf), [[null, "INVALID_ARGUMENT"]]);
    });

    it("a notification that is not known is passed over", () => {
      wire.receive(notification("later", {}));
      deepEqual(wire.take(), []);
      equal(wire.isClosed, false);
    });
  });
});
