import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { RoomName } from "../../protocol/mod.ts";
import {
  colourOf,
  friendlyRoomName,
  initials,
  roomInAddress,
  roomLink,
  toRoomName,
} from "../../web/room/names.ts";

describe("a room name that is offered", () => {
  it("is one that the service takes", () => {
    const random = fc.double({
      min: 0,
      max: 1,
      maxExcluded: true,
      noNaN: true,
    });
    fc.assert(fc.property(fc.infiniteStream(random), (stream) => {
      const name = friendlyRoomName(() => stream.next().value ?? 0);
      return RoomName.safeParse(name).success;
    }));
  });

  it("can be said on the phone", () => {
    assert.equal(friendlyRoomName(() => 0), "amber-anchor-1000");
    assert.match(friendlyRoomName(Math.random), /^[a-z]+-[a-z]+-\d{4}$/);
  });
});

describe("a room name that is typed", () => {
  it("may have spaces around and within, and accents", () => {
    assert.equal(toRoomName("  Caf\u00e9 au lait "), "Cafe-au-lait");
  });

  it("may be a whole link", () => {
    assert.equal(toRoomName("https://example.org/?room=tea"), "tea");
    assert.equal(toRoomName(" https://example.org/#tea "), "tea");
  });

  it("is refused when empty, too long or of other characters", () => {
    for (
      const typed of ["", "   ", "a/b", "x".repeat(65), "茶", "https://a.b/c"]
    ) {
      assert.equal(toRoomName(typed), undefined, typed);
    }
  });

  it("is refused or valid, whatever is typed", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (typed) => {
      const name = toRoomName(typed);
      return name === undefined || RoomName.safeParse(name).success;
    }));
  });
});

describe("the room in the address", () => {
  const roomIn = (address: string) => roomInAddress(new URL(address));

  it("is ?room= or #, the first of both", () => {
    assert.equal(roomIn("https://a.b/?room=tea"), "tea");
    assert.equal(roomIn("https://a.b/#tea"), "tea");
    assert.equal(roomIn("https://a.b/?room=tea#cake"), "tea");
  });

  it("is none where nothing is named, or the name is cut off", () => {
    assert.equal(roomIn("https://a.b/"), undefined);
    assert.equal(roomIn("https://a.b/?room="), undefined);
    assert.equal(roomIn("https://a.b/#%E0%A4%A"), undefined);
  });

  it("is found again in the link to a room, and nothing else is", () => {
    const link = roomLink("https://a.b/?room=old&token=x#cake", "tea");
    assert.equal(link, "https://a.b/?room=tea");
    assert.equal(roomIn(link), "tea");
  });
});

describe("what stands for a person without a picture", () => {
  it("is the first letter of the first and the last name", () => {
    assert.equal(initials("Ada Lovelace"), "AL");
    assert.equal(initials("maria del mar"), "MM");
    assert.equal(initials("Zoë"), "Z");
    assert.equal(initials("玲子"), "玲");
  });

  it("is a question mark where there is no letter", () => {
    assert.equal(initials(""), "?");
    assert.equal(initials("🙂 !"), "?");
  });

  it("has the same colour each time", () => {
    fc.assert(fc.property(fc.string(), (name) => {
      const colour = colourOf(name);
      return colour === colourOf(name) && colour >= 0 && colour < 8;
    }));
  });
});
