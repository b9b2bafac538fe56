import {
  closeCodes,
  type EndReason,
  type ErrorName,
  type ErrorObject,
  errorObject,
} from "../../protocol/mod.ts";

/** How a connection came to its end. No error: as the app wished. */
export type Ending = {
  readonly reason: EndReason;
  readonly error: ErrorObject | undefined;
};

const errorOfReason = {
  left: undefined,
  networkDisconnect: "signalingLost",
  duplicateIdentity: "duplicateIdentity",
  removed: "participantRemoved",
  roomClosed: "roomEnded",
  mediaServerLost: "mediaServerUnavailable",
  serverShutdown: "signalingLost",
  protocolError: "internalError",
} as const satisfies Record<EndReason, ErrorName | undefined>;

/** Close codes that say more than that the connection is gone. */
const reasonOfCode: { readonly [code: number]: EndReason } = {
  [closeCodes.goingAway]: "serverShutdown",
  [closeCodes.protocolError]: "protocolError",
  [closeCodes.policyViolation]: "protocolError",
  [closeCodes.frameTooLarge]: "protocolError",
  [closeCodes.internalError]: "protocolError",
  [closeCodes.duplicateIdentity]: "duplicateIdentity",
  [closeCodes.removed]: "removed",
  [closeCodes.roomClosed]: "roomClosed",
  [closeCodes.mediaServerLost]: "mediaServerLost",
};

/** The server ended the session and said why. */
export function endedFor(reason: EndReason): Ending {
  const name = errorOfReason[reason];
  return { reason, error: name && errorObject(name, `reason ${reason}`) };
}

/** The socket of a joined connection closed. */
export function endedByClose(code: number): Ending {
  const reason = reasonOfCode[code];
  return reason === undefined
    ? lost(`the socket closed with ${code}`)
    : endedFor(reason);
}

/** The socket closed before the room was joined. */
export function refusedByClose(code: number): ErrorObject {
  return code === closeCodes.tryAgainLater
    ? errorObject("busy")
    : errorObject("signalingFailed", `the socket closed with ${code}`);
}

export function lost(detail: string): Ending {
  return {
    reason: "networkDisconnect",
    error: errorObject("signalingLost", detail),
  };
}

export function misunderstood(
  detail: string,
): Ending & { readonly error: ErrorObject } {
  return {
    reason: "protocolError",
    error: errorObject("invalidServerMessage", detail),
  };
}
