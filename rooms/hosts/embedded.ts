/**
 * All rooms in this process and in its memory.
 *
 * @module
 */
import type { PolicyPatch } from "../../protocol/mod.ts";
import type {
  AdminCommand,
  AdminOutcome,
  Creation,
  RoomsAdmin,
  RoomsState,
  RoomSummary,
} from "../admin.ts";
import type { Socket, SocketListener } from "../connection.ts";
import { refused } from "../core/admin/command.ts";
import { patchPolicy } from "../core/admin/policy.ts";
import type { SessionId } from "../core/input.ts";
import { decode } from "../core/snapshot/decode.ts";
import { Entrance } from "../entrance.ts";
import { noIceServers } from "../ice_servers.ts";
import {
  type LimitedAddress,
  type Limits,
  noLimits,
} from "../limits/limits.ts";
import { Lobby } from "../lobby.ts";
import { type MediaStats, statsOf, type StatsRequest } from "../media_stats.ts";
import { Registry, type RegistryOptions } from "../registry.ts";
import type { SnapshotStore, Stored } from "../snapshots.ts";
import { hashSecret, newSecret, newSessionId } from "../secrets.ts";

export type EmbeddedOptions = RegistryOptions & {
  readonly joinTimeoutMs: number;
  readonly maxWaiting: number;
  readonly maxBacklogBytes: number;
  readonly limits?: Limits;
};

/** Milliseconds until the next process is there, as far as one can tell. */
const RESUME_IN_MS = 1_500;
/** Milliseconds of the next process for each who comes back. */
const MS_EACH = 3;
const MAX_SPREAD_MS = 4_000;

export class EmbeddedHost implements RoomsAdmin {
  readonly #options: EmbeddedOptions;
  readonly #registry: Registry;
  readonly #lobby: Lobby;
  readonly #entrance: Entrance;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#registry = new Registry(options);
    const startedAt = Math.floor(options.clock.now());
    this.#lobby = new Lobby({
      ...options,
      openRoom: (name) => this.#registry.open(name),
      findRoom: (name) => this.#registry.find(name),
      // The epoch of a room is the time at which it was made.
      reasonOfEnd: (name, epoch) =>
        this.#registry.reasonOfEnd(name, epoch) ??
          (epoch < startedAt ? "nodeCrashed" : "networkDisconnect"),
      newSessionId,
      newSecret,
      iceServersFor: options.iceServersFor ?? noIceServers,
      limits: options.limits ?? noLimits,
    });
    this.#entrance = new Entrance({ ...options, lobby: this.#lobby });
  }

  /** Goes on with the rooms that were kept. To be called before anybody comes in. */
  async restore(): Promise<void> {
    const { snapshots, log } = this.#options;
    if (snapshots === undefined) return;
    for (const stored of await snapshots.load()) {
      const problem = this.#restore(stored);
      if (problem === undefined) continue;
      const { room, epoch, bytes: { length: bytes } } = stored;
      const reason = problem;
      log.error("snapshot set aside", { room, epoch, bytes, reason });
      await setAside(snapshots, stored, log);
    }
    const rooms = this.#registry.size;
    if (rooms > 0) log.info("rooms restored", { rooms });
  }

  get state(): RoomsState {
    return this.#registry.state;
  }

  async list(): Promise<RoomSummary[]> {
    const outcomes = await Promise.all(
      this.#registry.rooms.map((room) => room.command({ type: "summarize" })),
    );
    // One that has ended meanwhile is not there.
    return outcomes.flatMap((outcome) =>
      outcome.type === "summary" ? [outcome.room] : []
    );
  }

  async create(name: string, patch: PolicyPatch): Promise<Creation> {
    const creation = this.#create(name, patch);
    if (creation === "created") await this.#registry.find(name)?.kept();
    return creation;
  }

  command(room: string, command: AdminCommand): Promise<AdminOutcome> {
    return this.#registry.find(room)?.command(command) ??
      Promise.resolve(refused("roomNotFound"));
  }

  getStats(room: string, asked: StatsRequest): Promise<MediaStats | null> {
    return statsOf(this.#registry.find(room), this.#options.link, asked);
  }

  drain(): void {
    this.#registry.drain(true);
  }

  undrain(): void {
    this.#registry.drain(false);
  }

  /** Why that was not possible. */
  #restore({ room, bytes }: Stored): string | undefined {
    const decoded = decode(bytes);
    if (!decoded.ok) return decoded.reason;
    const { snapshot } = decoded;
    if (snapshot.name !== room) return `it is of room ${snapshot.name}`;
    try {
      this.#registry.restore(snapshot);
    } catch (error) {
      return String(error);
    }
  }

  #create(name: string, patch: PolicyPatch): Creation {
    const registry = this.#registry;
    if (registry.find(name)) return "exists";
    if (registry.state !== "open") return "draining";
    if (registry.isFull) return "full";
    const changed = patchPolicy(this.#options.policy, patch);
    if (!changed.ok) return "invalidPolicy";
    registry.create(name, changed.policy);
    return "created";
  }

  accept(
    room: string,
    socket: Socket,
    address?: LimitedAddress,
  ): SocketListener {
    return this.#entrance.accept(room, socket, address);
  }

  /** Ends a session whose page is going away, if it shows the right secret. */
  leave(room: string, sessionId: SessionId, secret: string): void {
    const secretHash = hashSecret(secret);
    this.#registry.find(room)?.post({ type: "left", sessionId, secretHash });
  }

  /**
   * Ends all rooms, or lets go of them where they are kept; resolves with how many
   * those are when every socket is closed, within the time to answer a close.
   */
  async close(): Promise<number> {
    this.#lobby.close();
    const kept = await this.#end();
    await this.#entrance.emptied();
    return kept;
  }

  async #end(): Promise<number> {
    if (this.#options.snapshots) {
      const overMs = Math.min(this.#entrance.size * MS_EACH, MAX_SPREAD_MS);
      return await this.#registry.suspend(RESUME_IN_MS, overMs);
    }
    this.#registry.close();
    return 0;
  }
}

async function setAside(
  snapshots: SnapshotStore,
  stored: Stored,
  log: EmbeddedOptions["log"],
): Promise<void> {
  try {
    await snapshots.setAside(stored);
  } catch (error) {
    log.error("snapshot not set aside", { room: stored.room, error });
  }
}
