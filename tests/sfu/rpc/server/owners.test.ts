import { beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal } from "node:assert/strict";
import type { SfuEvent } from "../../../../sfu/methods.ts";
import type { Handlers, Owner } from "../../../../sfu/rpc/handlers.ts";
import type { FakeWire } from "../_wire.ts";
import { noHandlers, numbered } from "../fixtures/handlers.ts";
import { Desk, LEASE_MS, notification, OWNER, request } from "./_desk.ts";

const MAX_EVENTS = 8;
const hint: SfuEvent = {
  event: "activeSpeaker",
  params: { routerId: "router-1", producerId: "p" },
};

/** Microtasks have run. */
const soon = () => Promise.resolve();

function eventsOf(wire: FakeWire): unknown[] {
  return wire.take()
    .filter(({ method }) => method === "event")
    .map(({ params }) => params?.seq ?? params?.event);
}

describe("an owner, at the sidecar", () => {
  let desk: Desk;
  let wire: FakeWire;
  let owner: Owner;

  const send = (from: number, to: number) => {
    for (let index = from; index <= to; index++) owner.send(numbered(index));
  };
  const resume = (lastSeq: number) => {
    const { wire, welcome } = desk.greet({ lastSeq });
    return { wire, resumed: welcome?.result?.resumed };
  };

  beforeEach(() => {
    const handlers: Handlers = {
      ...noHandlers,
      getStatus(_params, context) {
        owner = context.owner;
        return { mediasoup: "", workers: [], routers: 0 };
      },
    };
    desk = new Desk(handlers, { maxEvents: MAX_EVENTS });
    ({ wire } = desk.greet());
    wire.receive(request(1, "getStatus"));
    wire.take();
  });

  describe("events", () => {
    it("are numbered from 1, in the order in which they were sent", () => {
      send(1, 3);
      const told = wire.take();
      deepEqual(told[0], {
        jsonrpc: "2.0",
        method: "event",
        params: { seq: 1, ...numbered(1) },
      });
      deepEqual(told.map(({ params }) => params?.seq), [1, 2, 3]);
    });

    it("come again after a loss, from the last one seen", () => {
      send(1, 4);
      wire.drop();
      const again = resume(2);
      equal(again.resumed, true);
      deepEqual(eventsOf(again.wire), [3, 4]);
    });

    it("that happen while nobody is there are kept", () => {
      wire.drop();
      send(1, 2);
      deepEqual(eventsOf(resume(0).wire), [1, 2]);
    });

    it("come after the welcome, and before what happens next", () => {
      wire.drop();
      send(1, 1);
      const { wire: next } = desk.greet();
      send(2, 2);
      deepEqual(eventsOf(next), [1, 2]);
    });

    it("are forgotten once they are acknowledged", () => {
      for (let round = 0; round < 5; round++) {
        send(1, MAX_EVENTS);
        wire.receive(notification("ack", { seq: (round + 1) * MAX_EVENTS }));
      }
      equal(wire.isClosed, false);
      deepEqual(eventsOf(wire).length, 5 * MAX_EVENTS);
    });

    it("that were acknowledged cannot come again: the owner begins anew", () => {
      send(1, 3);
      wire.receive(notification("ack", { seq: 3 }));
      wire.drop();
      equal(resume(1).resumed, false);
    });

    it("an acknowledgement of what was not sent is the end", () => {
      send(1, 1);
      wire.take();
      wire.receive(notification("ack", { seq: 2 }));
      equal(wire.take()[0]?.error?.data.status, "INVALID_ARGUMENT");
      equal(wire.isClosed, true);
    });

    it("an acknowledgement without a number is refused", () => {
      wire.receive(notification("ack", { seq: "1" }));
      equal(wire.take()[0]?.error?.data.status, "INVALID_ARGUMENT");
      equal(wire.isClosed, false);
    });

    it("beyond what can be kept, the owner is forgotten", async () => {
      send(1, MAX_EVENTS + 1);
      equal(wire.isClosed, true);
      await soon();
      deepEqual(desk.expired, [owner]);
      equal(desk.clock.pending, 0);
      equal(resume(MAX_EVENTS).resumed, false);
    });

    it("beyond what can be kept while away, too", async () => {
      wire.drop();
      send(1, MAX_EVENTS + 1);
      await soon();
      deepEqual(desk.expired, [owner]);
      equal(desk.clock.pending, 0);
    });
  });

  describe("volatile events", () => {
    it("have no number and are not kept", () => {
      owner.send(hint);
      send(1, 1);
      deepEqual(eventsOf(wire), ["activeSpeaker", 1]);
      wire.drop();
      deepEqual(eventsOf(resume(0).wire), [1]);
    });

    it("are dropped while nobody is there", () => {
      wire.drop();
      for (let count = 0; count < 100; count++) owner.send(hint);
      const again = resume(0);
      equal(again.resumed, true);
      deepEqual(eventsOf(again.wire), []);
    });

    it("are dropped while the peer takes less than it is sent", () => {
      wire.writable = false;
      owner.send(hint);
      send(1, 1);
      wire.writable = true;
      owner.send(hint);
      deepEqual(eventsOf(wire), [1, "activeSpeaker"]);
    });
  });

  describe("lease", () => {
    it("an owner that comes back within it goes on", () => {
      wire.drop();
      desk.clock.advance(LEASE_MS - 1);
      equal(resume(0).resumed, true);
      desk.clock.advance(LEASE_MS - 1);
      deepEqual(desk.expired, []);
    });

    it("an owner that does not is forgotten, once", async () => {
      wire.drop();
      desk.clock.advance(LEASE_MS);
      await soon();
      deepEqual(desk.expired, [owner]);
      equal(desk.owners.size, 0);
      equal(resume(0).resumed, false);
      desk.clock.advance(LEASE_MS - 1);
      await soon();
      equal(desk.expired.length, 1);
    });

    it("what is sent to a forgotten owner goes nowhere", async () => {
      wire.drop();
      desk.clock.advance(LEASE_MS);
      await soon();
      send(1, 3);
      owner.send(hint);
      deepEqual(eventsOf(resume(0).wire), []);
    });

    it("begins anew with each loss", () => {
      for (let loss = 0; loss < 3; loss++) {
        wire.drop();
        desk.clock.advance(LEASE_MS - 1);
        ({ wire } = resume(0));
      }
      deepEqual(desk.expired, []);
    });

    it("a sidecar that stops lets no owner expire", async () => {
      desk.owners.close();
      desk.clock.advance(LEASE_MS);
      await soon();
      deepEqual(desk.expired, []);
    });
  });

  describe("two connections", () => {
    it("the newer one wins; the older one is told and closed", () => {
      const { wire: newer, resumed } = resume(0);
      equal(resumed, true);
      equal(wire.take()[0]?.error?.data.status, "ABORTED");
      equal(wire.isClosed, true);
      send(1, 1);
      deepEqual(eventsOf(newer), [1]);
    });

    it("the end of the older one begins no lease", () => {
      resume(0);
      wire.drop();
      desk.clock.advance(LEASE_MS);
      deepEqual(desk.expired, []);
    });
  });

  it("another owner has a stream of its own", () => {
    send(1, 2);
    const { wire: other } = desk.greet({ owner: `${OWNER}-other` });
    other.receive(request(1, "getStatus"));
    other.take();
    send(1, 1);
    deepEqual(eventsOf(other), [1]);
    deepEqual(eventsOf(wire), [1, 2]);
  });
});
