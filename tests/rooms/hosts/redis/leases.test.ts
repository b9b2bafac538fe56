/** What a process knows of its leases, in virtual time. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { Leases } from "../../../../rooms/hosts/redis/leases.ts";

const leaseMs = 6_000;

describe("HO8: the leases of a process", () => {
  it("are over here before they are over in Redis, however late the answer was", () => {
    const leases = new Leases({ leaseMs });
    leases.grant("r", 7, 1_000);
    assert.ok(leases.isHeld("r", 7, 1_000 + leaseMs * 0.9 - 1));
    assert.ok(!leases.isHeld("r", 7, 1_000 + leaseMs * 0.9));
  });

  it("are renewed at a third, from when that was asked", () => {
    const leases = new Leases({ leaseMs });
    leases.grant("r", 7, 0);
    assert.equal(leases.deadline, 2_000);
    assert.deepEqual(leases.due(1_999), []);
    const due = leases.due(2_000);
    assert.deepEqual(due, [{ room: "r", epoch: 7 }]);
    assert.equal(leases.deadline, 4_000);
    leases.renewed(due, 2_000, 2_100);
    assert.ok(leases.isHeld("r", 7, 7_399));
    assert.ok(!leases.isHeld("r", 7, 7_400));
  });

  it("end by themselves where no renewal comes through, each once", () => {
    const leases = new Leases({ leaseMs });
    leases.grant("a", 1, 0);
    leases.grant("b", 1, 1_000);
    leases.due(2_000);
    leases.due(4_000);
    assert.equal(leases.deadline, 5_400);
    assert.deepEqual(leases.expire(5_400), [{ room: "a", epoch: 1 }]);
    assert.deepEqual(leases.expire(5_400), []);
    assert.ok(leases.isHeld("b", 1, 5_400));
  });

  it("are not held any more after a pause, before any timer has run", () => {
    const leases = new Leases({ leaseMs });
    leases.grant("r", 7, 0);
    assert.ok(!leases.isHeld("r", 7, 60_000));
  });

  it("never get shorter, and never longer for another epoch", () => {
    const leases = new Leases({ leaseMs });
    leases.grant("r", 7, 3_000);
    leases.renewed([{ room: "r", epoch: 7 }], 1_000, 3_100);
    assert.ok(leases.isHeld("r", 7, 8_000));
    leases.renewed([{ room: "r", epoch: 6 }], 8_100, 8_200);
    assert.ok(!leases.isHeld("r", 7, 8_400));
    assert.ok(!leases.isHeld("r", 6, 3_000));
  });

  it("do not begin again once they were over, though a renewal is heard of before any timer has run", () => {
    const leases = new Leases({ leaseMs });
    leases.grant("r", 7, 0);
    leases.renewed([{ room: "r", epoch: 7 }], 5_000, 5_401);
    assert.ok(!leases.isHeld("r", 7, 5_402));
    assert.deepEqual(leases.expire(5_402), [{ room: "r", epoch: 7 }]);
  });

  it("are nothing to wait for when there are none", () => {
    const leases = new Leases({ leaseMs });
    assert.equal(leases.deadline, Infinity);
    leases.grant("r", 7, 0);
    leases.drop("r", 6);
    assert.equal(leases.size, 1);
    leases.drop("r", 7);
    assert.equal(leases.deadline, Infinity);
  });
});
