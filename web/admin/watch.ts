import {
  type AdminAccess,
  type AdminClient,
  get,
  pages,
  type Participant,
  type ParticipantSummary,
  type RoomSummary,
  type ServiceStatus,
} from "../../admin/client.ts";
import { follow, type Followed } from "../../admin/follow.ts";
import type { History } from "./history/history.ts";
import { isForbidden, isGone, isUnauthorized } from "./problem_words.ts";
import type { ServerClock } from "./server_clock.ts";
import type { RoomNow, SignedIn } from "./state/state.ts";
import type { View } from "./state/view.ts";

export type WatchOptions = {
  readonly access: AdminAccess;
  readonly client: AdminClient;
  readonly history: History;
  readonly clock: ServerClock;
  readonly view: () => View;
  readonly changed: (changes: Partial<Omit<SignedIn, "at">>) => void;
  /** The token does not hold any more. */
  readonly refused: (error: unknown) => void;
};

type Look = "idle" | "looking" | "again";

/** Between two looks, where nothing happens. */
const LOOK_MS = 2_000;
/** Events that come together are looked after together. */
const GATHER_MS = 120;
/** Of how many rooms, the largest first, round trips are asked for. */
const MEASURED_ROOMS = 8;
const PAGE = 100;

/**
 * Keeps the page's state near the service's: follows the events, looks again
 * after each, and from time to time for what has no event, such as round trips.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #stopping = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #look: Look = "idle";
  #stream: "connecting" | "live" | "away" = "connecting";

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.hurry();
    this.#follow().catch((error) => this.#failed(error));
  }

  stop(): void {
    this.#stopping.abort();
    clearTimeout(this.#timer);
  }

  /** Something has changed. */
  hurry(): void {
    if (this.#look === "idle") this.#after(GATHER_MS);
    else this.#look = "again";
  }

  get #isOver(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** From as far back as the service remembers. */
  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    const { access } = this.#options;
    for await (const told of follow({ ...access, after: "0", signal })) {
      if (this.#isOver) return;
      this.#heard(told);
    }
  }

  #heard(told: Followed): void {
    const { changed, history } = this.#options;
    switch (told.type) {
      case "connected":
        this.#stream = "live";
        return changed({ line: "live" });
      case "disconnected":
        this.#stream = "away";
        return changed({ line: "away" });
      case "event":
        history.heard(told.event);
        return this.hurry();
      case "gap":
        return this.hurry();
    }
  }

  #after(ms: number): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#lookNow(), ms);
  }

  async #lookNow(): Promise<void> {
    this.#look = "looking";
    try {
      await this.#read();
    } catch (error) {
      this.#failed(error);
    }
    this.#looked();
  }

  #looked(): void {
    const wait = this.#look === "again" ? GATHER_MS : LOOK_MS;
    this.#look = "idle";
    this.#after(wait);
  }

  async #read(): Promise<void> {
    const { changed, view, history, clock } = this.#options;
    const looked = view();
    const [status, rooms, room, participant] = await Promise.all([
      this.#status(),
      this.#rooms(),
      this.#room(looked),
      this.#participant(looked),
    ]);
    const measured = room.state === "there"
      ? room.participants
      : await this.#largest(rooms);
    if (this.#isOver) return;
    history.seen(rooms, measured, clock.now);
    // What was asked for may not be what is looked at now.
    changed(
      view() === looked
        ? { line: this.#stream, status, rooms, room, participant }
        : { line: this.#stream, status, rooms },
    );
  }

  /** A token for one room may not see the service as a whole. */
  async #status(): Promise<ServiceStatus | null> {
    const { client } = this.#options;
    try {
      return await get(client.GET("/status"));
    } catch (error) {
      if (isForbidden(error)) return null;
      throw error;
    }
  }

  async #rooms(): Promise<RoomSummary[]> {
    const { client } = this.#options;
    return await all((pageToken) =>
      get(client.GET("/rooms", { params: { query: query(pageToken) } }))
    );
  }

  async #room(view: View): Promise<RoomNow> {
    if (view.at === "service") return { state: "unknown" };
    try {
      const participants = await this.#participants(view.room);
      return { state: "there", participants };
    } catch (error) {
      if (isGone(error)) return { state: "gone" };
      throw error;
    }
  }

  async #participants(room: string): Promise<ParticipantSummary[]> {
    const { client } = this.#options;
    return await all((pageToken) =>
      get(client.GET("/rooms/{room}/participants", {
        params: { path: { room }, query: query(pageToken) },
      }))
    );
  }

  async #participant(view: View): Promise<Participant | undefined> {
    const { client } = this.#options;
    if (view.at === "service" || view.sessionId === undefined) return undefined;
    const { room, sessionId } = view;
    try {
      return await get(
        client.GET("/rooms/{room}/participants/{sessionId}", {
          params: { path: { room, sessionId } },
        }),
      );
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /** Rooms may end meanwhile. */
  async #largest(rooms: readonly RoomSummary[]): Promise<ParticipantSummary[]> {
    const largest = rooms.filter(({ participants }) => participants > 0)
      .sort((a, b) => b.participants - a.participants)
      .slice(0, MEASURED_ROOMS);
    const found = await Promise.allSettled(
      largest.map(({ name }) => this.#participants(name)),
    );
    return found.flatMap((one) => one.status === "fulfilled" ? one.value : []);
  }

  /** What cannot be had now may be had at the next look. */
  #failed(error: unknown): void {
    if (this.#isOver) return;
    if (isUnauthorized(error) || isForbidden(error)) {
      return this.#options.refused(error);
    }
    this.#options.changed({ line: "away" });
  }
}

const query = (pageToken: string | undefined) => ({
  pageSize: PAGE,
  ...(pageToken !== undefined && { pageToken }),
});

async function all<T>(read: Parameters<typeof pages<T>>[0]): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages(read)) items.push(item);
  return items;
}
