/**
 * Sessions that lose their sockets at once and come back, as a program: see
 * `commands.mts`. In each room is one more, a witness, who stays, and who
 * speaks while the others are away.
 *
 * @module
 */
import { Bare } from "./bare.mts";
import { forEach, obey } from "./commands.mts";
import { Guest, type Invitation } from "./guest.mts";

/** What each is told of in a storm; the last message when it is over. */
const MESSAGES = 4;

/** Of all sessions. Each is to be 0. */
export type Faults = {
  /** Participants that were said to be gone. */
  evicted: number;
  /** Events that came out of order, twice or not at all. */
  gaps: number;
  /** Messages too many or too few. */
  messages: number;
};

export type Storm = {
  /** Milliseconds until the others had been told of all losses. */
  readonly lossMs: number;
  /**
   * Milliseconds from the first resume on until all were back and had heard what
   * they had missed.
   */
  readonly resumeMs: number;
  readonly faults: Faults;
};

class Room {
  readonly witness: Guest;
  readonly guests: Guest[];
  readonly #heard: number[];
  /** Session ids of the guests that are away, as the witness is told. */
  readonly #away = new Set<string>();
  #evictions = 0;

  constructor(port: number, invitations: Invitation[], onNews: () => void) {
    const everybody = invitations.map((invitation, index) =>
      new Guest({
        port,
        ...invitation,
        onEvent: (name, text) => {
          if (index === 0) this.#witness(name, text);
          else if (name === "message") this.#hear(index);
          onNews();
        },
      })
    );
    const [witness, ...guests] = everybody;
    if (!witness) throw new RangeError("a room needs a witness");
    this.#heard = everybody.map(() => 0);
    this.witness = witness;
    this.guests = guests;
  }

  async join(): Promise<void> {
    await this.witness.join();
    for (const guest of this.guests) await guest.join();
  }

  forget(): void {
    this.#heard.fill(0);
  }

  async speak(): Promise<void> {
    await this.witness.request("sendMessage", { topic: "storm", body: {} });
  }

  get areAllAway(): boolean {
    return this.#away.size === this.guests.length;
  }

  haveHeard(messages: number): boolean {
    return this.guests.every((_, index) =>
      (this.#heard[index + 1] ?? 0) >= messages
    );
  }

  addFaults(faults: Faults): void {
    faults.evicted += this.#evictions;
    for (const { gaps } of [this.witness, ...this.guests]) faults.gaps += gaps;
    for (const count of this.#heard.slice(1)) {
      faults.messages += Math.abs(count - MESSAGES);
    }
  }

  /** That somebody is away may be said more than once. */
  #witness(event: string, text: string): void {
    const id = /"sessionId":"([^"]+)"/.exec(text)?.[1] ?? "";
    if (event === "participantReconnecting") this.#away.add(id);
    else if (event === "participantReconnected") this.#away.delete(id);
    else if (event === "participantDisconnected") this.#evictions++;
  }

  #hear(index: number): void {
    this.#heard[index] = (this.#heard[index] ?? 0) + 1;
  }
}

const rooms: Room[] = [];
let onNews = () => {};

/** Resolves as soon as it holds for all rooms. */
function untilAll(holds: (room: Room) => boolean): Promise<void> {
  const left = [...rooms];
  return new Promise((resolve) => {
    onNews = () => {
      for (let room = left.at(-1); room && holds(room); room = left.at(-1)) {
        left.pop();
      }
      if (left.length === 0) resolve();
    };
    onNews();
  });
}

const speakInAll = () => Promise.all(rooms.map((room) => room.speak()));

await obey({
  async join(
    { port, invitations }: { port: number; invitations: Invitation[][] },
  ) {
    for (const invited of invitations) {
      rooms.push(new Room(port, invited, () => onNews()));
    }
    await forEach(rooms, (room) => room.join(), 50);
  },

  async storm(): Promise<Storm> {
    for (const room of rooms) room.forget();
    const guests = rooms.flatMap(({ guests }) => guests);
    const cutAt = performance.now();
    for (const guest of guests) guest.cut();
    await untilAll(({ areAllAway }) => areAllAway);
    const lossMs = performance.now() - cutAt;
    for (let count = 1; count < MESSAGES; count++) await speakInAll();

    const start = performance.now();
    const resumed: Promise<void>[] = [];
    await forEach(guests, async (guest) => {
      await guest.connect();
      resumed.push(guest.resume());
    });
    await Promise.all(resumed);
    await untilAll((room) => room.haveHeard(MESSAGES - 1));
    const resumeMs = performance.now() - start;

    await speakInAll();
    await untilAll((room) => room.haveHeard(MESSAGES));
    const faults: Faults = { evicted: 0, gaps: 0, messages: 0 };
    for (const room of rooms) room.addFaults(faults);
    return { lossMs, resumeMs, faults };
  },

  /** @returns milliseconds until all connections were open */
  async connect({ port, count }: { port: number; count: number }) {
    const start = performance.now();
    const connections: Bare[] = [];
    await forEach([...Array(count).keys()], async () => {
      const connection = new Bare(port);
      connections.push(connection);
      await connection.opened;
    });
    const ms = performance.now() - start;
    for (const connection of connections) connection.cut();
    return { ms };
  },
});
