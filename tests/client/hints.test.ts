import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { FakeClient } from "./fakes/client.ts";
import { rest } from "./fakes/turns.ts";
import { joined, reportOf } from "./outage.ts";

describe("what the browser knows", () => {
  const cases: [string, (client: FakeClient) => void][] = [
    ["online", ({ page }) => page.dispatchEvent(new Event("online"))],
    ["another network", ({ network }) => {
      network.type = "cellular";
      network.dispatchEvent(new Event("change"));
    }],
    ["a page that is looked at again", ({ document }) => {
      document.dispatchEvent(new Event("visibilitychange"));
    }],
    ["a page that is thawed", ({ document }) => {
      document.dispatchEvent(new Event("resume"));
    }],
    ["a page that is come back to", ({ page }) => {
      const shown = Object.assign(new Event("pageshow"), { persisted: true });
      page.dispatchEvent(shown);
    }],
  ];
  for (const [what, happen] of cases) {
    it(`HB3: ${what} makes an attempt begin at once`, async () => {
      await using client = await joined({ retryPolicy: () => 60_000 });
      await client.drop();
      assert.equal(client.room.state, "reconnecting");
      happen(client);
      await rest();
      assert.equal(client.room.state, "connected");
    });
  }

  it("HB3: offline is told at once, and ends with online", async () => {
    await using client = await joined();
    client.page.dispatchEvent(new Event("offline"));
    assert.equal(client.room.state, "reconnecting");
    client.page.dispatchEvent(new Event("online"));
    await rest();
    assert.equal(client.room.state, "connected");
    assert.equal(reportOf(client).trigger, "offline");
  });

  it("a new estimate of the speed, and a page that is hidden, are no news", async () => {
    await using client = await joined({ retryPolicy: () => 60_000 });
    await client.drop();
    client.network.dispatchEvent(new Event("change"));
    client.document.visibilityState = "hidden";
    client.document.dispatchEvent(new Event("visibilitychange"));
    await rest();
    assert.equal(client.service.sockets.length, 1);
  });
});
