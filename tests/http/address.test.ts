import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { parseAddress, parseNetworks, siteOf } from "../../http/address.ts";
import { peerLimit } from "../../http/peer_limit.ts";

describe("an address", () => {
  const same: [string, string][] = [
    ["192.0.2.1", "192.0.2.1"],
    ["192.0.2.1:4711", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:0201", "192.0.2.1"],
    ["[2001:DB8:0:0::1]:443", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
  ];
  for (const [text, address] of same) {
    it(`written ${text} is ${address}`, () => {
      assert.equal(parseAddress(text), address);
    });
  }

  it("is not made of anything else", () => {
    const texts = [
      "",
      "unknown",
      "_hidden",
      "192.0.2",
      "192.0.2.256",
      "[::1",
      "::1]",
      "1.2.3.4.5",
      "010.0.0.1 ",
      "a:b",
    ];
    assert.deepEqual(texts.filter((text) => parseAddress(text)), []);
  });

  it("counts as its own site in IPv4, and as its /64 in IPv6", () => {
    assert.equal(siteOf("192.0.2.1"), "192.0.2.1");
    for (const last of ["::1", ":0:0:0:ffff", ":1:2:3:4"]) {
      const address = parseAddress(`2001:db8:0:7${last}`) ?? "";
      assert.equal(siteOf(address), "2001:db8:0:7::/64");
    }
    assert.equal(siteOf("::1"), "0:0:0:0::/64");
    assert.equal(siteOf("2001:db8::"), "2001:db8:0:0::/64");
  });
});

describe("networks", () => {
  const isIn = parseNetworks(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]);

  it("hold the addresses of their prefix", () => {
    const inside = ["10.255.0.1", "192.0.2.7", "2001:db8:9::1"];
    const outside = ["11.0.0.1", "192.0.2.8", "2001:db9::1"];
    assert.deepEqual(inside.map((address) => isIn?.(address)), [
      true,
      true,
      true,
    ]);
    assert.deepEqual(outside.map((address) => isIn?.(address)), [
      false,
      false,
      false,
    ]);
  });

  it("are refused where they make no sense", () => {
    const texts = [
      "",
      "10.0.0.0/33",
      "10.0.0.0/",
      "10.0.0.0/-1",
      "10.0.0.0/8/8",
      "::/129",
      "example.com",
      "10.0.0.0/x",
    ];
    assert.deepEqual(texts.filter((text) => parseNetworks([text])), []);
  });
});

describe("TCP connections of one site", () => {
  const isExempt = (address: string) => address === "192.0.2.9";

  it("have a limit, before anything is said on them", () => {
    const admit = peerLimit({ max: 2, isExempt });
    const first = admit("2001:db8::1");
    assert.ok(first && admit("2001:db8::2"));
    assert.equal(admit("2001:db8::3"), undefined);
    assert.ok(admit("2001:db8:0:1::1"));
    first();
    assert.ok(admit("2001:db8::3"));
  });

  it("are not counted of a proxy, or of who is not limited", () => {
    const admit = peerLimit({ max: 1, isExempt });
    for (let count = 0; count < 9; count++) assert.ok(admit("192.0.2.9"));
  });
});
