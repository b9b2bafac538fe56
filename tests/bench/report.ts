/**
 * How results are told: a table for people, a line of JSON each for programs.
 *
 * @module
 */
import { type Bound, isKept, type Result } from "./bench.ts";

const HEADINGS = ["bench", "ours", "peer's", "unit", "ratio", "bound", "peer"];
/** Columns of numbers, set to the right. */
const NUMBERS = new Set([1, 2, 4]);

export function jsonLine(result: Result): string {
  const { bench, value, unit, peer, peerValue, ratio } = result;
  return JSON.stringify({ bench, value, unit, peer, peerValue, ratio });
}

export function table(results: readonly Result[]): string {
  const rows = [HEADINGS, ...results.map(row)];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0))
  );
  return rows.map((cells) =>
    cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return NUMBERS.has(column) ? cell.padStart(width) : cell.padEnd(width);
    }).join("  ").trimEnd()
  ).join("\n");
}

function row(result: Result): string[] {
  const { bench, value, unit, peer, peerValue, ratio, bound } = result;
  return [
    bench,
    short(value),
    short(peerValue),
    unit,
    ratio.toFixed(2),
    bound ? `${told(bound)} ${isKept(result) ? "kept" : "MISSED"}` : "",
    peer,
  ];
}

function told(bound: Bound): string {
  if ("valueAtMost" in bound) return `ours <= ${bound.valueAtMost}`;
  return "atMost" in bound ? `<= ${bound.atMost}` : `>= ${bound.atLeast}`;
}

/** Four digits that count. */
function short(value: number): string {
  const digits = Math.floor(Math.log10(Math.abs(value) || 1));
  return value.toFixed(Math.max(0, 3 - digits));
}
