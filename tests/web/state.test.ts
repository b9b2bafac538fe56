import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { reduce } from "../../web/room/state/reducer.ts";
import {
  everyone,
  type InRoom,
  ownPerson,
  titleOf,
} from "../../web/room/state/state.ts";
import { FakeTrack } from "../client/fakes/track.ts";
import { closedMedia, emptyRoom, lobbyState } from "./fakes/state.ts";

const joined = reduce(lobbyState(), { type: "joined", view: emptyRoom() });

function room(): InRoom {
  assert.ok(joined.phase.at === "inRoom");
  return joined.phase;
}

describe("oneself in the room", () => {
  const camera = new FakeTrack("video");
  const live = { on: true, deviceId: undefined } as const;

  it("comes last", () => {
    const others = [{ ...ownPerson(room(), closedMedia()), sessionId: "ann" }];
    const view = { ...emptyRoom(), others };
    const ids = everyone({ ...room(), view }, closedMedia())
      .map(({ sessionId }) => sessionId);
    assert.deepEqual(ids, ["ann", "own"]);
  });

  it("is seen while the camera is on and works", () => {
    const media = closedMedia();
    assert.equal(ownPerson(room(), media).camera, undefined);
    media.camera = { ...live, access: { at: "live", track: camera } };
    assert.equal(ownPerson(room(), media).camera, camera);
    media.camera = { ...media.camera, on: false };
    assert.equal(ownPerson(room(), media).camera, undefined);
  });

  it("is heard, muted, or has no microphone", () => {
    const media = closedMedia();
    const sound = () => ownPerson(room(), media).microphone;
    assert.equal(sound(), "none");
    const track = new FakeTrack("audio");
    media.microphone = { ...live, access: { at: "live", track } };
    assert.equal(sound(), "on");
    media.microphone = { ...media.microphone, on: false };
    assert.equal(sound(), "muted");
  });
});

describe("the title of the tab", () => {
  it("names the room and counts what was not read", () => {
    assert.equal(titleOf(lobbyState()), "Holdfast");
    assert.equal(titleOf(joined), "tea \u00b7 Holdfast");
    const unread = reduce(joined, {
      type: "message",
      message: { id: 1, from: "Ann", isOwn: false, text: "Hello", at: 0 },
    });
    assert.equal(titleOf(unread), "(1) tea \u00b7 Holdfast");
  });
});
