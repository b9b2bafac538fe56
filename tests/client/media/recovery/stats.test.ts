import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { readStats } from "../../../../client/media/recovery/stats.ts";

type Stat = { id: string; type: string } & Record<string, unknown>;

const report = (...stats: Stat[]) =>
  readStats(new Map(stats.map((stat) => [stat.id, stat])));

const pair = (id: string, more: Record<string, unknown>): Stat => ({
  id,
  type: "candidate-pair",
  ...more,
});

describe("the statistics of a transport", () => {
  it("tell the selected pair, what came over each, states and frames", () => {
    const reading = report(
      {
        id: "T",
        type: "transport",
        selectedCandidatePairId: "P2",
        iceState: "connected",
        dtlsState: "connected",
      },
      pair("P1", { packetsReceived: 1, responsesReceived: 2 }),
      pair("P2", { packetsReceived: 3, responsesReceived: 4 }),
      { id: "V", type: "inbound-rtp", trackIdentifier: "t", framesDecoded: 5 },
      { id: "A", type: "inbound-rtp", trackIdentifier: "a" },
    );
    assert.deepEqual(reading, {
      pair: "P2",
      pairs: new Map([
        ["P1", { packets: 1, answers: 2 }],
        ["P2", { packets: 3, answers: 4 }],
      ]),
      ice: "connected",
      dtls: "connected",
      frames: new Map([["t", 5]]),
    });
  });

  it("tell of no pair when ICE has failed, though some had succeeded", () => {
    const reading = report(
      { id: "T", type: "transport", iceState: "failed" },
      pair("P", { nominated: true, state: "succeeded", packetsReceived: 9 }),
    );
    assert.equal(reading.pair, undefined);
  });

  it("are found in other places in browsers that have them there", () => {
    assert.deepEqual(
      report(
        pair("P1", { nominated: false, state: "succeeded" }),
        pair("P2", {
          nominated: true,
          state: "succeeded",
          packetsReceived: 1,
          responsesReceived: 2,
        }),
      ).pair,
      "P2",
    );
    const counted = report(
      {
        id: "T",
        type: "transport",
        selectedCandidatePairId: "P",
        packetsReceived: 7,
      },
      pair("P", {}),
    );
    assert.deepEqual(counted.pairs.get("P"), { packets: 7, answers: 0 });
  });
});
