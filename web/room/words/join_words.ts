import { errors } from "../../../protocol/mod.ts";
import { TokenError } from "../call/token.ts";
import type { Words } from "./words.ts";

const away: Words = {
  title: "The service cannot be reached",
  text: "Check your internet connection, then try again in a moment.",
};
const invitation: Words = {
  title: "Your invitation was not accepted",
  text: "Reload this page to get a new one, then try again.",
};
const busy: Words = {
  title: "The service is busy",
  text: "Try again in a few seconds.",
};
const nameWords: Words = {
  title: "That room name does not work",
  text: "Use up to 64 letters, digits and dashes, for example calm-harbor-42.",
};

const byCode = new Map<number, Words>([
  [errors.roomFull.code, {
    title: "This room is full",
    text: "Wait for someone to leave and try again, or start another room.",
  }],
  [errors.roomNameInvalid.code, nameWords],
  [errors.roomEnded.code, {
    title: "This room has ended",
    text: "Start a new room, or ask for a new link.",
  }],
  [errors.duplicateIdentity.code, {
    title: "You are in this room already",
    text: "Leave it in the other tab or on the other device, then try again.",
  }],
  [errors.tokenExpired.code, {
    title: "Your invitation has expired",
    text: "Reload this page to get a new one.",
  }],
  [errors.tokenNotYetValid.code, {
    title: "Your invitation is not valid yet",
    text: "Check that the clock of your device is right, then try again.",
  }],
  [errors.tokenGrantsInvalid.code, {
    title: "Your invitation is for another room",
    text: "Check the room name, or ask for a new link.",
  }],
  [errors.tokenInvalid.code, invitation],
  [errors.tokenSignatureInvalid.code, invitation],
  [errors.busy.code, busy],
  [errors.mediaServerUnavailable.code, {
    title: "Calls are not possible right now",
    text: "The media server is away. Try again in a moment.",
  }],
  [errors.signalingFailed.code, away],
  [errors.signalingLost.code, away],
  [errors.signalingTimeout.code, away],
]);

/** Why joining failed; `error` is what the token request or `connect` threw. */
export function joinWords(error: unknown): Words {
  if (error instanceof TokenError) return tokenWords(error);
  return byCode.get(codeOf(error)) ?? {
    title: "Joining did not work",
    text: "Try again. If it keeps failing, reload this page.",
  };
}

function tokenWords({ status }: TokenError): Words {
  if (status === 400) return nameWords;
  if (status === 429) return busy;
  if (status === undefined || status >= 500) return away;
  return {
    title: "This page cannot let you in",
    text:
      "Calls of this service are joined in the application that it belongs to. This demo works in development mode only.",
  };
}

function codeOf(error: unknown): number {
  return error instanceof Error && "code" in error &&
      typeof error.code === "number"
    ? error.code
    : 0;
}
