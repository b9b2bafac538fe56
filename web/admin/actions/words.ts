import type { Action } from "./action.ts";

export type ActionWords = {
  readonly title: string;
  readonly text: string;
  /** On the button that does it. */
  readonly verb: string;
  /** What is said when it is done. */
  readonly done: string;
  readonly isGrave: boolean;
};

export function wordsOf(action: Action): ActionWords {
  switch (action.type) {
    case "remove":
      return {
        title: `Remove ${action.who.name}?`,
        text:
          `The session in ${action.who.room} ends at once. The same person can join again.`,
        verb: "Remove",
        done: `${action.who.name} was removed`,
        isGrave: true,
      };
    case "ban":
      return {
        title: `Ban ${action.who.identity}?`,
        text:
          `All sessions of this identity in ${action.who.room} end at once, and it can neither join nor resume before the time is over.`,
        verb: "Ban",
        done: `${action.who.identity} is banned`,
        isGrave: true,
      };
    case "mute":
      return {
        title: `Mute ${action.who.name}'s ${action.key}?`,
        text:
          "Nobody receives it. Its owner cannot unmute it until you allow it.",
        verb: "Mute",
        done: `${action.who.name}'s ${action.key} is muted`,
        isGrave: false,
      };
    case "allow":
      return {
        title: `Allow ${action.who.name}'s ${action.key}?`,
        text: "It stays muted until its owner unmutes it.",
        verb: "Allow",
        done: `${action.who.name} may unmute the ${action.key}`,
        isGrave: false,
      };
    case "move":
      return {
        title: `Move ${action.who.name}?`,
        text:
          "The client leaves this room and joins the other one, with the same rights.",
        verb: "Move",
        done: `${action.who.name} was told to move`,
        isGrave: false,
      };
    case "messageOne":
      return {
        title: `Message to ${action.who.name}`,
        text: "It comes from the service, as a line of the room's chat.",
        verb: "Send",
        done: `The message to ${action.who.name} was sent`,
        isGrave: false,
      };
    case "messageAll":
      return {
        title: `Message to everybody in ${action.room}`,
        text: "It comes from the service, as a line of the room's chat.",
        verb: "Send",
        done: `The message to everybody in ${action.room} was sent`,
        isGrave: false,
      };
    case "close":
      return {
        title: `Close ${action.room}?`,
        text: `The call ends for ${people(action.participants)}.`,
        verb: "Close the room",
        done: `${action.room} was closed`,
        isGrave: true,
      };
    case "drain":
      return {
        title: "Drain the service?",
        text:
          "No room begins any more, and load balancers send people elsewhere. Calls that are under way go on.",
        verb: "Drain",
        done: "The service is draining",
        isGrave: true,
      };
    case "undrain":
      return {
        title: "Take rooms again?",
        text: "Rooms can begin here again.",
        verb: "Take rooms",
        done: "The service takes rooms again",
        isGrave: false,
      };
  }
}

const people = (count: number) =>
  count === 1 ? "one participant" : `${count} participants`;
