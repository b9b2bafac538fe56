import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { withoutCandidates } from "../../../web/room/simulate/candidates.ts";

const HOST = "candidate:1 1 udp 1076302079 192.0.2.1 40000 typ host";
const SDP = [
  "v=0",
  "m=audio 7 UDP/TLS/RTP/SAVPF 100",
  "a=ice-ufrag:abcd",
  `a=${HOST}`,
  "a=end-of-candidates",
  "m=video 7 UDP/TLS/RTP/SAVPF 101",
  `a=${HOST}`,
  "",
].join("\r\n");

describe("a description without ways to the other side", () => {
  it("keeps all but the candidates, and says that more may come", () => {
    assert.equal(
      withoutCandidates(SDP).sdp,
      "v=0\r\nm=audio 7 UDP/TLS/RTP/SAVPF 100\r\na=ice-ufrag:abcd\r\n" +
        "m=video 7 UDP/TLS/RTP/SAVPF 101\r\n",
    );
  });

  it("gives the candidates, each with the section that it belongs to", () => {
    assert.deepEqual(withoutCandidates(SDP).candidates, [
      { candidate: HOST, sdpMLineIndex: 0 },
      { candidate: HOST, sdpMLineIndex: 1 },
    ]);
  });
});
