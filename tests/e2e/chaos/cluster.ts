/** Three processes, two sidecars and one Redis: real ones, to be ended. */
import assert from "node:assert/strict";
import { signToken } from "../../../auth/sign.ts";
import type { SfuResult } from "../../../sfu/methods.ts";
import { Program } from "../../main/program.ts";
import { Linked } from "../../sfu/_linked.ts";
import { ready } from "../../support/ready.ts";
import { SIDECAR_SECRET, TestSidecar } from "../../support/sidecar.ts";
import { type Address, Balancer } from "./balancer.ts";
import { RedisPair } from "./redis_pair.ts";
import { Relay } from "./relay.ts";

/** A process may be late for its renewals on a machine that has much to do. */
export const LEASE_MS = 3_000;
const SFU_LEASE_MS = 8_000;
const PROCESSES = 3;
const SIDECARS = 2;
const KEY = { kid: "test", secret: "a secret that is nobody's business" };
const TOKEN_TTL_S = 3_600;

const LOOPBACK = "127.0.0.1";

/** Process 0 may be in another network than all else. */
export type Place = {
  /** Where it can reach the others. */
  readonly here: string;
  /** Where it listens. */
  readonly there: string;
  /** What its command begins with. */
  readonly entrance: readonly string[];
  /** Whether it reaches the others through relays of its own. */
  readonly isRelayed: boolean;
};

export const HERE: Place = {
  here: LOOPBACK,
  there: LOOPBACK,
  entrance: [],
  isRelayed: false,
};

/** What is open in all sidecars. */
export type Open = { readonly routers: number; readonly transports: number };

export class Cluster implements AsyncDisposable {
  readonly redis: RedisPair;
  readonly sidecars: TestSidecar[] = [];
  readonly programs: Program[] = [];
  readonly #open = new AsyncDisposableStack();
  readonly #env: Record<string, string>;
  readonly #urls: string[] = [];
  /** Beside what all have. */
  readonly #envOfFirst: Record<string, string> = {};
  /** Of process 0, to sidecars and Redis. */
  readonly ways: Relay[] = [];
  readonly #place: Place;
  readonly #addresses: Address[] = [];

  private constructor(redis: RedisPair, place: Place) {
    this.redis = this.#open.use(redis);
    this.#place = place;
    this.#env = {
      REDIS_URL: redis.url,
      REDIS_LEASE_MS: `${LEASE_MS}`,
      SFU_SECRET: SIDECAR_SECRET,
      SFU_LEASE_MS: `${SFU_LEASE_MS}`,
      TOKEN_KEYS: `${KEY.kid}:${KEY.secret}`,
      ROOM_EMPTY_MS: "500",
      LOG_LEVEL: "debug",
    };
  }

  static async start(place: Place = HERE): Promise<Cluster> {
    const cluster = new Cluster(await RedisPair.start(place.here), place);
    try {
      await cluster.#start();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(): Promise<void> {
    for (let number = 0; number < SIDECARS; number++) {
      await this.startSidecar(number);
    }
    this.#urls.push(...this.sidecars.map(({ url }) => url));
    this.#env.SFU_URLS = this.#urls.join();
    if (this.#place.isRelayed) this.#relay();
    for (let number = 0; number < PROCESSES; number++) this.#run(number);
    for (const [number, program] of this.programs.entries()) {
      const port = await program.port();
      const hostname = this.#hostOf(number);
      this.#addresses.push({ hostname, port });
    }
    await Promise.all(this.#addresses.map(isReadyAt));
  }

  /** Where the one before listened, if there was one. */
  async startSidecar(number: number): Promise<void> {
    const url = this.#urls[number];
    this.sidecars[number] = this.#open.use(
      await TestSidecar.start({
        SFU_WORKERS: "2",
        SFU_LEASE_MS: `${SFU_LEASE_MS}`,
        ...(url !== undefined && { SFU_LISTEN: url }),
      }),
    );
  }

  /** A process again, at the port of the one that ended. */
  async startProgram(number: number): Promise<void> {
    this.#run(number);
    const program = this.program(number);
    await program.port();
    await this.isReady(number);
  }

  /** Resolves when it takes people in. */
  isReady(number: number): Promise<void> {
    return isReadyAt(this.#addresses[number] ?? assert.fail());
  }

  /** Past all balancers. */
  origin(number: number): string {
    const { hostname, port } = this.#addresses[number] ?? assert.fail();
    return `http://${hostname}:${port}`;
  }

  program(number: number): Program {
    return this.programs[number] ?? assert.fail(`no process ${number}`);
  }

  /** Leads to this process as long as it is ready, and to the others then. */
  balancer(first: number): Balancer {
    const all = this.#addresses;
    const inOrder = [...all.slice(first), ...all.slice(0, first)];
    return this.#open.use(new Balancer(inOrder));
  }

  token(room: string, identity: string): Promise<string> {
    const secret = new TextEncoder().encode(KEY.secret);
    const key = { kid: KEY.kid, secret };
    return signToken({ sub: identity, room }, TOKEN_TTL_S, { key });
  }

  /** Which of the sidecars has the room. */
  homeOf(room: string): number {
    const home = this.sidecars.findLastIndex((sidecar) => sidecar.hasHad(room));
    assert.notEqual(home, -1, "no sidecar has the room");
    return home;
  }

  async open(): Promise<Open> {
    const all = await Promise.all(this.sidecars.map(({ url }) => status(url)));
    const workers = all.flatMap(({ workers }) => workers);
    return {
      routers: all.reduce((sum, { routers }) => sum + routers, 0),
      transports: workers.reduce((sum, { transports }) => sum + transports, 0),
    };
  }

  /** What all processes have logged, for who wants to know why. */
  get logs(): string {
    return this.programs.map(({ stderr }, number) =>
      `--- process ${number}\n${stderr}`
    ).join("\n");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync();
  }

  #run(number: number): void {
    const { port } = this.#addresses[number] ?? {};
    const { entrance } = number === 0 ? this.#place : HERE;
    const env = {
      ...this.#env,
      ...(number === 0 && this.#envOfFirst),
      HOST: this.#hostOf(number),
      ...(port && { PORT: `${port}` }),
    };
    this.programs[number] = this.#open.use(new Program(env, entrance));
  }

  #relay(): void {
    this.#envOfFirst.SFU_URLS = this.#urls.map((url) => this.#wayTo(url))
      .join();
    this.#envOfFirst.REDIS_URL = this.#wayTo(this.redis.url);
  }

  #wayTo(url: string): string {
    const { protocol, hostname, port } = new URL(url);
    const connect = () => Deno.connect({ hostname, port: Number(port) });
    const relay = this.#open.use(new Relay(this.#place.here, connect));
    this.ways.push(relay);
    return `${protocol}//${this.#place.here}:${relay.port}`;
  }

  #hostOf(number: number): string {
    return number === 0 ? this.#place.there : LOOPBACK;
  }
}

const isReadyAt = ({ hostname, port }: Address) =>
  ready(`http://${hostname}:${port}`);

async function status(url: string): Promise<SfuResult<"getStatus">> {
  using linked = new Linked({ url, secret: SIDECAR_SECRET });
  return await linked.call("getStatus", {});
}
