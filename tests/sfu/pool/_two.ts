/** Two real sidecars with little room for a room each, and a pool of both. */
import assert from "node:assert/strict";
import type {
  SfuEvent,
  SfuMethod,
  SfuParams,
  SfuResult,
} from "../../../sfu/methods.ts";
import type { Member } from "../../../sfu/pool/member.ts";
import { openPool } from "../../../sfu/pool/open.ts";
import type { SfuPool } from "../../../sfu/pool/pool.ts";
import { SIDECAR_SECRET, TestSidecar } from "../../support/sidecar.ts";
import { until } from "../../support/until.ts";
import { Browser, type OwnTransport } from "../sidecar/_browser.ts";
import { workerBin } from "../sidecar/_worker.ts";

export const LEASE_MS = 3_000;
const ENV = {
  SFU_RTC_IP: "127.0.0.1",
  SFU_LEASE_MS: `${LEASE_MS}`,
  SFU_ROOM_CONSUMERS_PER_WORKER: "2",
};
const ROOM = "large";
/** Milliseconds until somebody else comes. */
const CROWD_MS = 4_000;

type Env = Record<string, string>;
type Without<M extends SfuMethod> = Omit<SfuParams<M>, "routerId">;
type Somebody = OwnTransport & { readonly transportId: string };

/** What a process of the service has of it: a pool, and a room's calls. */
export class Process implements Disposable {
  readonly pool: SfuPool;
  readonly epoch: number;
  readonly logged: string[] = [];
  readonly events: SfuEvent[] = [];
  routerId = "";
  rtpCapabilities: SfuResult<"createRouter">["rtpCapabilities"] = {};

  constructor(sidecars: readonly TestSidecar[], epoch: number) {
    this.epoch = epoch;
    this.pool = openPool({
      sidecars: sidecars.map(({ url }, index) => ({ url, region: `${index}` })),
      secret: SIDECAR_SECRET,
      region: "0",
      leaseMs: LEASE_MS,
      log: (message) => this.logged.push(message),
    });
  }

  async up(): Promise<void> {
    const { members } = this.pool;
    await until("all are up", () => members.every((one) => one.isUp));
  }

  call<M extends SfuMethod>(
    method: M,
    params: Without<M>,
  ): Promise<SfuResult<M>> {
    const { epoch, routerId } = this;
    return new Promise((resolve, reject) =>
      this.pool.call(
        method,
        { routerId, ...params } as SfuParams<M>,
        { epoch },
        (reply) => {
          if (reply.ok) resolve(reply.result);
          else reject(new Error(`${method}: ${reply.status} ${reply.message}`));
        },
      )
    );
  }

  async createRouter(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const params = { label: ROOM, audioLevelIntervalMs: 250 };
    this.pool.call("createRouter", params, { epoch: this.epoch }, (reply) => {
      assert.ok(reply.ok);
      this.#has(reply.result);
      resolve();
    });
    await promise;
  }

  async claim(routerId: string): Promise<SfuResult<"claimRouter">> {
    this.routerId = routerId;
    const dump = await this.call("claimRouter", {});
    this.#has(dump);
    return dump;
  }

  #has({ routerId, rtpCapabilities }: SfuResult<"createRouter">): void {
    this.routerId = routerId;
    this.rtpCapabilities = rtpCapabilities;
    this.pool.subscribe(routerId, (event) => this.events.push(event));
  }

  consume(transportId: string, producerId: string) {
    const { rtpCapabilities } = this;
    const params = { transportId, producerId, rtpCapabilities, paused: false };
    return this.call("consume", params);
  }

  /** What was told of things that ended, in order. */
  get endings(): string[] {
    return this.events.flatMap(({ event, params }) => {
      if (event === "transportLost") return [`${event} ${params.transportId}`];
      return "cause" in params ? [`${event} ${params.cause}`] : [];
    });
  }

  async speaks(producerId: string): Promise<void> {
    await until(
      "somebody speaks",
      () =>
        this.events.some(({ event, params }) =>
          event === "activeSpeaker" && params.producerId === producerId
        ),
    );
  }

  [Symbol.dispose](): void {
    this.pool.close();
  }
}

