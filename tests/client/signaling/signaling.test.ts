import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { Signaling } from "../../../client/signaling/signaling.ts";
import { FakeClient } from "../fakes/client.ts";
import { rest } from "../fakes/turns.ts";

describe("the signaling", () => {
  it("finishes with one thing before it begins the next, also when asked meanwhile", async () => {
    await using client = new FakeClient();
    const signaling = new Signaling(client.ports, {
      url: new URL("wss://example.org/rooms/tea/ws"),
      token: () => Promise.resolve("secret"),
      join: {},
      timeoutMs: 1_000,
    });
    const log: string[] = [];
    await signaling.start(() => ({
      event: () => {
        log.push("event begins");
        signaling.ask("sendMessage", { topic: "t", body: 1 }).catch(() => {});
        log.push("event ends");
      },
      hint: () => {},
      exception: () => {},
      ended: () => void log.push("ended"),
    }));
    client.service.event("sessionEnded", { reason: "roomClosed" });
    await rest();
    assert.deepEqual(log, ["event begins", "event ends", "ended"]);
  });
});
