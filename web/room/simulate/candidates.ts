/** An SDP without its ways to the other side, and those ways. */
export type Stripped = { sdp: string; candidates: RTCIceCandidateInit[] };

export function withoutCandidates(sdp: string): Stripped {
  const kept: string[] = [];
  const candidates: RTCIceCandidateInit[] = [];
  let sdpMLineIndex = -1;
  for (const line of sdp.split("\r\n")) {
    if (line.startsWith("m=")) sdpMLineIndex++;
    if (line.startsWith("a=candidate:")) {
      candidates.push({ candidate: line.slice("a=".length), sdpMLineIndex });
    } else if (line !== "a=end-of-candidates") {
      kept.push(line);
    }
  }
  return { sdp: kept.join("\r\n"), candidates };
}
