import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  Balance,
  hasTooMany,
  leastLoaded,
} from "../../../../rooms/hosts/redis/balance.ts";
import type { Node } from "../../../../rooms/hosts/redis/nodes.ts";

const node = (rooms: number, more: Partial<Node> = {}): Node => ({
  state: "open",
  rooms,
  isFull: false,
  ...more,
});
const nodes = (...rooms: number[]) =>
  new Map(rooms.map((count, index) => [`n${index}`, node(count)]));

describe("HO12: a room that is to go elsewhere", () => {
  it("goes to the process with the fewest, of those that take more", () => {
    const nodes = new Map([
      ["self", node(0)],
      ["drains", node(0, { state: "draining" })],
      ["full", node(1, { isFull: true })],
      ["many", node(9)],
      ["few", node(3)],
    ]);
    assert.equal(leastLoaded(nodes, "self"), "few");
    assert.equal(leastLoaded(new Map([["self", node(0)]]), "self"), undefined);
  });
});

describe("HO12: a process has too many rooms", () => {
  it("with a quarter more than the mean, and some", () => {
    assert.ok(hasTooMany(nodes(40, 0), node(40)));
    assert.ok(hasTooMany(nodes(750, 750, 0), node(750)));
    assert.ok(!hasTooMany(nodes(550, 550, 400), node(550)));
  });

  it("not by a few, and not where a new one has none yet", () => {
    assert.ok(!hasTooMany(nodes(8, 0), node(8)));
    const many = Array.from({ length: 20 }, () => 500);
    assert.ok(!hasTooMany(nodes(...many, 0), node(500)));
  });

  it("until it has given enough of them away, and none comes back", () => {
    let [mine, other] = [40, 0];
    while (hasTooMany(nodes(mine, other), node(mine))) {
      mine -= 1;
      other += 1;
    }
    assert.deepEqual([mine, other], [29, 11]);
    assert.ok(!hasTooMany(nodes(mine, other), node(other)));
  });
});

describe("HO12: rooms of a process that has too many", () => {
  it("stay until it has had them for 30 s", () => {
    const balance = new Balance();
    const isDue = (at: number) => balance.isMoveDue(nodes(40, 0), node(40), at);
    assert.ok(!isDue(1_000));
    assert.ok(!isDue(30_999));
    assert.ok(isDue(31_000));
    assert.ok(isDue(31_500));
  });

  it("stay where it was a burst, however often one comes", () => {
    const balance = new Balance();
    for (let at = 0; at < 600_000; at += 500) {
      const mine = at % 20_000 < 15_000 ? 40 : 20;
      assert.ok(!balance.isMoveDue(nodes(mine, 20), node(mine), at));
    }
  });

  it("stay while it drains: that is another matter", () => {
    const balance = new Balance();
    const self = node(40, { state: "draining" });
    assert.ok(!balance.isMoveDue(nodes(40, 0), node(40), 0));
    assert.ok(!balance.isMoveDue(nodes(40, 0), self, 40_000));
    assert.ok(!balance.isMoveDue(nodes(40, 0), node(40), 40_500));
  });
});
