import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, ok } from "node:assert/strict";
import type { SfuEvent } from "../../../../sfu/methods.ts";
import { numbered } from "../fixtures/handlers.ts";
import { call, statusOf } from "../_calls.ts";
import type { FakeWire } from "../_wire.ts";
import { BACKOFF, PING_MS, Rig, TIMEOUT_MS, welcome } from "./_rig.ts";

function event(seq: number | undefined, event: SfuEvent) {
  return { jsonrpc: "2.0", method: "event", params: { seq, ...event } };
}

const hint: SfuEvent = {
  event: "activeSpeaker",
  params: { routerId: "router-1", producerId: "hint" },
};

describe("the link", () => {
  let rig: Rig;

  beforeEach(() => {
    rig = new Rig();
  });

  afterEach(() => {
    rig.link.close();
    equal(rig.clock.pending, 0);
  });

  describe("greeting", () => {
    it("says hello first, with its owner and the secret", async () => {
      const wire = await rig.answer();
      deepEqual(wire.take(), [{
        jsonrpc: "2.0",
        id: 0,
        method: "hello",
        params: {
          protocol: 1,
          owner: "owner-0000000000000001",
          secret: "the secret",
          lastSeq: 0,
          maxFrameBytes: 65_536,
        },
      }]);
    });

    it("is connecting until it is welcome, and then up", async () => {
      equal(rig.link.state, "connecting");
      await rig.welcome();
      equal(rig.link.state, "up");
      deepEqual(rig.states, ["up fresh"]);
    });

    it("calls made before go out after the welcome", async () => {
      rig.link.call("createRouter", { label: "l" }, {}, () => {});
      const wire = await rig.answer();
      equal(wire.take().length, 1);
      wire.receive(welcome());
      deepEqual(wire.take().map(({ method }) => method), ["createRouter"]);
    });

    const refusals: [what: string, frame: unknown][] = [
      ["an error", {
        jsonrpc: "2.0",
        id: 0,
        error: { code: 1, message: "no", data: { status: "UNAUTHENTICATED" } },
      }],
      ["a result that is no welcome", { jsonrpc: "2.0", id: 0, result: {} }],
      ["an answer to something else", { ...welcome(), id: 4 }],
      ["an event", event(1, numbered(1))],
    ];
    for (const [what, frame] of refusals) {
      it(`${what} instead of a welcome is no connection`, async () => {
        const wire = await rig.answer();
        wire.receive(frame);
        equal(wire.isClosed, true);
        equal(rig.link.state, "down");
        deepEqual(rig.states, ["down"]);
      });
    }

    it("who does not answer in time is given up", async () => {
      const wire = await rig.answer();
      rig.clock.advance(TIMEOUT_MS);
      equal(wire.isClosed, true);
      equal(rig.link.state, "down");
    });

    it("a dial that takes too long is broken off", () => {
      rig.clock.advance(TIMEOUT_MS);
      equal(rig.attempts[0]?.signal.aborted, true);
      equal(rig.link.state, "down");
    });

    it("a dial that succeeds too late is closed again", async () => {
      rig.clock.advance(TIMEOUT_MS);
      const attempt = rig.attempts[0];
      const wire = await rig.answer();
      equal(attempt?.signal.aborted, true);
      equal(wire.isClosed, true);
      deepEqual(wire.take(), []);
    });

    it("no secret is ever logged", async () => {
      await rig.refuse();
      rig.untilDialled();
      const wire = await rig.answer();
      wire.receive({});
      equal(JSON.stringify(rig.log).includes("secret"), false);
      ok(rig.log.length >= 2);
    });
  });

  describe("reconnecting", () => {
    it("the first attempt after a loss is made at once", async () => {
      const wire = await rig.welcome();
      wire.drop();
      equal(rig.untilDialled(), 0);
    });

    it("the next ones back off exponentially, with jitter, up to a cap", async () => {
      const delays: number[] = [];
      for (const random of [0.5, 0.5, 0.5, 0.1, 1, 1, 1, 1, 1]) {
        rig.random = random;
        await rig.refuse();
        delays.push(rig.untilDialled());
      }
      deepEqual(delays, [50, 100, 200, 80, 1_600, 3_200, 5_000, 5_000, 5_000]);
    });

    it("a sidecar that lets it in and drops it at once is not stormed", async () => {
      const delays: number[] = [];
      for (let attempt = 0; attempt < 6; attempt++) {
        const wire = await rig.welcome();
        wire.drop();
        delays.push(rig.untilDialled());
      }
      deepEqual(delays, [0, 100, 200, 400, 800, 1_600]);
    });

    it("after a while of being up, the next loss is the first again", async () => {
      await rig.refuse();
      rig.untilDialled();
      const wire = await rig.welcome();
      for (let ms = 0; ms < BACKOFF.capMs; ms += PING_MS) {
        rig.clock.advance(PING_MS);
        wire.receive({ jsonrpc: "2.0", id: 0, result: {} });
      }
      wire.drop();
      equal(rig.untilDialled(), 0);
    });

    it("a resumed link is up, and not fresh", async () => {
      const wire = await rig.welcome();
      wire.drop();
      rig.clock.advance(0);
      await rig.welcome({ resumed: true });
      deepEqual(rig.states, ["up fresh", "down", "up"]);
    });

    it("a sidecar that does not know it makes it fresh", async () => {
      const wire = await rig.welcome();
      wire.drop();
      rig.clock.advance(0);
      await rig.welcome({ resumed: false, incarnation: "another" });
      deepEqual(rig.states, ["up fresh", "down", "up fresh"]);
    });

    it("down is told once, however many attempts fail", async () => {
      const wire = await rig.welcome();
      wire.drop();
      for (let attempt = 0; attempt < 5; attempt++) {
        rig.untilDialled();
        await rig.refuse();
      }
      deepEqual(rig.states, ["up fresh", "down"]);
    });

    it("why it is down is logged once, however many attempts fail of it", async () => {
      const wire = await rig.welcome();
      wire.drop();
      const before = rig.log.length;
      for (let attempt = 0; attempt < 5; attempt++) {
        rig.untilDialled();
        await rig.refuse();
      }
      equal(rig.log.length, before + 1);
    });

    it("states are told before the calls that they fail or let go", async () => {
      const order: string[] = [];
      rig.link.onState((state) => order.push(state));
      const wire = await rig.welcome();
      rig.link.call("createRouter", { label: "" }, {}, (reply) => {
        order.push(statusOf(reply));
      });
      wire.drop();
      deepEqual(order, ["up", "down", "UNAVAILABLE"]);
    });

    it("what a wire says after its end is not heard", async () => {
      const wire = await rig.welcome();
      rig.attempts[0]?.events.closed("gone");
      rig.clock.advance(0);
      rig.attempts[0]?.events.frame(JSON.stringify(welcome()));
      rig.attempts[0]?.events.closed("gone again");
      equal(wire.isClosed, true);
      equal(rig.attempts.length, 2);
      deepEqual(rig.states, ["up fresh", "down"]);
    });
  });

  describe("keepalive", () => {
    it("pings at every interval, whatever else is said", async () => {
      const wire = await rig.welcome();
      for (let ping = 1; ping <= 3; ping++) {
        rig.clock.advance(PING_MS);
        deepEqual(wire.take().map(({ id, method }) => [id, method]), [
          [0, "ping"],
        ]);
        wire.receive(event(undefined, hint));
      }
    });

    it("a sidecar that is silent is given up after the timeout", async () => {
      const wire = await rig.welcome();
      rig.clock.advance(TIMEOUT_MS);
      equal(rig.link.state, "up");
      rig.clock.advance(PING_MS);
      equal(wire.isClosed, true);
      deepEqual(rig.states, ["up fresh", "down"]);
    });

    it("any frame counts as life", async () => {
      const wire = await rig.welcome();
      for (let round = 0; round < 10; round++) {
        rig.clock.advance(TIMEOUT_MS - PING_MS);
        wire.receive(event(undefined, hint));
      }
      equal(rig.link.state, "up");
    });
  });

  describe("events", () => {
    let wire: FakeWire;
    let heard: string[];

    beforeEach(async () => {
      wire = await rig.welcome();
      heard = [];
      rig.link.subscribe("router-1", ({ event, params }) => {
        heard.push("producerId" in params ? params.producerId : event);
      });
    });

    it("are heard by the listeners of their router, in order", () => {
      let others = 0;
      rig.link.subscribe("router-2", () => others++);
      for (let seq = 1; seq <= 3; seq++) {
        wire.receive(event(seq, numbered(seq)));
      }
      deepEqual(heard, ["p1", "p2", "p3"]);
      equal(others, 0);
    });

    it("that come again are heard once", () => {
      for (const seq of [1, 2, 1, 2, 2, 3]) {
        wire.receive(event(seq, numbered(seq)));
      }
      deepEqual(heard, ["p1", "p2", "p3"]);
    });

    it("without a number are heard as they come", () => {
      wire.receive(event(undefined, hint));
      wire.receive(event(1, numbered(1)));
      wire.receive(event(undefined, hint));
      deepEqual(heard, ["hint", "p1", "hint"]);
    });

    it("of which one is missing end the connection; the rest comes again", async () => {
      wire.receive(event(1, numbered(1)));
      wire.receive(event(3, numbered(3)));
      equal(wire.isClosed, true);
      rig.clock.advance(0);
      wire = await rig.answer();
      equal(wire.take()[0]?.params?.lastSeq, 1);
      wire.receive(welcome({ resumed: true }));
      wire.receive(event(2, numbered(2)));
      wire.receive(event(3, numbered(3)));
      deepEqual(heard, ["p1", "p2", "p3"]);
    });

    it("of a sidecar that is another one are counted from the start", async () => {
      wire.receive(event(1, numbered(1)));
      wire.drop();
      rig.clock.advance(0);
      wire = await rig.welcome({ resumed: false });
      wire.receive(event(1, numbered(7)));
      deepEqual(heard, ["p1", "p7"]);
    });

    it("are acknowledged together, after a while", () => {
      for (let seq = 1; seq <= 5; seq++) {
        wire.receive(event(seq, numbered(seq)));
      }
      deepEqual(wire.take(), []);
      rig.clock.advance(100);
      deepEqual(wire.take(), [
        { jsonrpc: "2.0", method: "ack", params: { seq: 5 } },
      ]);
      rig.clock.advance(100);
      deepEqual(wire.take(), []);
    });

    it("are acknowledged at once when there are many", () => {
      for (let seq = 1; seq <= 64; seq++) {
        wire.receive(event(seq, numbered(seq)));
      }
      deepEqual(wire.take().map(({ params }) => params), [{ seq: 64 }]);
    });

    it("that are not kept are not acknowledged", () => {
      wire.receive(event(undefined, hint));
      rig.clock.advance(100);
      deepEqual(wire.take(), []);
    });

    it("that this end does not know are passed over, and counted", () => {
      wire.receive({
        jsonrpc: "2.0",
        method: "event",
        params: { seq: 1, event: "later", params: {} },
      });
      wire.receive(event(2, numbered(2)));
      deepEqual(heard, ["p2"]);
    });

    it("that do not fit are dropped and logged, and counted", () => {
      wire.receive({
        jsonrpc: "2.0",
        method: "event",
        params: { seq: 1, event: "producerClosed", params: { routerId: 1 } },
      });
      wire.receive(event(2, numbered(2)));
      deepEqual(heard, ["p2"]);
      ok(rig.log.some((line) => line.includes("producerClosed")));
    });

    it("are not heard after the listener was taken away", () => {
      const stop = rig.link.subscribe("router-1", () => heard.push("second"));
      stop();
      stop();
      wire.receive(event(1, numbered(1)));
      deepEqual(heard, ["p1"]);
    });

    it("are heard by one who subscribes in the reply before them", async () => {
      wire.receive(event(1, numbered(1)));
      rig.link.call("createRouter", { label: "" }, {}, (reply) => {
        if (!reply.ok) return;
        rig.link.subscribe(reply.result.routerId, () => heard.push("mine"));
      });
      await Promise.resolve();
      const result = { routerId: "mine", rtpCapabilities: {} };
      wire.receive({ jsonrpc: "2.0", id: 1, result });
      const params = { routerId: "mine", producerId: "p" };
      wire.receive(event(undefined, { event: "activeSpeaker", params }));
      deepEqual(heard, ["p1", "mine"]);
    });
  });

  describe("frames that do not belong", () => {
    const ends: [what: string, line: string][] = [
      ["what is not JSON", '{"jsonrpc":'],
      ["what is no frame", "[]"],
      ["a request", '{"jsonrpc":"2.0","id":1,"method":"ping"}'],
      ["an event without a name", '{"jsonrpc":"2.0","method":"event"}'],
      [
        "an error to nothing",
        '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"","data":{"status":"ABORTED"}}}',
      ],
    ];
    for (const [what, line] of ends) {
      it(`${what} ends the connection, and the link comes back`, async () => {
        const wire = await rig.welcome();
        const reply = call(rig.link, "createRouter", { label: "" });
        wire.receiveLine(line);
        equal(wire.isClosed, true);
        equal(statusOf(await reply), "UNAVAILABLE");
        rig.clock.advance(0);
        await rig.welcome({ resumed: true });
        equal(rig.link.state, "up");
      });
    }

    it("an answer to a call that never was is passed over", async () => {
      const wire = await rig.welcome();
      wire.receive({ jsonrpc: "2.0", id: 9, result: {} });
      equal(rig.link.state, "up");
    });

    it("a notification that is not known is passed over", async () => {
      const wire = await rig.welcome();
      wire.receive({ jsonrpc: "2.0", method: "later", params: {} });
      equal(rig.link.state, "up");
    });
  });

  describe("closing", () => {
    it("is final: nothing is dialled, told or sent after it", async () => {
      const wire = await rig.welcome();
      rig.link.close();
      rig.link.close();
      equal(rig.link.state, "closed");
      equal(wire.isClosed, true);
      rig.clock.advance(60_000);
      equal(rig.attempts.length, 1);
      deepEqual(rig.states, ["up fresh"]);
    });

    it("breaks off a dial", () => {
      rig.link.close();
      equal(rig.attempts[0]?.signal.aborted, true);
    });

    it("ends the wait for the next attempt", async () => {
      await rig.refuse();
      rig.link.close();
      rig.clock.advance(60_000);
      equal(rig.attempts.length, 1);
    });

    it("a listener may do it", async () => {
      rig.link.onState(() => rig.link.close());
      const wire = await rig.welcome();
      equal(wire.isClosed, true);
      equal(rig.link.state, "closed");
    });

    it("a listener that was taken away hears nothing more", async () => {
      const states: string[] = [];
      rig.link.onState((state) => states.push(state))();
      await rig.welcome();
      deepEqual(states, []);
    });
  });
});
