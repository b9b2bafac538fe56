import type {
  AdminCommand,
  AdminOutcome,
  Creation,
  RoomDescription,
  RoomsAdmin,
  RoomsState,
  RoomSummary,
} from "../../../rooms/admin.ts";
import type { MediaStats, StatsRequest } from "../../../rooms/media_stats.ts";
import { Grants, Policy, type PolicyPatch } from "../../../protocol/mod.ts";

/** Rooms that note what they are told, and say what the test wants. */
export class FakeRooms implements RoomsAdmin {
  state: RoomsState = "open";
  readonly rooms = new Map<string, RoomDescription>();
  readonly commands: { room: string; command: AdminCommand }[] = [];
  /** In place of `done`. */
  outcome: AdminOutcome = { type: "done" };
  creation: Creation = "created";
  /** Whose media were asked for. */
  readonly asked: { room: string; asked: StatsRequest }[] = [];
  /** Of those; `null`: unknown. */
  stats: MediaStats | null = null;
  /** What a command waits for. */
  gate: Promise<void> = Promise.resolve();

  list(): Promise<RoomSummary[]> {
    return Promise.resolve([...this.rooms.values()].map(summaryOf));
  }

  create(name: string, policy: PolicyPatch): Promise<Creation> {
    if (this.creation === "created") {
      this.rooms.set(name, room(name, { policy: Policy.parse(policy) }));
    }
    return Promise.resolve(this.creation);
  }

  async command(room: string, command: AdminCommand): Promise<AdminOutcome> {
    const found = this.rooms.get(room);
    if (!found) return { type: "refused", reason: "roomNotFound" };
    if (command.type === "describe") return { type: "room", room: found };
    if (command.type === "summarize") {
      return { type: "summary", room: summaryOf(found) };
    }
    this.commands.push({ room, command });
    await this.gate;
    return this.outcome;
  }

  getStats(room: string, asked: StatsRequest): Promise<MediaStats | null> {
    this.asked.push({ room, asked });
    return Promise.resolve(this.stats);
  }

  drain(): void {
    this.state = "draining";
  }

  undrain(): void {
    if (this.state === "draining") this.state = "open";
  }
}

const summaryOf = (
  { name, epoch, createdAt, participants }: RoomDescription,
): RoomSummary => ({
  name,
  epoch,
  createdAt,
  participants: participants.length,
  reconnecting: 0,
  producers: 0,
  consumers: 0,
  log: { events: 0, bytes: 0 },
});

export const room = (
  name: string,
  more: Partial<RoomDescription> = {},
): RoomDescription => ({
  name,
  epoch: 1,
  createdAt: 1,
  policy: Policy.parse({}),
  sfu: "up",
  router: { state: "ready", id: "R1" },
  bans: [],
  participants: [],
  ...more,
});

export const participant = (
  sessionId: string,
  more: Partial<RoomDescription["participants"][number]> = {},
): RoomDescription["participants"][number] => ({
  sessionId,
  identity: `identity of ${sessionId}`,
  name: "Ann",
  state: "connected",
  joinedAt: 1,
  roundTripMs: 12,
  tokenExpiresAt: 3_600_000,
  grants: Grants.parse({}),
  mediaState: "new",
  transports: [],
  producers: [],
  consumers: [],
  dataProducers: [],
  dataConsumers: [],
  log: { events: 0, bytes: 0 },
  ...more,
});
