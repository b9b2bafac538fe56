import type { EndReason } from "../../../client/mod.ts";
import type { Words } from "./words.ts";

const words = {
  left: {
    title: "You left the call",
    text: "The others can go on talking.",
  },
  networkDisconnect: {
    title: "The connection was lost",
    text: "Check your internet connection, then rejoin.",
  },
  nodeCrashed: {
    title: "The call broke off",
    text: "The service lost the room. Rejoining brings you back together.",
  },
  duplicateIdentity: {
    title: "You joined in another tab",
    text: "The call goes on there. You can take it back to this one.",
  },
  removed: {
    title: "You were removed from the call",
    text: "Someone who runs this room ended your stay.",
  },
  roomClosed: {
    title: "This room was closed",
    text: "The call has ended for everyone.",
  },
  serverShutdown: {
    title: "The service is restarting",
    text: "Rejoin in a few seconds.",
  },
  protocolError: {
    title: "Something went wrong",
    text: "The service ended the call after an error. You can rejoin.",
  },
} satisfies Record<EndReason, Words>;

export function endedWords(reason: EndReason): Words {
  return words[reason];
}
