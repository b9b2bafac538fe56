import {
  closeCodes,
  EndReason,
  type ErrorName,
  type ErrorObject,
  errorObject,
  errors,
} from "../../protocol/mod.ts";

/** How a connection came to its end. No error: as the app wished. */
export type Ending = {
  readonly reason: EndReason;
  readonly error: ErrorObject | undefined;
};

/** Browsers let a page close with 1000 and with 3000 to 4999 only. */
export const clientCloseCodes = {
  left: 1000,
  /** Neither is a leave: the session may be wanted back. */
  lost: 4100,
  misunderstood: 4101,
} as const;

/** What waits for an answer when the room is left. */
export const LEFT = errorObject("cancelled", "the room was left");

const errorOfReason = {
  left: undefined,
  networkDisconnect: "signalingLost",
  nodeCrashed: "signalingLost",
  duplicateIdentity: "duplicateIdentity",
  removed: "participantRemoved",
  roomClosed: "roomEnded",
  serverShutdown: "signalingLost",
  protocolError: "internalError",
} as const satisfies Record<EndReason, ErrorName | undefined>;

/** Close codes after which there is nothing to resume. */
const reasonOfCode: { readonly [code: number]: EndReason } = {
  [closeCodes.protocolError]: "protocolError",
  [closeCodes.policyViolation]: "protocolError",
  [closeCodes.frameTooLarge]: "protocolError",
  [closeCodes.duplicateIdentity]: "duplicateIdentity",
  [closeCodes.removed]: "removed",
  [closeCodes.roomClosed]: "roomClosed",
};

/** What else the refusal of a resume may say. */
const reasonOfError: { readonly [code: number]: EndReason } = {
  [errors.duplicateIdentity.code]: "duplicateIdentity",
  [errors.participantRemoved.code]: "removed",
  [errors.roomEnded.code]: "roomClosed",
};

/** Nobody meant it: the participant would rather be in the room again. */
const ACCIDENTS: readonly EndReason[] = [
  "networkDisconnect",
  "nodeCrashed",
  "serverShutdown",
];

export const isAccident = ({ reason }: Ending): boolean =>
  ACCIDENTS.includes(reason);

/** The server ended the session and said why. */
export function endedFor(reason: EndReason): Ending {
  const name = errorOfReason[reason];
  return { reason, error: name && errorObject(name, `reason ${reason}`) };
}

/** The socket of a session closed. Undefined: the session may go on. */
export function endedByClose(code: number): Ending | undefined {
  const reason = reasonOfCode[code];
  return reason && endedFor(reason);
}

/** The server will not go on with the session. */
export function endedByRefusal(error: ErrorObject): Ending {
  const told = EndReason.safeParse(error.data.reason).data;
  const reason = told ?? reasonOfError[error.code] ?? "networkDisconnect";
  return { reason, error };
}

/** The socket closed before the room was joined, or resumed. */
export function refusedByClose(code: number): ErrorObject {
  return code === closeCodes.tryAgainLater
    ? errorObject("busy")
    : errorObject("signalingFailed", `the socket closed with ${code}`);
}

export function misunderstood(
  detail: string,
): Ending & { readonly error: ErrorObject } {
  return {
    reason: "protocolError",
    error: errorObject("invalidServerMessage", detail),
  };
}

export function closeCodeOf({ reason }: Ending): number {
  if (reason === "networkDisconnect") return clientCloseCodes.lost;
  if (reason === "protocolError") return clientCloseCodes.misunderstood;
  return clientCloseCodes.left;
}
