/**
 * gRPC's status codes, by name, as far as the link and the sidecar use them.
 *
 * @module
 */
import { Status } from "../../protocol/errors.ts";

export const RpcStatus = Status;
export type RpcStatus = Status;
