import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { bestGrid, GAP } from "../../web/room/meeting/grid.ts";

const desktop = { width: 1416, height: 810 };
const upright = { width: 374, height: 700 };
const sideways = { width: 770, height: 374 };
const spaces = { desktop, upright, sideways };

describe("the grid of tiles", () => {
  for (const [name, space] of Object.entries(spaces)) {
    it(`fits 1 to 50 tiles without scrolling (${name})`, () => {
      for (let count = 1; count <= 50; count++) {
        const { columns, rows, tile } = bestGrid(count, space);
        assert.ok(columns * rows >= count, `${count} tiles have a place`);
        assert.ok(columns * (tile.width + GAP) - GAP <= space.width);
        assert.ok(rows * (tile.height + GAP) - GAP <= space.height);
        assert.ok(tile.width >= 60 && tile.height >= 40, `${count} are seen`);
      }
    });
  }

  it("lets one tile fill the space, however a phone is held", () => {
    assert.deepEqual(bestGrid(1, upright).tile, upright);
    assert.deepEqual(bestGrid(1, sideways).tile, sideways);
  });

  it("puts two side by side on a desktop and one below the other on a phone", () => {
    assert.equal(bestGrid(2, desktop).columns, 2);
    assert.equal(bestGrid(2, upright).columns, 1);
  });

  it("is three by three for nine on a desktop", () => {
    const { columns, rows } = bestGrid(9, desktop);
    assert.deepEqual([columns, rows], [3, 3]);
  });

  it("keeps many tiles near the shape of a picture", () => {
    for (let count = 2; count <= 50; count++) {
      const { tile: { width, height } } = bestGrid(count, desktop);
      assert.ok(width / height > 1.3 && width / height < 1.8);
    }
  });

  it("gives no size where there is no space", () => {
    const { tile } = bestGrid(4, { width: 0, height: 0 });
    assert.deepEqual(tile, { width: 0, height: 0 });
  });

  it("never shrinks the tiles when somebody leaves", () => {
    const side = fc.integer({ min: 200, max: 3_000 });
    fc.assert(fc.property(
      fc.integer({ min: 3, max: 50 }),
      side,
      side,
      (count, width, height) => {
        const before = bestGrid(count, { width, height }).tile;
        const after = bestGrid(count - 1, { width, height }).tile;
        return after.width * after.height >= before.width * before.height;
      },
    ));
  });
});
