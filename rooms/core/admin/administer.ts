/**
 * Does what an operator asks, and answers once.
 *
 * @module
 */
import { endRoom } from "../end.ts";
import { setMuted } from "../media/holding.ts";
import { joined, type Step } from "../state.ts";
import { ban, unban } from "./bans.ts";
import { type AdminCommand, type AdminOutcome, done } from "./command.ts";
import { describeRoom, summarize } from "./describe.ts";
import {
  moveParticipant,
  noSuchParticipant,
  removeParticipant,
  sendServiceMessage,
  updateParticipant,
} from "./participants.ts";
import { setPolicy } from "./policy.ts";

export function administer(
  step: Step,
  request: number,
  command: AdminCommand,
): void {
  const answer = (outcome: AdminOutcome) =>
    step.effects.push({ type: "adminAnswer", request, outcome });
  if (command.type !== "closeRoom") {
    answer(perform(step, command));
    return;
  }
  // Nothing comes after the end of a room.
  answer(done);
  endRoom(step, command.reason);
}

function perform(
  step: Step,
  command: Exclude<AdminCommand, { type: "closeRoom" }>,
): AdminOutcome {
  switch (command.type) {
    case "describe":
      return { type: "room", room: describeRoom(step) };
    case "summarize":
      return { type: "summary", room: summarize(step) };
    case "setPolicy":
      return setPolicy(step, command.policy);
    case "removeParticipant":
      return removeParticipant(step, command);
    case "ban":
      return ban(step, command.identity, command.banMs);
    case "unban":
      return unban(step, command.identity);
    case "setMuted": {
      const session = joined(step.state, command.sessionId);
      return session ? setMuted(step, session, command) : noSuchParticipant;
    }
    case "updateParticipant":
      return updateParticipant(step, command);
    case "moveParticipant":
      return moveParticipant(step, command);
    case "sendMessage":
      return sendServiceMessage(step, command);
  }
}
