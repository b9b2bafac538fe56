/**
 * Every router, and who may command it: its owner, under an epoch that is not
 * older than the newest seen.
 *
 * @module
 */
import type { z } from "zod";
import type { events } from "../methods.ts";
import type { CallContext, Owner } from "../rpc/handlers.ts";
import { RpcError } from "../rpc/rpc_error.ts";
import type { Log } from "./log.ts";
import { find, type RouterEntry } from "./router_entry.ts";

type Cause = z.infer<typeof events.routerClosed>["cause"];
type Caller = Pick<CallContext, "owner" | "epoch">;

export class Routers {
  readonly #entries = new Map<string, RouterEntry>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(routerId: string): boolean {
    return this.#entries.has(routerId);
  }

  add(entry: RouterEntry): void {
    this.#entries.set(entry.id, entry);
    entry.onLost = () => this.#lost(entry, "workerDied");
  }

  /**
   * The router, if the caller may command it.
   *
   * @throws {RpcError} `NOT_FOUND`, or `FAILED_PRECONDITION` when it is fenced.
   */
  get(routerId: string, caller: Caller): RouterEntry {
    const entry = find(this.#entries, "router", routerId);
    this.#tellFenced(entry, caller);
    assertCommands(entry, caller);
    entry.epoch = caller.epoch;
    return entry;
  }

  /** The same for closing: what is not there is closed already. */
  peek(routerId: string, caller: Caller): RouterEntry | undefined {
    return this.#entries.has(routerId) ? this.get(routerId, caller) : undefined;
  }

  /** Makes the caller the owner. @throws {RpcError} as `get` does. */
  claim(routerId: string, caller: Caller): RouterEntry {
    const entry = find(this.#entries, "router", routerId);
    this.#tellFenced(entry, caller);
    assertNotFenced(entry, caller);
    const former = entry.owner;
    if (former.id !== caller.owner.id) {
      if (caller.epoch === entry.epoch) throw notOwner(entry);
      former.send(routerClosed(entry, "fenced"));
      this.#log.info("router claimed", {
        routerId,
        epoch: caller.epoch,
        former: entry.epoch,
      });
    }
    entry.owner = caller.owner;
    entry.epoch = caller.epoch;
    return entry;
  }

  close(routerId: string, caller: Caller): void {
    const entry = this.peek(routerId, caller);
    if (!entry) return;
    this.#forget(entry);
    this.#log.info("router closed", { routerId });
  }

  /** The owner was silent for the whole lease. */
  expire(owner: Owner): void {
    for (const entry of this.#entries.values()) {
      if (entry.owner.id === owner.id) this.#lost(entry, "leaseExpired");
    }
  }

  /** Nobody is told: the links end along with them. */
  closeAll(): void {
    for (const entry of this.#entries.values()) this.#forget(entry);
  }

  /** That an owner of the past still calls is worth to be known. */
  #tellFenced({ id, epoch: newest }: RouterEntry, { epoch }: Caller): void {
    if (epoch >= newest) return;
    this.#log.warn("call refused: fenced", { routerId: id, epoch, newest });
  }

  #lost(entry: RouterEntry, cause: Cause): void {
    if (!this.#entries.has(entry.id)) return;
    this.#forget(entry);
    entry.owner.send(routerClosed(entry, cause));
    this.#log.warn("router lost", { routerId: entry.id, cause });
  }

  #forget(entry: RouterEntry): void {
    this.#entries.delete(entry.id);
    entry.close();
  }
}

/** @throws {RpcError} `FAILED_PRECONDITION` */
export function assertCommands(entry: RouterEntry, caller: Caller): void {
  assertNotFenced(entry, caller);
  if (entry.owner.id !== caller.owner.id) throw notOwner(entry);
}

function assertNotFenced(entry: RouterEntry, { epoch }: Caller): void {
  if (epoch >= entry.epoch) return;
  throw new RpcError(
    "FAILED_PRECONDITION",
    `fenced: epoch ${epoch} of router ${entry.id} is older than ${entry.epoch}`,
  );
}

function notOwner(entry: RouterEntry): RpcError {
  return new RpcError(
    "FAILED_PRECONDITION",
    `router ${entry.id} belongs to another owner: claim it under a newer epoch`,
  );
}

function routerClosed(entry: RouterEntry, cause: Cause) {
  const event = "routerClosed" as const;
  return { event, params: { routerId: entry.id, cause } };
}
