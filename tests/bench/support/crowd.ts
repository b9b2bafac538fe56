/**
 * The service with room for thousands, and who is to come.
 *
 * @module
 */
import type { Invitation } from "../peers/load/guest.mts";
import { NodeProgram } from "../peers/node_program.ts";
import { Server } from "./server.ts";

/** The whole service, with its sidecar. */
export function startHoldfast(
  env: Record<string, string> = {},
): Promise<Server> {
  return Server.start(["../../../main.ts"], {
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "warn",
    MAX_UNJOINED: "10000",
    ...env,
  });
}

/** With tokens of the development mode; a list for each room. */
export async function invite(
  { port }: Server,
  rooms: number,
  participants: number,
): Promise<Invitation[][]> {
  const invited: Invitation[][] = [];
  for (let index = 0; index < rooms; index++) {
    const room = `room-${index}`;
    const guests = Array.from({ length: participants }, async (_, guest) => ({
      room,
      token: await tokenFor(port, room, `guest-${guest}-of-${index}`),
    }));
    invited.push(await Promise.all(guests));
  }
  return invited;
}

async function tokenFor(
  port: number,
  room: string,
  identity: string,
): Promise<string> {
  const address = `http://127.0.0.1:${port}/rooms/${room}/token`;
  const body = JSON.stringify({ identity });
  const response = await fetch(address, { method: "POST", body });
  const { token } = await response.json();
  return token;
}

/** A program that makes load, commanded as `commands.mts` says. */
export class Load implements AsyncDisposable {
  readonly #program: NodeProgram;

  private constructor(program: NodeProgram) {
    this.#program = program;
  }

  /** `file`: in `peers/load`. */
  static async start(file: string): Promise<Load> {
    return new Load(await NodeProgram.start(`load/${file}`, []));
  }

  async run<T>(command: string, args: object = {}): Promise<T> {
    await this.#program.tell(JSON.stringify([command, args]));
    return await this.#program.next<T>();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
