/** Real processes over one Redis and one sidecar; what `kill` does to them. */
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { RedisServer, redisSuite } from "../rooms/hosts/redis/server.ts";
import { delay } from "../support/delay.ts";
import { eventually } from "../support/eventually.ts";
import { SIDECAR_SECRET, TestSidecar } from "../support/sidecar.ts";
import { Participant as ParticipantShown } from "../../http/admin/schemas/participants.ts";
import { Participant } from "./participant.ts";
import { Program } from "./program.ts";

const LEASE_MS = 3_000;

describe("processes that share rooms", redisSuite, () => {
  let stack: AsyncDisposableStack;
  let first: Program;
  let second: Program;
  let origins: [string, string];
  let ann: Participant;
  let bob: Participant;
  let transportId: string;

  beforeEach(async () => {
    stack = new AsyncDisposableStack();
    const redis = stack.use(await RedisServer.start());
    const sidecar = stack.use(await TestSidecar.start());
    const env = {
      SFU_URL: sidecar.url,
      SFU_SECRET: SIDECAR_SECRET,
      REDIS_URL: redis.url,
      REDIS_LEASE_MS: `${LEASE_MS}`,
      LOG_LEVEL: "debug",
    };
    first = stack.use(new Program(env));
    second = stack.use(new Program(env));
    origins = [await first.origin(), await second.origin()];
    ann = stack.use(await Participant.join(origins[0], "r"));
    bob = stack.use(await Participant.join(origins[1], "r"));
    await ann.event("participantConnected");
    const made = await ann.request("createWebRtcTransport", {
      direction: "send",
    });
    ({ transportId } = made);
    // A join is answered when all of that is kept.
    stack.use(await Participant.join(origins[1], "r"));
    await ann.event("participantConnected");
    await bob.event("participantConnected");
  });
  afterEach(async () => await stack.disposeAsync());

  /** Both are in the room through the second, and ann's media is as it was. */
  async function goOn(): Promise<void> {
    const [resumed, other] = await Promise.all([
      ann.resume(origins[1], "r"),
      bob.resume(origins[1], "r"),
    ]);
    assert.deepEqual([resumed.snapshot, other.snapshot], [
      undefined,
      undefined,
    ]);
    const ids = resumed.transports.map(({ transportId }) => transportId);
    assert.deepEqual(ids, [transportId]);
    await ann.request("sendMessage", { topic: "t", body: "after" });
    await bob.event("message");
    await ann.request("closeTransport", { transportId });
  }

  it("HO11: what is measured of somebody's media is shown through any process", async () => {
    for (const origin of origins) {
      const { transports: [transport] } = await shownBy(origin, ann);
      assert.equal(transport?.transportId, transportId);
      assert.equal(transport.stats?.bytesReceived, 0, origin);
    }
  });

  it("HO7, HO5: the owner is killed, and another one has its room and its media", async () => {
    const killedAt = performance.now();
    first.kill("SIGKILL");
    assert.equal(await bob.closed(), 1001);
    const noticedMs = performance.now() - killedAt;
    await goOn();
    const tookMs = performance.now() - killedAt;
    console.log(
      `sent back after ${Math.round(noticedMs)} ms, resumed after ${
        Math.round(tookMs)
      } ms, lease ${LEASE_MS} ms`,
    );
    assert.ok(tookMs < LEASE_MS + 5_000, `${tookMs}`);
  });

  it("HO8: the owner sleeps past its lease, and what it wants when it wakes is not done", async () => {
    first.kill("SIGSTOP");
    await delay(LEASE_MS);
    await Promise.all([
      ann.resume(origins[1], "r"),
      bob.resume(origins[1], "r"),
    ]);
    const { epoch } = ann;
    first.kill("SIGCONT");
    await eventually(() => assert.match(first.stderr, /lease (ran out|lost)/));
    await delay(1_000);
    await ann.request("sendMessage", { topic: "t", body: "after" });
    await bob.event("message");
    await ann.request("closeTransport", { transportId });
    assert.equal(ann.epoch, epoch);
  });

  it("HO12: the owner is told to stop, and nobody waits for its lease", async () => {
    const began = performance.now();
    first.kill("SIGTERM");
    assert.equal(await bob.closed(), 1001);
    await goOn();
    const tookMs = performance.now() - began;
    console.log(`resumed after ${Math.round(tookMs)} ms`);
    assert.equal(await first.code(), 0);
  });
});

/** As an operator sees it. */
async function shownBy(
  origin: string,
  { sessionId }: Participant,
): Promise<ParticipantShown> {
  const minted = await fetch(`${origin}/admin/token`, { method: "POST" });
  const { token } = await minted.json();
  const path = `/admin/v1/rooms/r/participants/${sessionId}`;
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${origin}${path}`, { headers });
  return ParticipantShown.parse(await response.json());
}
