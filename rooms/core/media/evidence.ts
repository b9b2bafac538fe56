/**
 * What speaks for a transport being alive when its owner comes back (MD6): its
 * states at once, and after a longer outage also the bytes that came in since.
 *
 * @module
 */
import type { ResumeResult } from "../../../protocol/mod.ts";
import type { SfuResult } from "../../../sfu/methods.ts";
import type { ConnectionId, SfuReply } from "../input.ts";
import { lossOf } from "../recovery.ts";
import type { Evidence, JoinedSession, Resuming } from "../session.ts";
import { joined, type Step } from "../state.ts";
import { call, routerId } from "./calls.ts";
import type { Transport } from "./media.ts";
import type { Look } from "./pending.ts";
import { loseTransport } from "./transports.ts";

type Advice = ResumeResult["transports"][number]["advice"];

/** Asks how much has come in until now, for comparison later. */
export function measureLoss(step: Step, session: JoinedSession): void {
  for (const [transportId, transport] of established(session)) {
    transport.bytesAtLoss = null;
    look(step, session, transportId, null);
  }
}

/** Begins to look at the transports, if the outage makes it necessary. */
export function collectEvidence(
  step: Step,
  session: JoinedSession,
  connection: ConnectionId,
): Evidence {
  const { state: { sfu, policy }, now } = step;
  const silentSince = lossOf(session)?.startedAt ?? session.presence.heardAt;
  const isNeeded = now - silentSince >= policy.mediaCheckAfterMs;
  const unknown = new Set<string>();
  if (isNeeded && sfu === "up") {
    for (const [transportId] of established(session)) {
      look(step, session, transportId, connection);
      unknown.add(transportId);
    }
  }
  return { isNeeded, unknown, flowing: new Set() };
}

/**
 * Hears how a transport is.
 *
 * @returns Whose resume has waited for this, and for nothing else any more.
 */
export function looked(
  step: Step,
  record: Look,
  reply: SfuReply,
): { session: JoinedSession; resuming: Resuming } | undefined {
  const session = joined(step.state, record.sessionId);
  if (!session) return;
  const { transportId } = record;
  if (!reply.ok && reply.status === "NOT_FOUND") {
    loseTransport(step, session, transportId, "lost");
  }
  const transport = session.media?.transports.get(transportId);
  const stats = reply.ok ? received(reply.result) : null;
  if (record.connection === null) {
    if (transport && stats) transport.bytesAtLoss = stats.bytes;
    return;
  }
  const { presence } = session;
  if (presence.state !== "resuming") return;
  if (presence.connection !== record.connection) return;
  const { unknown, flowing } = presence.evidence;
  unknown.delete(transportId);
  if (transport && stats && isFlowing(transport, stats)) {
    flowing.add(transportId);
  }
  if (unknown.size === 0) return { session, resuming: presence };
}

export function advise(
  { media }: JoinedSession,
  { isNeeded, flowing }: Evidence,
): ResumeResult["transports"] {
  return [...media?.transports ?? []].map(([transportId, transport]) => ({
    transportId,
    advice: adviceFor(transport, !isNeeded || flowing.has(transportId)),
  }));
}

/** One that was never connected has its own deadline (MD1). */
function adviceFor(
  { handshake, ice, dtls }: Transport,
  isFlowing: boolean,
): Advice {
  if (dtls === "failed" || dtls === "closed" || ice === "closed") {
    return "recreate";
  }
  if (handshake !== "done") return "alive";
  return ice !== "disconnected" && isFlowing ? "alive" : "restart";
}

type Received = { readonly bytes: number; readonly bitrate: number | null };

/** From the stat of the transport itself, as mediasoup names its fields. */
function received(result: unknown): Received | null {
  const [stat = {}] = (result as SfuResult<"getTransportStats">).stats;
  const { bytesReceived: bytes, recvBitrate: bitrate } = stat;
  if (typeof bytes !== "number") return null;
  return { bytes, bitrate: typeof bitrate === "number" ? bitrate : null };
}

const isFlowing = (
  { bytesAtLoss }: Transport,
  { bytes, bitrate }: Received,
): boolean => bytesAtLoss !== null && bytes > bytesAtLoss && bitrate !== 0;

const established = ({ media }: JoinedSession): [string, Transport][] =>
  [...media?.transports ?? []].filter(([_, { handshake }]) =>
    handshake === "done"
  );

function look(
  step: Step,
  { id: sessionId }: JoinedSession,
  transportId: string,
  connection: ConnectionId | null,
): void {
  if (step.state.sfu === "down") return;
  const params = { routerId: routerId(step.state), transportId };
  const record = { type: "look", sessionId, transportId, connection } as const;
  call(step, "getTransportStats", params, record);
}
