/**
 * Services that are killed (`kill -9`) during a call: one that is started anew
 * at once, and two, of which the other one takes the room up.
 *
 * @module
 */
import { type Address, Balancer } from "../../e2e/chaos/balancer.ts";
import { Program } from "../../main/program.ts";
import { RedisServer } from "../../rooms/hosts/redis/server.ts";
import { eventually } from "../../support/eventually.ts";
import { SIDECAR_SECRET, TestSidecar } from "../../support/sidecar.ts";
import { State } from "../../support/state.ts";
import { KEYS } from "./rooms.ts";

const HOSTNAME = "127.0.0.1";

export interface Killable extends AsyncDisposable {
  /** Where the first comes in, and where the second does. */
  readonly origins: readonly [string, string];
  /** Kills the process that runs the room. */
  kill(): Promise<void>;
  /** All processes are there again. */
  restore(): Promise<void>;
}

/** On the same port and in the same folder each time. */
export class RestartedService implements Killable {
  readonly origins: readonly [string, string];
  readonly #open: AsyncDisposableStack;
  readonly #env: Record<string, string>;
  #program: Program;

  private constructor(
    open: AsyncDisposableStack,
    env: Record<string, string>,
    program: Program,
    port: number,
  ) {
    this.#open = open;
    this.#env = { ...env, PORT: `${port}` };
    this.#program = program;
    const origin = `http://${HOSTNAME}:${port}`;
    this.origins = [origin, origin];
  }

  static async start(): Promise<RestartedService> {
    await using open = new AsyncDisposableStack();
    const state = open.use(new State());
    const env = { ...KEYS, STATE_FOLDER: state.path, SFU_WORKERS: "1" };
    const program = open.use(new Program(env));
    const port = await program.port();
    return new RestartedService(open.move(), env, program, port);
  }

  async kill(): Promise<void> {
    await this.#program.die();
    this.#program = this.#open.use(new Program(this.#env));
  }

  async restore(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}

/** Over one Redis and one sidecar, each behind a balancer that prefers it. */
export class TwoServices implements Killable {
  readonly origins: readonly [string, string];
  readonly #open: AsyncDisposableStack;
  readonly #env: Record<string, string>;
  readonly #addresses: readonly Address[];
  readonly #programs: Program[];
  #dead: number | undefined;

  private constructor(
    open: AsyncDisposableStack,
    env: Record<string, string>,
    programs: Program[],
    addresses: readonly Address[],
  ) {
    this.#open = open;
    this.#env = env;
    this.#programs = programs;
    this.#addresses = addresses;
    const behind = (targets: readonly Address[]) =>
      open.use(new Balancer(targets)).origin;
    this.origins = [behind(addresses), behind(addresses.toReversed())];
  }

  static async start(): Promise<TwoServices> {
    await using open = new AsyncDisposableStack();
    const redis = open.use(await RedisServer.start());
    const sidecar = open.use(await TestSidecar.start());
    const env = {
      ...KEYS,
      REDIS_URL: redis.url,
      SFU_URL: sidecar.url,
      SFU_SECRET: SIDECAR_SECRET,
    };
    const programs = [open.use(new Program(env)), open.use(new Program(env))];
    const ports = await Promise.all(programs.map((one) => one.port()));
    const addresses = ports.map((port) => ({ hostname: HOSTNAME, port }));
    await Promise.all(addresses.map(ready));
    return new TwoServices(open.move(), env, programs, addresses);
  }

  async kill(): Promise<void> {
    const rooms = await Promise.all(this.#addresses.map(roomsOf));
    this.#dead = rooms.findIndex((count) => count > 0);
    await this.#programs[this.#dead]?.die();
  }

  async restore(): Promise<void> {
    const dead = this.#dead;
    const address = this.#addresses[dead ?? -1];
    if (dead === undefined || address === undefined) return;
    const env = { ...this.#env, PORT: `${address.port}` };
    this.#programs[dead] = this.#open.use(new Program(env));
    this.#dead = undefined;
    await ready(address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}

const get = async ({ hostname, port }: Address, path: string) => {
  const response = await fetch(`http://${hostname}:${port}${path}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return text;
};

async function ready(address: Address): Promise<void> {
  await eventually(() => get(address, "/readyz"));
}

async function roomsOf(address: Address): Promise<number> {
  const text = await get(address, "/metrics");
  return Number(/^holdfast_rooms (\d+)$/m.exec(text)?.[1]);
}
