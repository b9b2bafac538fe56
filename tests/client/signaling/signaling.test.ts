import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { RoomAddress } from "../../../client/room_address.ts";
import type { SignalingListener } from "../../../client/signaling/listener.ts";
import { Signaling } from "../../../client/signaling/signaling.ts";
import { FakeClient } from "../fakes/client.ts";
import { rest } from "../fakes/turns.ts";

/** Hears everything and does nothing. */
const deaf: SignalingListener = {
  event: () => {},
  hint: () => {},
  exception: () => {},
  roundTrip: () => {},
  suspected: () => {},
  spoke: () => {},
  lost: () => {},
  attempt: () => {},
  step: () => {},
  resumed: () => {},
  rejoined: () => {},
  ended: () => {},
};

describe("the signaling", () => {
  it("finishes with one thing before it begins the next, also when asked meanwhile", async () => {
    await using client = new FakeClient();
    const signaling = new Signaling(client.ports, {
      address: new RoomAddress(new URL("https://example.org/rooms/tea")),
      token: () => Promise.resolve("secret"),
      join: () => ({}),
      timeoutMs: 1_000,
      giveUpAfterMs: 60_000,
      rejoin: false,
      retryPolicy: undefined,
    });
    const log: string[] = [];
    await signaling.start(() => ({
      ...deaf,
      event: () => {
        log.push("event begins");
        signaling.ask("sendMessage", { topic: "t", body: 1 }).catch(() => {});
        log.push("event ends");
      },
      ended: () => void log.push("ended"),
    }));
    client.service.event("sessionEnded", { reason: "roomClosed" });
    await rest();
    assert.deepEqual(log, ["event begins", "event ends", "ended"]);
  });
});
