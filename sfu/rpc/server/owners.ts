/**
 * The owners that a sidecar knows.
 *
 * @module
 */
import type { Owner } from "../handlers.ts";
import { RpcError } from "../rpc_error.ts";
import { type OwnerOptions, OwnerSession, type Peer } from "./owner_session.ts";

export type OwnersOptions = Omit<OwnerOptions, "expired"> & {
  readonly maxOwners: number;
  readonly onOwnerExpired: (owner: Owner) => void;
};

export type Arrival = {
  readonly session: OwnerSession;
  readonly resumed: boolean;
  /** Frames to send again. */
  readonly missed: readonly string[];
};

export class Owners {
  readonly #options: OwnersOptions;
  readonly #byId = new Map<string, OwnerSession>();

  constructor(options: OwnersOptions) {
    this.#options = options;
  }

  /** Connected, or within their lease. */
  get size(): number {
    return this.#byId.size;
  }

  /**
   * Who comes back within the lease goes on; who cannot, because events are
   * lost, is forgotten and begins anew.
   *
   * @throws {RpcError} RESOURCE_EXHAUSTED when there are too many.
   */
  welcome(id: string, lastSeq: number, peer: Peer): Arrival {
    const known = this.#byId.get(id);
    const missed = known?.attach(peer, lastSeq);
    if (known !== undefined && missed !== undefined) {
      return { session: known, resumed: true, missed };
    }
    known?.expire("events are lost");
    const session = this.#create(id);
    session.attach(peer, 0);
    return { session, resumed: false, missed: [] };
  }

  close(): void {
    for (const session of this.#byId.values()) session.close();
    this.#byId.clear();
  }

  #create(id: string): OwnerSession {
    if (this.#byId.size >= this.#options.maxOwners) {
      throw new RpcError("RESOURCE_EXHAUSTED", "There are too many owners");
    }
    const session = new OwnerSession(id, {
      ...this.#options,
      expired: (owner, reason) => this.#expired(owner, reason),
    });
    this.#byId.set(id, session);
    return session;
  }

  /** Told apart from the call that caused it, which may be a handler's own. */
  #expired(owner: OwnerSession, reason: string): void {
    this.#byId.delete(owner.id);
    this.#options.log(`An owner is forgotten: ${reason}`);
    queueMicrotask(() => this.#options.onOwnerExpired(owner));
  }
}
