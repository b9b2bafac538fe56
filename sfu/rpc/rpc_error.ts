import type { RpcStatus } from "./status.ts";

/** An answer other than a result. Anything else that is thrown is `INTERNAL`. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly status: RpcStatus;

  constructor(status: RpcStatus, message: string) {
    super(message);
    this.status = status;
  }
}
