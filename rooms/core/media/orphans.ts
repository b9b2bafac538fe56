/**
 * What the SFU has made for calls whose answers were lost. Nobody owns it, and
 * nobody would close it before the room ends (MD10).
 *
 * @module
 */
import type { SfuResult } from "../../../sfu/methods.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import type { SfuReply } from "../input.ts";
import type { Orphan, RoomState, Step } from "../state.ts";
import { call, makesSomething, routerId } from "./calls.ts";
import { closeInSfu } from "./closing.ts";
import type { RequestCall } from "./pending.ts";

/** Milliseconds that pass before and after the look: all calls are answered then. */
const WAIT_MS = 12_000;

/** With these a call may have been carried out, as far as is known here. */
const uncertain: ReadonlySet<RpcStatus> = new Set<RpcStatus>([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "CANCELLED",
]);

/** Makes sure that what a failed call may have left behind is looked for. */
export function suspectOrphan(
  { state, now }: Step,
  failed: RequestCall,
  status: RpcStatus,
): void {
  if (!makesSomething(failed.type) || !uncertain.has(status)) return;
  if (state.orphans?.state === "due") return;
  // A look that is under way may have been too early for this one.
  state.orphans = { state: "due", at: now + WAIT_MS };
}

export function orphanDeadline({ orphans }: RoomState): number {
  switch (orphans?.state) {
    case "due":
      return orphans.at;
    case "waiting":
      return orphans.until;
    default:
      return Infinity;
  }
}

export function watchOrphans(step: Step): void {
  const { state, now } = step;
  const { orphans } = state;
  if (now < orphanDeadline(state)) return;
  if (orphans?.state === "due") look(step);
  if (orphans?.state === "waiting") closeAll(step, orphans.found);
}

/** Hears what is open in the router. */
export function inventoried(step: Step, reply: SfuReply): void {
  const { state, now } = step;
  if (state.orphans?.state !== "asked") return;
  if (!reply.ok) {
    state.orphans = { state: "due", at: now + WAIT_MS };
    return;
  }
  const inventory = reply.result as SfuResult<"dumpRouter">;
  const found = [...thingsIn(inventory)].filter(({ id }) =>
    !isOwned(state, id)
  );
  state.orphans = found.length === 0
    ? null
    : { state: "waiting", found, until: now + WAIT_MS };
}

/** Of a router that was just taken over: no call is under way in it. */
export function closeUnowned(
  step: Step,
  inventory: SfuResult<"dumpRouter">,
): void {
  for (const thing of thingsIn(inventory)) {
    if (!isOwned(step.state, thing.id)) close(step, thing);
  }
}

function look(step: Step): void {
  const { state } = step;
  if (state.router.state !== "ready") {
    state.orphans = null;
    return;
  }
  state.orphans = { state: "asked" };
  call(step, "dumpRouter", { routerId: state.router.id }, {
    type: "inventory",
  });
}

function closeAll(step: Step, found: readonly Orphan[]): void {
  step.state.orphans = null;
  for (const orphan of found) {
    if (!isOwned(step.state, orphan.id)) close(step, orphan);
  }
}

function close(step: Step, { kind, id }: Orphan): void {
  const router = { routerId: routerId(step.state) };
  switch (kind) {
    case "transport":
      return closeInSfu(step, "closeTransport", { ...router, transportId: id });
    case "producer":
      return closeInSfu(step, "closeProducer", { ...router, producerId: id });
    case "consumer":
      return closeInSfu(step, "closeConsumer", { ...router, consumerId: id });
    case "dataProducer":
      return closeInSfu(step, "closeDataProducer", {
        ...router,
        dataProducerId: id,
      });
    case "dataConsumer":
      return closeInSfu(step, "closeDataConsumer", {
        ...router,
        dataConsumerId: id,
      });
  }
}

const isOwned = ({ owners }: RoomState, id: string): boolean => owners.has(id);

function* thingsIn(
  { transports }: SfuResult<"dumpRouter">,
): Generator<Orphan> {
  for (const transport of transports) {
    yield { kind: "transport", id: transport.transportId };
    for (const id of transport.producerIds) yield { kind: "producer", id };
    for (const id of transport.consumerIds) yield { kind: "consumer", id };
    for (const id of transport.dataProducerIds) {
      yield { kind: "dataProducer", id };
    }
    for (const id of transport.dataConsumerIds) {
      yield { kind: "dataConsumer", id };
    }
  }
}
