/** How tiles share a space: pure geometry, in CSS pixels. */

export type Space = { width: number; height: number };
export type Grid = { columns: number; rows: number; tile: Space };

/** Between tiles. */
export const GAP = 8;

type Shapes = { slimmest: number; widest: number };

/**
 * Width to height that a tile may have; video is cut to fit. One tile may fill
 * a phone however it is held, many look best near the shape of their pictures.
 */
function shapes(count: number, { width, height }: Space): Shapes {
  if (count === 1) return { slimmest: 1 / 2, widest: 2.2 };
  return { slimmest: width < height ? 3 / 4 : 4 / 3, widest: 16 / 9 };
}

/**
 * The grid in which `count` tiles are largest without scrolling. Of two equal
 * ones it takes that with fewer empty places.
 */
export function bestGrid(count: number, space: Space, gap = GAP): Grid {
  const allowed = shapes(count, space);
  let best: Grid = { columns: 1, rows: 1, tile: { width: 0, height: 0 } };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cell = {
      width: share(space.width, columns, gap),
      height: share(space.height, rows, gap),
    };
    const grid = { columns, rows, tile: fit(cell, allowed) };
    if (compare(grid, best) > 0) best = grid;
  }
  return best;
}

/** What each of `count` gets of a length with gaps in between. */
function share(length: number, count: number, gap: number): number {
  return Math.max(0, (length - gap * (count - 1)) / count);
}

/** The largest tile of an allowed shape in a cell. */
function fit({ width, height }: Space, { slimmest, widest }: Shapes): Space {
  return {
    width: Math.floor(Math.min(width, height * widest)),
    height: Math.floor(Math.min(height, width / slimmest)),
  };
}

function compare(a: Grid, b: Grid): number {
  return a.tile.width * a.tile.height - b.tile.width * b.tile.height ||
    b.columns * b.rows - a.columns * a.rows;
}
