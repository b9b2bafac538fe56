/** Why a stay in a room ended. */
export type EndReason =
  /** By `leave()`, or by closing the page. */
  | "left"
  /** Nothing was heard for too long. */
  | "networkDisconnect"
  /** The room was lost with the process that held it. */
  | "nodeCrashed"
  /** The same identity joined again. */
  | "duplicateIdentity"
  /** By an operator, or a rule of the room. */
  | "removed"
  /** The room was closed for all. */
  | "roomClosed"
  /** The service stops, such as for an update. */
  | "serverShutdown"
  /** One of the two ends did not understand the other, or the service failed. */
  | "protocolError";
