/**
 * Rooms of one server or several that share a key, and those who are in them.
 *
 * @module
 */
import { signToken } from "../../../auth/sign.ts";
import type { Invitation } from "../peers/load/guest.mts";
import { Load } from "./crowd.ts";
import type { Server } from "./server.ts";

const KEY = { kid: "bench", secret: "a secret that all processes know" };
const TOKEN_TTL_S = 3_600;

/** What services need to let in who is invited here. */
export const KEYS = { TOKEN_KEYS: `${KEY.kid}:${KEY.secret}` };

/** Milliseconds of each join, and of all of them. */
export type Visits = { readonly joinMs: number[]; readonly totalMs: number };

/** Where guests go, and how. */
export type Place = {
  readonly servers: readonly Server[];
  readonly rooms: number;
  /** In each room. */
  readonly guests: number;
  /**
   * All of a room through the same server, which runs it; all but the first
   * through the next one; each through the next one.
   */
  readonly through?: "one" | "other" | "each";
};

let places = 0;

/** Those who are in rooms, in a program of their own. */
export class RoomsLoad implements AsyncDisposable {
  readonly #load: Load;

  private constructor(load: Load) {
    this.#load = load;
  }

  static async start(): Promise<RoomsLoad> {
    return new RoomsLoad(await Load.start("rooms.mts"));
  }

  async join(name: string, place: Place): Promise<void> {
    await this.#load.run("join", { name, ...await waysTo(place) });
  }

  /** They join rooms that are new, `atATime` at the same time, and leave. */
  async visit(place: Place, atATime: number): Promise<Visits> {
    const args = { atATime, ...await waysTo(place) };
    return await this.#load.run("visit", args);
  }

  /** @returns deliveries a second, in all rooms of a name together */
  hear(name: string, ms: number): Promise<number> {
    return this.#load.run("hear", { name, ms });
  }

  /** @returns milliseconds of each message until all had heard it */
  speak(name: string, times: number): Promise<number[]> {
    return this.#load.run("speak", { name, times });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#load[Symbol.asyncDispose]();
  }
}

async function waysTo({ servers, rooms, guests, through = "one" }: Place) {
  const ports = servers.map(({ port }) => port);
  const place = places++;
  const invitations: Invitation[][] = [];
  for (let index = 0; index < rooms; index++) {
    const room = `place-${place}-room-${index}`;
    const invited = Array.from({ length: guests }, async (_, guest) => {
      const identity = `guest-${guest}-of-${place}-${index}`;
      return { room, token: await tokenFor(identity, room) };
    });
    invitations.push(await Promise.all(invited));
  }
  return { ports, through, invitations };
}

/** For services that have `KEYS`. */
export function tokenFor(sub: string, room: string): Promise<string> {
  const secret = new TextEncoder().encode(KEY.secret);
  return signToken({ sub, room }, TOKEN_TTL_S, { key: { ...KEY, secret } });
}
