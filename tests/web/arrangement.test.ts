import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Person } from "../../web/room/call/view.ts";
import { arrange } from "../../web/room/meeting/arrangement.ts";
import { FakeTrack } from "../client/fakes/track.ts";

function person(sessionId: string, change: Partial<Person> = {}): Person {
  return {
    sessionId,
    name: sessionId,
    isOwn: false,
    state: "connected",
    graceUntil: undefined,
    isConnecting: false,
    microphone: "on",
    camera: undefined,
    screen: undefined,
    sounds: [],
    ...change,
  };
}

const own = person("own", { isOwn: true });
const ann = person("ann");
const bob = person("bob");
const screen = new FakeTrack("video");

describe("the arrangement of tiles", () => {
  it("invites others while one is alone", () => {
    assert.deepEqual(arrange([own], undefined), { kind: "alone", own });
  });

  it("gives the only other the space, and floats one's own tile", () => {
    const arrangement = arrange([ann, own], undefined);
    assert.deepEqual(arrangement, { kind: "duo", other: ann, own });
  });

  it("is a grid from three on, in the order of joining", () => {
    const people = [ann, bob, own];
    assert.deepEqual(arrange(people, "bob"), { kind: "grid", people });
  });

  it("is a stage when somebody shares a screen, even for one alone", () => {
    const sharing = { ...own, screen };
    const arrangement = arrange([sharing], undefined);
    assert.equal(arrangement.kind, "stage");
  });

  it("shows every shared screen, and the speaker first beside them", () => {
    const first = { ...ann, screen };
    const second = { ...own, screen };
    assert.deepEqual(arrange([first, bob, second], "bob"), {
      kind: "stage",
      sharers: [first, second],
      people: [bob, first, second],
    });
  });

  it("does not move one's own tile when one speaks", () => {
    const sharing = { ...ann, screen };
    const people = [sharing, bob, own];
    assert.deepEqual(arrange(people, "own"), {
      kind: "stage",
      sharers: [sharing],
      people,
    });
  });
});
