/**
 * What several answers are as one.
 *
 * @module
 */
import type { LinkReply } from "../link.ts";
import type { SfuMethod } from "../methods.ts";
import type { Failure } from "./pipe.ts";

export const nobodyHas: Failure = {
  ok: false,
  status: "NOT_FOUND",
  message: "no sidecar has this router",
};

export const fenced: Failure = {
  ok: false,
  status: "FAILED_PRECONDITION",
  message: "this router has a newer owner",
};

export const firstFailure = (
  answers: readonly LinkReply<SfuMethod>[],
): Failure | undefined =>
  answers.flatMap((answer) => answer.ok ? [] : [answer])[0];

/** What is open in all of its parts; pipes are no business of the room's. */
export function merged(
  answers: readonly LinkReply<"dumpRouter">[],
): LinkReply<"dumpRouter"> {
  const dumps = answers.flatMap((one) => one.ok ? [one.result] : []);
  const [first] = dumps;
  if (first === undefined) return nobodyHas;
  const { routerId, rtpCapabilities } = first;
  const transports = dumps.flatMap((one) => one.transports);
  return { ok: true, result: { routerId, rtpCapabilities, transports } };
}
