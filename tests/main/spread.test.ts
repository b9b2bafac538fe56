/** A room over two sidecars that goes from one process to another. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RedisServer, redisSuite } from "../rooms/hosts/redis/server.ts";
import { Linked } from "../sfu/_linked.ts";
import { Browser } from "../sfu/sidecar/_browser.ts";
import { workerBin } from "../sfu/sidecar/_worker.ts";
import { SIDECAR_SECRET, TestSidecar } from "../support/sidecar.ts";
import { until } from "../support/until.ts";
import { Caller, type Hearing } from "./caller.ts";
import { Program } from "./program.ts";

const GOING_AWAY = 1001;
const ROOM = "large";
const LEASE_MS = 3_000;
/** Longer than the processes take: else the sidecars would close the room. */
const SFU_LEASE_MS = 10_000;
/** Nobody answers pings while the test waits for something else. */
const PATIENT = { ROOM_TIMEOUT_MS: "20000", ROOM_EVICT_AFTER_MS: "40000" };
/** Milliseconds until somebody else comes. */
const CROWD_MS = 4_000;
/** A packet is sent each 20 ms; a machine may be busy with other things. */
const MAX_SILENCE_MS = 1_500;

type Line = { readonly speaker: Caller; readonly hearing: Hearing };

describe("a room over two sidecars that processes share", redisSuite, () => {
  let stack: AsyncDisposableStack;
  let sidecars: TestSidecar[];
  let browser: Browser;
  let first: Program;
  let second: Program;
  let origins: [string, string];
  let all: Caller[];
  let ann: Caller;
  /** Hears Ann where she is, and Carol through the pipe. */
  let bob: Caller;
  /** In the other sidecar: hears Ann through the pipe. */
  let carol: Caller;
  let lines: Line[];

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    const redis = stack.use(await RedisServer.start());
    sidecars = await Promise.all([startSidecar(), startSidecar()]);
    for (const sidecar of sidecars) stack.use(sidecar);
    browser = stack.use(await Browser.start(await workerBin()));
    const env = {
      ...PATIENT,
      SFU_URLS: sidecars.map(({ url }, index) => `${url}|${index}`).join(),
      SFU_REGION: "0",
      SFU_SECRET: SIDECAR_SECRET,
      SFU_LEASE_MS: `${SFU_LEASE_MS}`,
      REDIS_URL: redis.url,
      REDIS_LEASE_MS: `${LEASE_MS}`,
      ROOM_EMPTY_MS: "500",
    };
    first = stack.use(new Program(env));
    second = stack.use(new Program(env));
    origins = [await first.origin(), await second.origin()];
    all = [];
    ann = await join(origins[0]);
    bob = await join(origins[1]);
    const voice = await ann.speak();
    lines = [{ speaker: ann, hearing: await bob.hear(voice) }];
    await crowdUntilSpread(voice);
    const before = await holdings(sidecars[1]);
    carol = await join(origins[1]);
    const song = await carol.speak();
    lines.push(
      { speaker: ann, hearing: await carol.hear(voice) },
      { speaker: carol, hearing: await bob.hear(song) },
    );
    for (const { hearing } of lines) await flows(hearing);
    assert.equal(await holdings(sidecars[1]), before + 2, "of Carol");
  });
  afterEach(async () => await stack.disposeAsync());

  const startSidecar = () =>
    TestSidecar.start({
      SFU_RTC_IP: "127.0.0.1",
      SFU_LEASE_MS: `${SFU_LEASE_MS}`,
      SFU_ROOM_CONSUMERS_PER_WORKER: "2",
    });

  async function join(origin: string): Promise<Caller> {
    const caller = stack.use(await Caller.join(origin, ROOM, browser));
    all.push(caller);
    return caller;
  }

  /** A sidecar that is busy with other things is none to spread to. */
  async function crowdUntilSpread(voice: string): Promise<void> {
    let next = 0;
    await until("the room is spread", async () => {
      if (first.stderr.includes("is spread to")) return true;
      if (performance.now() < next) return false;
      next = performance.now() + CROWD_MS;
      await (await join(origins[0])).hear(voice);
      return false;
    });
  }

  async function flows(hearing: Hearing): Promise<void> {
    const before = hearing.packets;
    await until("packets come", () => hearing.packets > before + 10);
  }

  const resumeAll = (origin: string) =>
    Promise.all(all.map((caller) => caller.resume(origin)));

  /** Nobody has heard of the change, and its new owner can do all with the room. */
  async function isWhole(origin: string): Promise<void> {
    for (const { hearing } of lines) {
      await flows(hearing);
      const { longestMs } = hearing;
      assert.ok(longestMs < MAX_SILENCE_MS, `${longestMs} ms of silence`);
    }
    for (const { speaker, hearing } of lines) {
      const { producerId } = hearing;
      await speaker.participant.request("pauseProducer", { producerId });
      await until("there is silence", () => hearing.isSilent);
      await speaker.participant.request("resumeProducer", { producerId });
      await flows(hearing);
    }
    const newcomer = await join(origin);
    for (const { hearing: { producerId } } of lines.slice(1)) {
      await flows(await newcomer.hear(producerId));
    }
    for (const { hearing } of lines) hearing.reset();
  }

  /** Nothing is left of it in these. */
  async function ends(those: readonly TestSidecar[]): Promise<void> {
    for (const { participant } of all) await participant.request("leave", {});
    await until("nothing is left of it", async () => {
      const held = await Promise.all(those.map(holdings));
      return held.every((count) => count === 0);
    });
  }

  it("SF7, HO5, HO7: goes on in both when its owner is killed", async () => {
    const killedAt = performance.now();
    first.kill("SIGKILL");
    await resumeAll(origins[1]);
    const tookMs = Math.round(performance.now() - killedAt);
    const silences = lines.map(({ hearing }) => Math.round(hearing.longestMs));
    console.log(
      `killed: all are back after ${tookMs} ms,`,
      `nobody was silent for more than ${Math.max(...silences)} ms`,
    );
    await isWhole(origins[1]);
    await ends(sidecars);
  });

  it("SF7, HO5, MD9: loses with a sidecar that dies together with its owner what was there, and nothing else", async () => {
    await Promise.all([sidecars[0]?.killAll("SIGKILL"), first.die()]);
    await Promise.all(
      all.map(({ participant }) => participant.resume(origins[1], ROOM)),
    );
    for (const caller of all) if (caller !== carol) await caller.losesAll();
    const voice = await ann.speak({ replace: true });
    await carol.participant.event("producerReplaced");
    const told = carol.participant.events.map(({ method }) => method);
    assert.ok(!told.includes("transportClosed"), told.join());
    await flows(await carol.hear(voice));
    await flows(await bob.hear(voice));
    await ends(sidecars.slice(1));
  });

  it("SF7, HO5, HO12: goes on in both when its owner drains, and when it comes back there", async () => {
    for (const [from, to] of [origins, origins.toReversed()]) {
      assert.ok(from && to);
      await drains(from, true);
      const closed = await Promise.all(
        all.map(({ participant }) => participant.closed()),
      );
      assert.deepEqual(new Set(closed), new Set([GOING_AWAY]));
      await drains(from, false);
      await resumeAll(to);
      await isWhole(to);
    }
    await ends(sidecars);
  });
});

async function drains(origin: string, isDraining: boolean): Promise<void> {
  const { token } = await answerOf(`${origin}/admin/token`, { method: "POST" });
  const authorization = `Bearer ${token}`;
  await answerOf(`${origin}/admin/v1/drain`, {
    method: isDraining ? "PUT" : "DELETE",
    headers: { authorization },
  });
}

async function answerOf(url: string, init: RequestInit) {
  const response = await fetch(url, init);
  const text = await response.text();
  assert.ok(response.ok, `${response.status} ${text}`);
  return text === "" ? {} : JSON.parse(text);
}

/** How many routers and transports it has. */
async function holdings(sidecar: TestSidecar | undefined): Promise<number> {
  assert.ok(sidecar);
  const { url } = sidecar;
  using linked = new Linked({ url, secret: SIDECAR_SECRET });
  const { routers, workers } = await linked.call("getStatus", {});
  return workers.reduce((sum, one) => sum + one.transports, routers);
}
