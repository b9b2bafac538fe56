import type { RemoteParticipant } from "./api/participants.ts";
import type * as api from "./api/room.ts";
import { Emitter } from "./emitter.ts";
import type { LocalParticipant } from "./model/local_participant.ts";
import type { Roster } from "./model/roster.ts";
import type { Signaling } from "./signaling/signaling.ts";

/** The stay, as its room sees it. */
export interface RoomHost {
  readonly state: api.Room["state"];
  readonly roundTripMs: number | undefined;
  readonly local: LocalParticipant;
  readonly roster: Pick<Roster, "others">;
  readonly signaling: Pick<Signaling, "ask" | "networkHint">;
  recoverMedia(recreate: boolean): void;
  leave(): Promise<void>;
}

/** What `connect()` hands out. */
export class Room extends Emitter<api.RoomEvents> implements api.Room {
  readonly #host: RoomHost;
  #name: string;

  constructor(name: string, host: RoomHost) {
    super();
    this.#name = name;
    this.#host = host;
  }

  get name(): string {
    return this.#name;
  }

  get sessionId(): string {
    return this.localParticipant.sessionId;
  }

  get state(): api.Room["state"] {
    return this.#host.state;
  }

  get roundTripMs(): number | undefined {
    return this.#host.roundTripMs;
  }

  get localParticipant(): LocalParticipant {
    return this.#host.local;
  }

  get participants(): ReadonlyMap<string, RemoteParticipant> {
    return this.#host.roster.others;
  }

  async sendMessage(
    topic: string,
    body: unknown,
    options: { to?: (RemoteParticipant | string)[] } = {},
  ): Promise<void> {
    const to = options.to?.map((other) =>
      typeof other === "string" ? other : other.sessionId
    );
    // To nobody is not to everybody.
    if (to?.length === 0) return;
    await this.#host.signaling.ask("sendMessage", { to, topic, body });
  }

  retryNow(): void {
    this.#host.signaling.networkHint("retryNow");
  }

  recoverMedia({ recreate = false }: { recreate?: boolean } = {}): void {
    this.#host.recoverMedia(recreate);
  }

  /** The stay goes on in another room. */
  moved(name: string): void {
    this.#name = name;
    this.emit("moved", name);
  }

  leave(): Promise<void> {
    return this.#host.leave();
  }
}
