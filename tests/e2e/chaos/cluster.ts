/** Three processes, two sidecars and one Redis: real ones, to be ended. */
import assert from "node:assert/strict";
import { signToken } from "../../../auth/sign.ts";
import type { SfuResult } from "../../../sfu/methods.ts";
import { Program } from "../../main/program.ts";
import { RedisServer } from "../../rooms/hosts/redis/server.ts";
import { Linked } from "../../sfu/_linked.ts";
import { eventually } from "../../support/eventually.ts";
import { SIDECAR_SECRET, TestSidecar } from "../../support/sidecar.ts";
import { Balancer } from "./balancer.ts";

/** A process may be late for its renewals on a machine that has much to do. */
export const LEASE_MS = 3_000;
const SFU_LEASE_MS = 8_000;
const PROCESSES = 3;
const SIDECARS = 2;
const KEY = { kid: "test", secret: "a secret that is nobody's business" };
const TOKEN_TTL_S = 3_600;

/** What is open in all sidecars. */
export type Open = { readonly routers: number; readonly transports: number };

export class Cluster implements AsyncDisposable {
  readonly redis: RedisServer;
  readonly sidecars: TestSidecar[] = [];
  readonly programs: Program[] = [];
  readonly #open = new AsyncDisposableStack();
  readonly #env: Record<string, string>;
  readonly #urls: string[] = [];
  readonly #ports: number[] = [];

  private constructor(redis: RedisServer) {
    this.redis = this.#open.use(redis);
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

  static async start(env: Record<string, string> = {}): Promise<Cluster> {
    const cluster = new Cluster(await RedisServer.start());
    try {
      await cluster.#start(env);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(env: Record<string, string>): Promise<void> {
    for (let number = 0; number < SIDECARS; number++) {
      await this.startSidecar(number);
    }
    this.#urls.push(...this.sidecars.map(({ url }) => url));
    Object.assign(this.#env, { SFU_URLS: this.#urls.join(",") }, env);
    for (let number = 0; number < PROCESSES; number++) this.#run(number);
    for (const program of this.programs) this.#ports.push(await program.port());
    await Promise.all(this.#ports.map(ready));
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
    await ready(this.#ports[number] ?? 0);
  }

  program(number: number): Program {
    return this.programs[number] ?? assert.fail(`no process ${number}`);
  }

  /** Leads to this process as long as it is ready, and to the others then. */
  balancer(first: number): Balancer {
    const { length } = this.#ports;
    const ports = this.#ports.map((_, index) =>
      this.#ports[(first + index) % length] ?? 0
    );
    return this.#open.use(new Balancer(ports));
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
    const port = this.#ports[number];
    this.programs[number] = this.#open.use(
      new Program({ ...this.#env, ...(port && { PORT: `${port}` }) }),
    );
  }
}

const ready = (port: number) =>
  eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    assert.equal(response.status, 200, await response.text());
  });

async function status(url: string): Promise<SfuResult<"getStatus">> {
  using linked = new Linked({ url, secret: SIDECAR_SECRET });
  return await linked.call("getStatus", {});
}
