import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { MediaState, TrackSource } from "../../client/mod.ts";
import { type RoomSource, viewOf } from "../../web/room/call/view.ts";
import { FakeTrack } from "../client/fakes/track.ts";

type Publication = {
  source: TrackSource;
  muted: boolean;
  track: MediaStreamTrack | undefined;
};

type Presence = {
  state: "connected" | "reconnecting";
  graceUntil: number | undefined;
  mediaState: MediaState;
};

const MEDIA_STATES: MediaState[] = [
  "new",
  "checking",
  "connected",
  "completed",
  "disconnected",
  "failed",
  "closed",
];

function roomWith(
  publications: Publication[],
  presence: Partial<Presence> = {},
): RoomSource {
  return {
    name: "tea",
    state: "connected",
    sessionId: "own",
    localParticipant: {
      sessionId: "own",
      name: "Me",
      publications: new Map(),
    },
    participants: new Map([["ann", {
      sessionId: "ann",
      name: "Ann",
      state: "connected",
      graceUntil: undefined,
      mediaState: "connected",
      ...presence,
      publications: new Map(publications.map((one) => [one.source, one])),
    }]]),
  };
}

function ann(publications: Publication[], presence?: Partial<Presence>) {
  const [person] = viewOf(roomWith(publications, presence)).others;
  assert.ok(person);
  return person;
}

const track = new FakeTrack("video");
const voice = new FakeTrack("audio");

describe("the view of a room", () => {
  it("says until when the place of one who is lost is held", () => {
    const lost = { state: "reconnecting", graceUntil: 9_000 } as const;
    const { state, graceUntil } = ann([], lost);
    assert.deepEqual({ state, graceUntil }, lost);
  });

  it("shows as connecting whose media is in trouble, and no one else", () => {
    const connecting = MEDIA_STATES
      .filter((mediaState) => ann([], { mediaState }).isConnecting);
    assert.deepEqual(connecting, [
      "checking",
      "disconnected",
      "failed",
      "closed",
    ]);
  });

  it("names the room and oneself", () => {
    const { name, ownSessionId, ownName } = viewOf(roomWith([]));
    assert.deepEqual([name, ownSessionId, ownName], ["tea", "own", "Me"]);
  });

  it("shows a camera that is on and received, and no other", () => {
    assert.equal(
      ann([{ source: "camera", muted: false, track }]).camera,
      track,
    );
    for (
      const publications of [
        [],
        [{ source: "camera", muted: true, track } as const],
        [{ source: "camera", muted: false, track: undefined } as const],
      ]
    ) assert.equal(ann(publications).camera, undefined);
  });

  it("tells a muted microphone from none", () => {
    const sound = (muted: boolean) =>
      ann([{ source: "microphone", muted, track: voice }]).microphone;
    assert.equal(sound(false), "on");
    assert.equal(sound(true), "muted");
    assert.equal(ann([]).microphone, "none");
  });

  it("lets the voice and the sound of a screen be heard", () => {
    const sound = new FakeTrack("audio");
    const { sounds, screen } = ann([
      { source: "microphone", muted: false, track: voice },
      { source: "screenAudio", muted: false, track: sound },
      { source: "screen", muted: false, track },
    ]);
    assert.deepEqual(sounds, [voice, sound]);
    assert.equal(screen, track);
  });
});
