import type { JSHandle } from "playwright-core";
import type {
  RemoteParticipant,
  RemotePublication,
} from "../../../client/mod.ts";
import type { Client } from "../support/client.ts";

type Objects = {
  participant: RemoteParticipant | undefined;
  publication: RemotePublication | undefined;
  track: MediaStreamTrack | undefined;
};

/** The objects that an app holds of somebody else, to see whether they stay. */
export class Keepsake {
  readonly #client: Client;
  readonly #identity: string;
  readonly #objects: JSHandle<Objects>;

  private constructor(
    client: Client,
    identity: string,
    objects: JSHandle<Objects>,
  ) {
    this.#client = client;
    this.#identity = identity;
    this.#objects = objects;
  }

  static async of(client: Client, identity: string): Promise<Keepsake> {
    const objects = await client.room.evaluateHandle(find, identity);
    return new Keepsake(client, identity, objects);
  }

  /** Which of them are still those that the room has. */
  async same(): Promise<Record<keyof Objects, boolean>> {
    const now = await this.#client.room.evaluateHandle(find, this.#identity);
    return await now.evaluate((now, kept) => ({
      participant: now.participant === kept.participant,
      publication: now.publication === kept.publication,
      track: now.track === kept.track,
    }), this.#objects);
  }
}

/** Runs in the page. */
function find(
  room: { participants: ReadonlyMap<string, RemoteParticipant> },
  identity: string,
): Objects {
  const all = [...room.participants.values()];
  const participant = all.find((one) => one.identity === identity);
  const publication = participant?.publications.get("camera");
  return { participant, publication, track: publication?.track };
}
