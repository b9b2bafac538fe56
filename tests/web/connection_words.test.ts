import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  durationWords,
  momentWords,
  outcomeWords,
  shareWords,
  summaryWords,
  tickWords,
  triggerWords,
} from "../../web/room/words/connection_words.ts";
import { reportAt } from "./connection/reports.ts";

describe("the words of the connection panel", () => {
  it("have durations as people say them", () => {
    const words = [0.4, 999, 1_000, 12_340, 59_999, 61_000].map(durationWords);
    assert.deepEqual(words, [
      "0 ms",
      "999 ms",
      "1.0 s",
      "12.3 s",
      "1 min 0 s",
      "1 min 1 s",
    ]);
  });

  it("tell what happened to what", () => {
    assert.equal(
      momentWords({ at: 0, kind: "state", lane: "recvIce", state: "failed" }),
      "Receiving, ICE: failed",
    );
    assert.equal(
      momentWords({ at: 0, kind: "step", step: "resumed", detail: undefined }),
      "The stay went on where it was",
    );
    assert.equal(
      momentWords({ at: 0, kind: "step", step: "refused", detail: "53002" }),
      "The service refused (53002)",
    );
  });

  it("tell of an incident what began it, how it ended and what it was about", () => {
    const report = reportAt(0, { signalingMs: 2_000, mediaMs: 2_900 });
    assert.equal(triggerWords(report), "The service fell silent");
    assert.equal(outcomeWords(report), "back after 3.0 s");
    assert.equal(shareWords(report), "signaling 2.0 s, media 2.9 s");
    assert.equal(shareWords({ ...report, signalingMs: 0 }), "media 2.9 s");
  });

  it("sum up the drawing for those who do not see it", () => {
    assert.equal(summaryWords([]), "No incident in the last five minutes");
    assert.equal(
      summaryWords([reportAt(0), reportAt(9_000)]),
      "2 incidents in the last five minutes, 6.0 s in all",
    );
  });

  it("count on the axis in seconds and minutes, before and after", () => {
    const words = [-60_000, -15_000, 0, 200].map(tickWords);
    assert.deepEqual(words, ["−1 min", "−15 s", "0", "+0.2 s"]);
  });
});
