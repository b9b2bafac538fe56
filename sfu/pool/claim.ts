/**
 * Who has a router that another process has made: all are asked, but for those
 * that are gone, for with them it would be gone, too.
 *
 * @module
 */
import type { CallOptions, LinkReply } from "../link.ts";
import type { SfuResult } from "../methods.ts";
import { isRetryable } from "../rpc/status.ts";
import type { Member } from "./member.ts";

export type Dump = SfuResult<"claimRouter">;

export type Found =
  | { readonly state: "found"; readonly parts: ReadonlyMap<Member, Dump> }
  /** Nobody has it. */
  | { readonly state: "gone" }
  /** Somebody may have it, or it is another owner's by now. */
  | { readonly state: "unclear" };

/** Milliseconds that one who does not answer is waited for. */
const LIMIT_MS = 5_000;

/** Where it is all in one, that one is enough. */
export function claim(
  members: readonly Member[],
  routerId: string,
  options: CallOptions,
  done: (found: Found) => void,
): void {
  const answers = new Map<Member, LinkReply<"claimRouter">>();
  const { epoch = 0 } = options;
  let isDone = false;
  const finish = () => {
    isDone = true;
    const found = sumUp(members, answers);
    if (found.state === "found") abandonRest(found.parts);
    done(found);
  };
  /** What has not answered may have been claimed all the same. */
  const abandonRest = (parts: ReadonlyMap<Member, Dump>) => {
    if (![...parts.values()].some(isSpread)) return;
    for (const [member, answer] of answers) {
      if (answer.ok || !isRetryable(answer.status)) continue;
      member.abandon(routerId, epoch);
    }
  };
  if (members.length === 0) return queueMicrotask(finish);
  for (const member of members) {
    const limited = { deadlineMs: LIMIT_MS, ...options };
    member.link.call("claimRouter", { routerId }, limited, (answer) => {
      if (isDone) {
        if (answer.ok) member.abandon(routerId, epoch);
        return;
      }
      answers.set(member, answer);
      const isEnough = answer.ok && !isSpread(answer.result);
      if (isEnough || answers.size === members.length) finish();
    });
  }
}

/** As far as one sidecar can tell. */
const isSpread = ({ isPart, pipes = [] }: Dump): boolean =>
  isPart || pipes.length > 0;

function sumUp(
  members: readonly Member[],
  answers: ReadonlyMap<Member, LinkReply<"claimRouter">>,
): Found {
  const parts = new Map<Member, Dump>();
  for (const member of members) {
    const answer = answers.get(member);
    if (answer?.ok) parts.set(member, answer.result);
  }
  const refusals = [...answers.values()]
    .flatMap((answer) => answer.ok ? [] : [answer.status]);
  if (refusals.includes("FAILED_PRECONDITION")) return { state: "unclear" };
  if (parts.size > 0) return { state: "found", parts };
  const isSure = refusals.every((status) => status === "NOT_FOUND");
  return { state: isSure ? "gone" : "unclear" };
}
