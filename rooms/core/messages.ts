/**
 * Messages from one participant to others.
 *
 * @module
 */
import { done, refusal } from "./answer.ts";
import { jsonFits } from "./bytes.ts";
import type { Handler } from "./handler.ts";
import { tellEach, tellOthers } from "./outbox.ts";
import type { JoinedSession } from "./session.ts";
import { joined } from "./state.ts";

/** Reaches all of those it names, or none. */
export const sendMessage: Handler<"sendMessage"> = (
  { step, session, id },
  { to, topic, body },
) => {
  if (!session.access.grants.sendData) return refusal("forbidden");
  const { policy } = step.state;
  if (!jsonFits(body, policy.maxMessageBytes)) {
    return refusal("messageTooLarge", `${policy.maxMessageBytes} bytes`);
  }
  const message = { from: session.id, number: id, topic, body };
  if (to === undefined) {
    tellOthers(step, session.id, "message", message);
    return done;
  }
  const receivers = new Set<JoinedSession>();
  for (const id of to) {
    const receiver = joined(step.state, id);
    if (receiver === undefined) return refusal("participantNotFound", id);
    receivers.add(receiver);
  }
  tellEach(step, receivers, "message", message);
  return done;
};
