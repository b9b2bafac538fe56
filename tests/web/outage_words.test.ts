import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import {
  type Connection,
  newConnection,
  type Retry,
} from "../../web/room/connection/connection.ts";
import type { Mark } from "../../web/room/connection/history.ts";
import { outageWords } from "../../web/room/words/outage_words.ts";

const NOW = 100_000;

const out = (
  signaling: Connection["signaling"],
  step?: Mark["step"],
): Connection => ({
  ...newConnection,
  signaling,
  outage: { at: "out", since: NOW - 1_000, step },
});
const lost = (retry: Retry, placeUntil = NOW + 8_500) =>
  out({ state: "lost", retry, placeUntil });
const say = (connection: Connection, isOnline = true) => {
  const words = outageWords(connection, NOW, isOnline);
  return words && [words.title, words.text, words.place ?? ""].join("|");
};

describe("what is said of one's own outage", () => {
  it("is nothing when all is well", () => {
    assert.equal(say(newConnection), undefined);
  });

  it("is when the next try comes, and how long the place is kept", () => {
    assert.equal(
      say(lost({ type: "waiting", until: NOW + 1_700 })),
      "Your connection was lost|Trying again in 2 s…|Your place is kept for 9 s.",
    );
  });

  it("is that a try is under way", () => {
    const trying = "Your connection was lost|Trying to get back…|";
    assert.ok(say(lost({ type: "trying" }))?.startsWith(trying));
    const due: Retry = { type: "waiting", until: NOW };
    assert.ok(say(lost(due))?.startsWith(trying));
  });

  it("is that there is no hope for the place any more", () => {
    assert.equal(
      say(lost({ type: "trying" }, NOW)),
      "Your connection was lost|Trying to get back…|Your place may be gone by now.",
    );
  });

  it("is no more than a suspicion while the service is only silent", () => {
    const suspected = out({
      state: "suspected",
      retry: { type: "trying" },
      placeUntil: NOW + 10_000,
    });
    assert.equal(
      say(suspected),
      "The service does not answer|Looking for another way to it…|" +
        "Your place is kept for 10 s.",
    );
  });

  it("is what the browser knows, when it is offline", () => {
    assert.match(
      say(lost({ type: "waiting", until: NOW + 2_000 }), false) ?? "",
      /^You are offline\|/,
    );
  });

  it("is about sound and picture where only they are away, and what is done for them", () => {
    const texts = ([undefined, "iceRestarted", "recreating"] as const)
      .map((step) => say(out({ state: "connected" }, step)));
    assert.deepEqual(texts, [
      "Sound and picture stopped|Bringing your video back…|",
      "Sound and picture stopped|Looking for a new way…|",
      "Sound and picture stopped|Building a new media connection…|",
    ]);
  });

  it("is that one is back, at its end", () => {
    const outage = { at: "back", since: NOW, tookMs: 3_000 } as const;
    assert.equal(say({ ...newConnection, outage }), "You’re back||");
  });
});
