/** Connections whose sockets other processes have. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { ServedConnections } from "../../../../rooms/hosts/redis/served.ts";
import { VirtualClock } from "../../fakes/clock.ts";

describe("HO9: a connection that another process has", () => {
  it("is not the one that it offers anew when it was lost", async () => {
    const served = new ServedConnections({ send() {} }, new VirtualClock());
    const lost = served.open("peer", "c1", undefined);
    served.broken("peer");
    assert.ok(!served.isOpen(lost));
    const anew = served.open("peer", "c1", undefined);
    assert.ok(!served.isOpen(lost));
    assert.ok(served.isOpen(anew));
    anew.closed(false);
    await served.emptied();
  });

  it("stays where one of the same name closes late", () => {
    const served = new ServedConnections({ send() {} }, new VirtualClock());
    const late = served.open("peer", "c1", undefined);
    const anew = served.open("peer", "c1", undefined);
    late.closed(false);
    assert.ok(served.isOpen(anew));
  });
});
