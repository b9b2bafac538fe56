/** All rooms that the processes share, each with those who watch over it. */
import type { Effect } from "../../../rooms/core/effect.ts";
import { Violation } from "../journal.ts";
import { Moves } from "../moves.ts";
import type { Referee } from "../referee.ts";
import type { Sessions } from "../sessions.ts";
import type { VirtualRedis } from "./redis.ts";
import { roomOf, SharedRoom, type SharedRoomOptions } from "./shared_room.ts";

export type SharedRoomsOptions =
  & Pick<SharedRoomOptions, "timeline" | "journal" | "fail" | "isDeceived">
  & {
    readonly redis: VirtualRedis;
    /** Of each room, by its name. */
    readonly referees: ReadonlyMap<string, Referee>;
    readonly sessions: Sessions;
  };

export class SharedRooms {
  readonly #options: SharedRoomsOptions;
  readonly #all: ReadonlyMap<string, SharedRoom>;

  constructor(options: SharedRoomsOptions) {
    this.#options = options;
    const { referees, redis } = options;
    this.#all = new Map(
      referees.entries().map((
        [name, referee],
      ) => [name, this.#share(name, referee)]),
    );
    redis.onScript = (name, [key = ""], [, epoch]) => {
      if (name === "save") this.of(roomOf(key)).saved(Number(epoch));
    };
  }

  get names(): readonly string[] {
    return [...this.#all.keys()];
  }

  of(name: string): SharedRoom {
    const room = this.#all.get(name);
    if (room === undefined) throw new Error(`there is no room ${name}`);
    return room;
  }

  /** Redis loses some of what was kept, or all. */
  forget(): void {
    for (const room of this.#all.values()) room.forget();
  }

  #share(name: string, referee: Referee): SharedRoom {
    const { fail, sessions } = this.#options;
    const moves = new Moves(fail);
    return new SharedRoom({
      ...this.#options,
      name,
      referee,
      onTaken: (kept, now) => {
        if (kept && kept.name !== name) {
          fail(new Violation("core", `${name} was given ${kept.name}`));
        }
        sessions.are(name, ...(kept?.sessions ?? []).map(({ id }) => id));
        moves.taken(kept, now);
      },
      onHandled: (room, input, effects, now) => {
        sessions.are(name, ...joinedIn(effects));
        moves.handled(room, input, effects, now);
      },
    });
  }
}

const joinedIn = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) =>
    effect.type === "announce" &&
      effect.announcement.type === "participantJoined"
      ? [effect.announcement.sessionId]
      : []
  );
