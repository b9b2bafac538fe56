import type { RemoteParticipant } from "./api/participants.ts";
import type * as api from "./api/room.ts";
import { Emitter } from "./emitter.ts";
import type { LocalParticipant } from "./model/local_participant.ts";
import type { Stay } from "./stay.ts";

/** What `connect()` hands out. */
export class Room extends Emitter<api.RoomEvents> implements api.Room {
  readonly #stay: Stay;
  #name: string;

  constructor(name: string, stay: Stay) {
    super();
    this.#name = name;
    this.#stay = stay;
  }

  get name(): string {
    return this.#name;
  }

  get sessionId(): string {
    return this.localParticipant.sessionId;
  }

  get state(): api.Room["state"] {
    return this.#stay.state;
  }

  get roundTripMs(): number | undefined {
    return this.#stay.roundTripMs;
  }

  get localParticipant(): LocalParticipant {
    return this.#stay.local;
  }

  get participants(): ReadonlyMap<string, RemoteParticipant> {
    return this.#stay.roster.others;
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
    await this.#stay.signaling.ask("sendMessage", { to, topic, body });
  }

  retryNow(): void {
    this.#stay.signaling.networkHint("retryNow");
  }

  recoverMedia({ recreate = false }: { recreate?: boolean } = {}): void {
    this.#stay.recoverMedia(recreate);
  }

  /** The stay goes on in another room. */
  moved(name: string): void {
    this.#name = name;
    this.emit("moved", name);
  }

  leave(): Promise<void> {
    return this.#stay.leave();
  }
}
