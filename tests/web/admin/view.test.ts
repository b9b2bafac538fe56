import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { hashOf, type View, viewOf } from "../../../web/admin/state/view.ts";

describe("the dashboard's address", () => {
  const views: Record<string, View> = {
    "#/": { at: "service" },
    "#/rooms/standup": { at: "room", room: "standup" },
    "#/rooms/a.b~c/s-1": { at: "room", room: "a.b~c", sessionId: "s-1" },
  };
  for (const [hash, view] of Object.entries(views)) {
    it(`says ${hash} for what is looked at, and back`, () => {
      assert.equal(hashOf(view), hash);
      assert.deepEqual(viewOf(hash), view);
    });
  }

  it("shows the service where it makes no sense", () => {
    for (const hash of ["", "#", "#/rooms", "#/rooms/", "#/other/x"]) {
      assert.deepEqual(viewOf(hash), { at: "service" });
    }
    assert.deepEqual(viewOf("#/rooms/%E0%A4%A"), {
      at: "room",
      room: "%E0%A4%A",
    });
  });
});
