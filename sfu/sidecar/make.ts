/**
 * The one way in which anything is made inside a router.
 *
 * @module
 */
import type { CallContext } from "../rpc/handlers.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import { ask, gone, type Target } from "./failure.ts";
import type { RouterEntry } from "./router_entry.ts";
import { assertCommands } from "./routers.ts";

type Closable = { close(): void };

/**
 * Asks mediasoup to make something in `parent`. What nobody waits for any more,
 * or what has lost its place while it was made, is closed again.
 *
 * @throws {RpcError}
 */
export async function make<T extends Closable>(
  entry: RouterEntry,
  parent: Target,
  context: CallContext,
  call: () => Promise<T>,
): Promise<T> {
  const made = await ask(parent, call);
  try {
    assertWanted(context.signal);
    if (parent.closed) throw new RpcError("NOT_FOUND", gone(parent));
    assertCommands(entry, context);
    return made;
  } catch (error) {
    made.close();
    throw error;
  }
}

/** @throws {RpcError} `CANCELLED` */
export function assertWanted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new RpcError("CANCELLED", "the caller no longer waits");
  }
}
