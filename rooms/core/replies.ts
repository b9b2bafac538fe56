/** @module */
import type { SfuResult } from "../../sfu/methods.ts";
import { claimed } from "./claim.ts";
import type { SfuReply } from "./input.ts";
import { handleMediaReply } from "./media/replies.ts";
import { routerCreated, routerFailed } from "./router.ts";
import type { Step } from "./state.ts";

/** The link has checked each result against the method of its call. */
export function handleReply(step: Step, call: number, reply: SfuReply): void {
  const { pending } = step.state;
  const record = pending.get(call);
  if (record === undefined) return;
  pending.delete(call);
  switch (record.type) {
    case "createRouter":
      return reply.ok
        ? routerCreated(step, call, reply.result as SfuResult<"createRouter">)
        : routerFailed(step, call);
    case "claim":
      return claimed(step, reply);
    default:
      return handleMediaReply(step, record, reply);
  }
}
