import { withoutCandidates } from "./candidates.ts";
import type { Line } from "./line.ts";

type PeerConnection = typeof RTCPeerConnection;

/**
 * Peer connections over a line that can be cut. A page cannot take packets from
 * a connection that lives, so a cut closes those that there are, and one that is
 * made in a cut does not learn where the service is before the cut is over.
 */
export function peerConnectionOver(
  line: Line,
  Native: PeerConnection,
): PeerConnection {
  return class extends Native {
    readonly #detach: () => void;
    #withheld: RTCIceCandidateInit[] = [];

    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.#detach = line.attach({
        cut: () => this.close(),
        restored: () => this.#handOver(),
      });
    }

    override setRemoteDescription(
      description: RTCSessionDescriptionInit,
    ): Promise<void> {
      const { type, sdp } = description;
      this.#withheld = [];
      if (!line.isCut || sdp === undefined) {
        return super.setRemoteDescription(description);
      }
      const stripped = withoutCandidates(sdp);
      this.#withheld = stripped.candidates;
      return super.setRemoteDescription({ type, sdp: stripped.sdp });
    }

    override close(): void {
      this.#detach();
      super.close();
    }

    #handOver(): void {
      for (const candidate of this.#withheld) {
        // A connection that has moved on has no use for it.
        this.addIceCandidate(candidate).catch(() => {});
      }
      this.#withheld = [];
    }
  };
}
