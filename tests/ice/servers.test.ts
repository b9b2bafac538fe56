import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { iceServers } from "../../ice/servers.ts";

const stun = { urls: ["stun:stun.example.com"] };
const turn = {
  urls: ["turn:turn.example.com:3478"],
  secret: "north",
  ttlS: 3_600,
};

describe("ICE servers", () => {
  it("without TURN are the same for all, and never renewed", () => {
    const forSession = iceServers({ fixed: [stun] });
    assert.deepEqual(forSession("s1", 1_000), {
      servers: [stun],
      renewAt: null,
    });
    assert.deepEqual(forSession("s2", 2_000), forSession("s1", 1_000));
  });

  it("IC1: carry the time at which they expire, whose they are, and a proof of both", () => {
    const { servers } = iceServers({ fixed: [stun], turn })(
      "s1",
      1_433_065_916_007,
    );
    assert.deepEqual(servers, [stun, {
      urls: ["turn:turn.example.com:3478"],
      username: "1433069516:s1",
      // printf 1433069516:s1 | openssl dgst -sha1 -hmac north -binary | base64
      credential: "uTSCGgDuVFSI+ShaWf3EVDs+blE=",
    }]);
  });

  it("IC1: are renewed when half of their time is over", () => {
    const { renewAt } = iceServers({ fixed: [], turn })("s1", 5_000);
    assert.equal(renewAt, 5_000 + 1_800_000);
  });
});
