import assert from "node:assert/strict";
import type { NetworkInterfaceInfo } from "node:os";
import { describe, it } from "@std/testing/bdd";
import { announcedAddress } from "../../../sfu/sidecar/address.ts";

function at(address: string, internal = false): NetworkInterfaceInfo {
  return {
    address,
    internal,
    family: "IPv4",
    netmask: "255.255.255.0",
    mac: "00:00:00:00:00:00",
    cidr: null,
  };
}

const interfaces = {
  lo: [at("127.0.0.1", true)],
  idle: undefined,
  usb: [at("169.254.7.7")],
  wifi: [at("192.168.1.5")],
  docker: [at("172.17.0.1")],
};

describe("the announced address", () => {
  it("is the one of the setting", () => {
    assert.equal(
      announcedAddress("0.0.0.0", "sfu.example.com", interfaces),
      "sfu.example.com",
    );
  });

  it("is the machine's first own IPv4 where media is taken on all", () => {
    assert.equal(
      announcedAddress("0.0.0.0", undefined, interfaces),
      "192.168.1.5",
    );
    assert.equal(announcedAddress("::", undefined, interfaces), "192.168.1.5");
  });

  it("is the loopback of a machine without a network", () => {
    assert.equal(
      announcedAddress("0.0.0.0", undefined, { lo: interfaces.lo }),
      "127.0.0.1",
    );
  });

  it("is left to a listening address that can be reached", () => {
    assert.equal(
      announcedAddress("10.0.0.1", undefined, interfaces),
      undefined,
    );
  });
});
