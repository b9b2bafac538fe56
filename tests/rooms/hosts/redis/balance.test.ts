import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import {
  leastLoaded,
  targetOf,
} from "../../../../rooms/hosts/redis/balance.ts";
import type { Node } from "../../../../rooms/hosts/redis/directory.ts";

const node = (rooms: number, more: Partial<Node> = {}): Node => ({
  state: "open",
  rooms,
  isFull: false,
  ...more,
});

describe("HO12: where rooms go", () => {
  it("to the process with the fewest, of those that take more", () => {
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

  it("away from a process that drains, whatever the others have", () => {
    const self = node(1, { state: "draining" });
    const nodes = new Map([["self", self], ["other", node(50)]]);
    assert.equal(targetOf(nodes, "self", self), "other");
    assert.equal(targetOf(nodes, "self", { ...self, rooms: 0 }), undefined);
  });

  it("away from one that has many more than another, until it has not", () => {
    let mine = 40;
    let other = 0;
    for (let moves = 0; moves < 100; moves += 1) {
      const nodes = new Map([["self", node(mine)], ["other", node(other)]]);
      if (targetOf(nodes, "self", node(mine)) === undefined) break;
      mine -= 1;
      other += 1;
    }
    assert.ok(mine - other < 15 && mine > other, `${mine} and ${other}`);
    const back = new Map([["self", node(other)], ["other", node(mine)]]);
    assert.equal(targetOf(back, "self", node(other)), undefined);
  });

  it("nowhere for the sake of a few", () => {
    const nodes = new Map([["self", node(4)], ["other", node(0)]]);
    assert.equal(targetOf(nodes, "self", node(4)), undefined);
  });
});
