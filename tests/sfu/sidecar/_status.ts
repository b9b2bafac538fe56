import assert from "node:assert/strict";
import { RpcError } from "../../../sfu/rpc/rpc_error.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";

export function rejectsWith(
  status: RpcStatus,
  message: RegExp,
  call: Promise<unknown>,
): Promise<void> {
  return assert.rejects(call, (error) => {
    assert(error instanceof RpcError, String(error));
    assert.equal(error.status, status, error.message);
    assert.match(error.message, message);
    return true;
  });
}
