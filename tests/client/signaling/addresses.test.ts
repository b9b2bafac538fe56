import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RoomAddress } from "../../../client/room_address.ts";
import { Addresses } from "../../../client/signaling/addresses.ts";

const HOME = "https://a.example.com/rooms/tea";
const OTHER = "https://b.example.com/rooms/tea";

const known = (home = HOME) =>
  new Addresses(new RoomAddress(new URL(home)), ["https://b.example.com"]);
const next = (addresses: Addresses) => addresses.next().socket.href;

describe("HO6: where a client goes that the service sends elsewhere", () => {
  it("is there, where the application lets it be", () => {
    const addresses = known();
    assert.equal(next(addresses), "wss://a.example.com/rooms/tea/ws");
    addresses.works();
    addresses.redirect(OTHER);
    assert.equal(next(addresses), "wss://b.example.com/rooms/tea/ws");
    assert.equal(
      addresses.last.leave.href,
      "https://b.example.com/rooms/tea/leave",
    );
  });

  it("is there and at home in turns, until one of them works", () => {
    const addresses = known();
    addresses.redirect(OTHER);
    const hosts = Array.from({ length: 4 }, () => addresses.next().socket.host);
    const [a, b] = ["a.example.com", "b.example.com"];
    assert.deepEqual(hosts, [b, a, b, a]);
    addresses.works();
    assert.equal(addresses.next().socket.host, a);
    addresses.redirect(OTHER);
    addresses.next();
    addresses.works();
    assert.equal(addresses.next().socket.host, b);
  });

  it("is its own origin without being asked, by another path", () => {
    const addresses = known();
    addresses.redirect("https://a.example.com/two/rooms/tea");
    assert.equal(next(addresses), "wss://a.example.com/two/rooms/tea/ws");
  });

  for (
    const [url, what] of [
      ["https://evil.example.com/rooms/tea", "an origin that is not known"],
      ["https://b.example.com:8443/rooms/tea", "another port"],
      ["http://b.example.com/rooms/tea", "less safe"],
      ["http://a.example.com/rooms/tea", "its own origin, less safe"],
      ["https://b.example.com/rooms/coffee", "another room"],
      ["https://b.example.com/", "no room"],
      ["/rooms/tea", "no place by itself"],
      ["javascript:alert(1)", "no URL of a service"],
    ] as const
  ) {
    it(`is home still, where the service names ${what}`, () => {
      const addresses = known();
      addresses.redirect(url);
      assert.equal(next(addresses), "wss://a.example.com/rooms/tea/ws");
    });
  }

  it("may be as unsafe as home is", () => {
    const addresses = new Addresses(
      new RoomAddress(new URL("http://localhost:1/rooms/tea")),
      ["http://localhost:2"],
    );
    addresses.redirect("http://localhost:2/rooms/tea");
    assert.equal(next(addresses), "ws://localhost:2/rooms/tea/ws");
  });

  it("is in the other room after a move, wherever that is", () => {
    const addresses = known();
    addresses.redirect(OTHER);
    next(addresses);
    addresses.works();
    addresses.move("coffee");
    assert.equal(next(addresses), "wss://b.example.com/rooms/coffee/ws");
  });
});
