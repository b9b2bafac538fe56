/**
 * Rooms over one server or several, as a program: see `commands.mts`.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { forEach, obey } from "./commands.mts";
import { Guest, type Invitation } from "./guest.mts";

/** Messages of a room that not all have heard yet, at most. */
const WINDOW = 8;
const BODY = { text: "What is said here, all in the room hear." };

/**
 * Processes tell each other every second how many rooms they have, and give some
 * away when another one seems to have far fewer: nobody is to be moved here.
 */
const ROOMS_AT_ONCE = 4;
const BALANCE_MS = 1_300;

/** How guests come to their rooms. */
type Ways = {
  /**
   * Of the servers. The first guest of a room, with whom it begins, takes one
   * after the other.
   */
  readonly ports: readonly number[];
  /**
   * All of a room come through the same one; all but the first through the next;
   * each through the next.
   */
  readonly through: "one" | "other" | "each";
  /** Of each room. */
  readonly invitations: readonly (readonly Invitation[])[];
};

/** Of one measurement. */
type Visits = {
  /** Milliseconds of each join, from before its connection was opened. */
  readonly joinMs: number[];
  /** From the first to the last. */
  readonly totalMs: number;
};

class Room {
  readonly guests: readonly Guest[];
  heard = 0;
  #spoken = 0;
  #onHeard = () => {};

  constructor(
    { ports, through }: Ways,
    invited: readonly Invitation[],
    index: number,
  ) {
    this.guests = invited.map((invitation, guest) => {
      const steps = { one: 0, other: Math.min(guest, 1), each: guest };
      const way = index + steps[through];
      return new Guest({
        port: ports[way % ports.length] ?? 0,
        ...invitation,
        onEvent: (name) => {
          if (name === "message") this.#hear();
        },
      });
    });
  }

  get listeners(): number {
    return this.guests.length - 1;
  }

  get gaps(): number {
    return this.guests.reduce((sum, { gaps }) => sum + gaps, 0);
  }

  async join(): Promise<void> {
    for (const guest of this.guests) await guest.join();
  }

  /** Speaks as fast as it is heard, and waits until all is heard. */
  speakFor(ms: number): Promise<void> {
    const start = performance.now();
    this.#begin();
    return new Promise((resolve) => {
      this.#onHeard = () => {
        const isOver = performance.now() - start >= ms;
        if (isOver && this.#isAllHeard) return resolve();
        while (
          !isOver && this.heard > (this.#spoken - WINDOW) * this.listeners
        ) {
          this.#speak();
        }
      };
      this.#onHeard();
    });
  }

  /** @returns milliseconds until all had heard it */
  async speakOnce(): Promise<number> {
    const start = performance.now();
    this.#begin();
    this.#speak();
    await new Promise<void>((resolve) => {
      this.#onHeard = () => {
        if (this.#isAllHeard) resolve();
      };
    });
    return performance.now() - start;
  }

  close(): void {
    for (const guest of this.guests) guest.close();
  }

  get #isAllHeard(): boolean {
    return this.heard === this.#spoken * this.listeners;
  }

  #begin(): void {
    this.heard = 0;
    this.#spoken = 0;
  }

  #speak(): void {
    this.#spoken++;
    const params = { topic: "t", body: BODY };
    void this.guests[0]?.request("sendMessage", params);
  }

  #hear(): void {
    this.heard++;
    this.#onHeard();
  }
}

const places = new Map<string, Room[]>();

function roomsOf(name: string): Room[] {
  const rooms = places.get(name);
  if (rooms === undefined) throw new Error(`nobody has joined at ${name}`);
  return rooms;
}

const roomsFor = (ways: Ways) =>
  ways.invitations.map((invited, index) => new Room(ways, invited, index));

function assertNoGaps(rooms: readonly Room[]): void {
  const gaps = rooms.reduce((sum, room) => sum + room.gaps, 0);
  if (gaps > 0) throw new Error(`${gaps} events were lost or came twice`);
}

await obey({
  /** To stay, under a name. */
  async join({ name, ...ways }: Ways & { name: string }) {
    const rooms = roomsFor(ways);
    const atOnce = ROOMS_AT_ONCE * ways.ports.length;
    for (let at = 0; at < rooms.length; at += atOnce) {
      await forEach(rooms.slice(at, at + atOnce), (room) => room.join());
      if (ways.ports.length > 1) await delay(BALANCE_MS);
    }
    places.set(name, rooms);
  },

  /** To leave as soon as all are in: some at a time, each as soon as it can. */
  async visit(
    { atATime, ...ways }: Ways & { atATime: number },
  ): Promise<Visits> {
    const rooms = roomsFor(ways);
    const joinMs: number[] = [];
    const began = performance.now();
    await forEach(rooms, async ({ guests }) => {
      for (const guest of guests) {
        const start = performance.now();
        await guest.join();
        joinMs.push(performance.now() - start);
      }
    }, atATime);
    const totalMs = performance.now() - began;
    assertNoGaps(rooms);
    for (const room of rooms) room.close();
    return { joinMs, totalMs };
  },

  /** One speaks in each room. @returns deliveries a second */
  async hear({ name, ms }: { name: string; ms: number }): Promise<number> {
    const rooms = roomsOf(name);
    const start = performance.now();
    await Promise.all(rooms.map((room) => room.speakFor(ms)));
    const tookMs = performance.now() - start;
    assertNoGaps(rooms);
    const heard = rooms.reduce((sum, room) => sum + room.heard, 0);
    return heard * 1_000 / tookMs;
  },

  /** One message at a time, one room after the other. @returns of each, ms */
  async speak({ name, times }: { name: string; times: number }) {
    const rooms = roomsOf(name);
    const ms: number[] = [];
    for (let time = 0; time < times; time++) {
      for (const room of rooms) ms.push(await room.speakOnce());
    }
    assertNoGaps(rooms);
    return ms;
  },
});
