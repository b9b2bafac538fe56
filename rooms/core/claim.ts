/**
 * How a room that was taken up gets its router back (HO5): media has flowed on
 * meanwhile, and what only one side knows of is closed.
 *
 * @module
 */
import type { ProducerInfo } from "../../protocol/mod.ts";
import type { SfuResult } from "../../sfu/methods.ts";
import type { RpcStatus } from "../../sfu/rpc/status.ts";
import type { SfuReply } from "./input.ts";
import { call } from "./media/calls.ts";
import { pauseInSfu, retryCloses } from "./media/closing.ts";
import { measureLoss } from "./media/evidence.ts";
import { expectMedia, strand } from "./media/lost.ts";
import { closeUnowned } from "./media/orphans.ts";
import { noteMuted } from "./media/muting.ts";
import { showPaused } from "./media/producers.ts";
import { transportChanged } from "./media/transports.ts";
import { routerLost } from "./router.ts";
import { handleSfuEvent } from "./sfu_events.ts";
import type { JoinedSession } from "./session.ts";
import { joinedSessions, type RoomState, type Step } from "./state.ts";

type Dump = SfuResult<"claimRouter">;

/** Milliseconds until another try. */
const RETRY_MS = 500;

/** With these it is gone, or somebody else's. */
const hopeless: ReadonlySet<RpcStatus> = new Set<RpcStatus>([
  "NOT_FOUND",
  "FAILED_PRECONDITION",
]);

export const claimDeadline = ({ claim }: RoomState): number =>
  claim?.state === "due" ? claim.at : Infinity;

export function watchClaim(step: Step): void {
  const { state, now } = step;
  const { router } = state;
  if (now < claimDeadline(state) || router.state !== "ready") return;
  state.claim = { state: "asked" };
  const params = { routerId: router.id };
  call(step, "claimRouter", params, { type: "claim" });
}

export function claimed(step: Step, reply: SfuReply): void {
  const { state, now } = step;
  const { router } = state;
  if (router.state === "ready" && !reply.ok && !hopeless.has(reply.status)) {
    state.claim = { state: "due", at: now + RETRY_MS };
    return;
  }
  state.claim = null;
  state.sfu = "up";
  if (router.state !== "ready") return;
  if (!reply.ok) return routerLost(step, router.id);
  const dump = reply.result as Dump;
  dropUnknown(step, dump);
  closeUnowned(step, dump);
  takeStates(step, dump);
  agreeOnPauses(step, dump);
  expectMedia(step);
  for (const session of joinedSessions(state)) {
    if (session.presence.state !== "connected") measureLoss(step, session);
  }
  retryCloses(step);
}

/** What the SFU does not have any more. */
function dropUnknown(step: Step, { routerId, transports }: Dump): void {
  const open = new Set(
    transports.flatMap((one) => [
      one.transportId,
      ...one.producerIds,
      ...one.consumerIds,
      ...one.dataProducerIds,
      ...one.dataConsumerIds,
    ]),
  );
  const cause = "transportClosed";
  for (const session of joinedSessions(step.state)) {
    const { media } = session;
    if (media === null) continue;
    const gone = <T extends { readonly transportId: string }>(
      things: ReadonlyMap<string, T>,
    ) =>
      [...things].filter(([id, { transportId }]) =>
        !open.has(id) && media.transports.has(transportId)
      ).map(([id]) => id);
    for (const transportId of [...media.transports.keys()]) {
      if (open.has(transportId)) continue;
      strand(step, session, transportId);
    }
    for (const producerId of gone(media.producers)) {
      handleSfuEvent(step, "producerClosed", { routerId, producerId, cause });
    }
    for (const dataProducerId of gone(media.dataProducers)) {
      const params = { routerId, dataProducerId, cause } as const;
      handleSfuEvent(step, "dataProducerClosed", params);
    }
    for (const consumerId of gone(media.consumers)) {
      handleSfuEvent(step, "consumerClosed", { routerId, consumerId, cause });
    }
    for (const dataConsumerId of gone(media.dataConsumers)) {
      const params = { routerId, dataConsumerId, cause } as const;
      handleSfuEvent(step, "dataConsumerClosed", params);
    }
  }
}

function takeStates(step: Step, { transports }: Dump): void {
  for (const session of joinedSessions(step.state)) {
    for (const { transportId, ice, dtls, sctp } of transports) {
      if (!session.media?.transports.has(transportId)) continue;
      transportChanged(step, session, transportId, { ice, dtls, sctp });
    }
  }
}

/**
 * The last mute may not have reached the SFU, or not what was kept (MD7): what
 * is muted for one of them is so for both, until its owner says otherwise.
 */
function agreeOnPauses(step: Step, { transports }: Dump): void {
  const paused = new Set(transports.flatMap(({ pausedIds = [] }) => pausedIds));
  for (const session of joinedSessions(step.state)) {
    for (const [producerId, { info }] of session.media?.producers ?? []) {
      const isPaused = paused.has(producerId);
      if (info.paused === isPaused) continue;
      if (info.paused) pauseInSfu(step, producerId);
      else pausedMeanwhile(step, session, info);
    }
  }
}

function pausedMeanwhile(
  step: Step,
  session: JoinedSession,
  info: ProducerInfo,
): void {
  noteMuted(step.state, session, info.key, true);
  showPaused(step, session, info, true);
}
