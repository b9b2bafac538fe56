import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { SavePace } from "../../rooms/save_pace.ts";

const INTERVAL_MS = 250;

/** Rooms that change all the time, each kept as often as it may be. */
function keepFor(
  pace: SavePace,
  { rooms, tookMs, fromMs, forMs }: {
    readonly rooms: number;
    readonly tookMs: number;
    readonly fromMs: number;
    readonly forMs: number;
  },
): number {
  const dueAt = Array.from({ length: rooms }, () => fromMs);
  let spentMs = 0;
  for (let now = fromMs; now < fromMs + forMs; now++) {
    for (const [room, at] of dueAt.entries()) {
      if (at > now) continue;
      pace.spend(now, tookMs);
      spentMs += tookMs;
      dueAt[room] = now + INTERVAL_MS * pace.stretch;
    }
  }
  return spentMs / forMs;
}

describe("the pace of keeping rooms", () => {
  it("leaves few rooms as they are", () => {
    const pace = new SavePace();
    keepFor(pace, { rooms: 20, tookMs: 0.1, fromMs: 1e12, forMs: 5_000 });
    assert.equal(pace.stretch, 1);
  });

  it("takes a twentieth of the time of many, and about that of very many", () => {
    const pace = new SavePace();
    const all = { rooms: 500, tookMs: 0.1, fromMs: 1e12 };
    keepFor(pace, { ...all, forMs: 2_000 });
    const share = keepFor(pace, { ...all, fromMs: 1e12 + 2_000, forMs: 8_000 });
    assert.ok(share > 0.03 && share < 0.07, `${share} of the time`);
  });

  it("keeps each room eight times less often at the most", () => {
    const pace = new SavePace();
    const all = { rooms: 2_000, tookMs: 1, fromMs: 1e12 };
    keepFor(pace, { ...all, forMs: 5_000 });
    assert.equal(pace.stretch, 8);
  });

  it("is as it was when it is over", () => {
    const pace = new SavePace();
    const all = { rooms: 500, tookMs: 0.1, fromMs: 1e12 };
    keepFor(pace, { ...all, forMs: 2_000 });
    pace.spend(1e12 + 10_000, 0.1);
    assert.equal(pace.stretch, 1);
  });
});