/** What a sidecar has open, by its own account. */
export async function holdings(member: Member | undefined) {
  assert.ok(member);
  const status = await asked(member, "getStatus", {});
  const sum = (of: "transports" | "consumers") =>
    status.workers.reduce((all, worker) => all + worker[of], 0);
  return {
    routers: status.routers,
    transports: sum("transports"),
    consumers: sum("consumers"),
  };
}

export const nothing = { routers: 0, transports: 0, consumers: 0 };

/** A sidecar itself, past the pool. */
export function asked<M extends SfuMethod>(
  member: Member | undefined,
  method: M,
  params: SfuParams<M>,
  epoch = 1,
): Promise<SfuResult<M>> {
  return new Promise((resolve, reject) =>
    member?.link.call(method, params, { epoch }, (reply) => {
      if (reply.ok) resolve(reply.result);
      else reject(new Error(`${method}: ${reply.status} ${reply.message}`));
    })
  );
}

export class Two implements AsyncDisposable {
  readonly sidecars: readonly TestSidecar[];
  readonly process: Process;
  readonly browser: Browser;
  readonly #open: AsyncDisposableStack;

  private constructor(
    sidecars: readonly TestSidecar[],
    process: Process,
    browser: Browser,
    open: AsyncDisposableStack,
  ) {
    this.sidecars = sidecars;
    this.process = process;
    this.browser = browser;
    this.#open = open;
  }

  /** `other`: what is not the same for the second. */
  static async start(env: Env = {}, other: Env = {}): Promise<Two> {
    const open = new AsyncDisposableStack();
    const [first, second] = await Promise.all([
      TestSidecar.start({ ...ENV, ...env }),
      TestSidecar.start({ ...ENV, ...env, ...other }),
    ]);
    const sidecars = [open.use(first), open.use(second)];
    const process = open.use(new Process(sidecars, 1));
    const browser = open.use(await Browser.start(await workerBin()));
    await process.up();
    await process.createRouter();
    return new Two(sidecars, process, browser, open);
  }

  /** Another process of the service. */
  async another(epoch: number): Promise<Process> {
    const process = this.#open.use(new Process(this.sidecars, epoch));
    await process.up();
    return process;
  }

  async arrive(process = this.process): Promise<Somebody> {
    const info = await process.call("createWebRtcTransport", { sctp: true });
    const { transportId } = info;
    const opened = await this.browser.open(
      info,
      (dtlsParameters) =>
        process.call("connectWebRtcTransport", { transportId, dtlsParameters }),
    );
    return { ...opened, transportId };
  }

  async speak({ own, transportId }: Somebody, level = -20): Promise<string> {
    const { producerId } = await this.process.call("produce", {
      transportId,
      kind: "audio",
      rtpParameters: await this.browser.speak(own, level),
      paused: false,
    });
    return producerId;
  }

  async hear({ own, transportId }: Somebody, producerId: string) {
    const consumed = await this.process.consume(transportId, producerId);
    const heard = await this.browser.listen(own, consumed);
    return { ...consumed, heard };
  }

  /** Ann speaks and writes, and Bob gets it: there is no room for more. */
  async fill() {
    const ann = await this.arrive();
    const voice = await this.speak(ann);
    const channel = await this.browser.openData(ann.own);
    const { dataProducerId } = await this.process.call("produceData", {
      transportId: ann.transportId,
      sctpStreamParameters: channel.sctpStreamParameters,
      label: "chat",
      protocol: "",
    });
    const bob = await this.arrive();
    const { heard } = await this.hear(bob, voice);
    await this.process.call("consumeData", {
      transportId: bob.transportId,
      dataProducerId,
    });
    return { ann, bob, voice, heard, channel, dataProducerId };
  }

  /** Whoever comes next is in the other sidecar. */
  async outgrow() {
    const there = await this.fill();
    const others = await this.crowdUntil("is spread to");
    const carol = await this.arrive();
    return { ...there, others, carol };
  }

  /**
   * More and more come until it is told what is done about it, since a sidecar
   * that is busy with other things is none to spread to.
   */
  async crowdUntil(told: string) {
    const { process } = this;
    const others: SfuResult<"createWebRtcTransport">[] = [];
    let next = 0;
    await until(told, async () => {
      if (process.logged.some((line) => line.includes(told))) return true;
      if (performance.now() < next) return false;
      next = performance.now() + CROWD_MS;
      others.push(await process.call("createWebRtcTransport", {}));
      return false;
    });
    return others;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open.disposeAsync();
  }
}
