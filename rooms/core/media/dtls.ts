/**
 * The first DTLS handshake of a transport, which has to be done in time (MD1).
 *
 * @module
 */
import type { JoinedSession } from "../session.ts";
import type { Step } from "../state.ts";
import { handshakeDeadline } from "./media.ts";
import { loseTransport } from "./transports.ts";

export function watchDtls(step: Step, session: JoinedSession): void {
  for (const [id, transport] of session.media?.transports ?? []) {
    if (step.now < handshakeDeadline(transport)) continue;
    loseTransport(step, session, id, "dtlsTimeout");
  }
}

/** For the time in which the room did not hear of its being done. */
export function delayDtls({ media }: JoinedSession, ms: number): void {
  for (const transport of media?.transports.values() ?? []) {
    const until = handshakeDeadline(transport) + ms;
    if (until !== Infinity) transport.handshake = { until };
  }
}
