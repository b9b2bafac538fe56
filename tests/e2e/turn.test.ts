import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { turnServer } from "../../ice/turn.ts";
import { Coturn } from "../support/coturn.ts";
import { eventually } from "../support/eventually.ts";
import { requireTool } from "../support/tools.ts";
import type { Client } from "./support/client.ts";
import { browserSuite, type Stage, World } from "./support/world.ts";

const turnserver = requireTool("turnserver");
const suite = { ignore: browserSuite.ignore || turnserver.ignore };

const TTL_S = 10;
const relayed = { iceTransportPolicy: "relay" } as const;

describe("media through coturn alone", suite, () => {
  let coturn: Coturn;
  const env: Record<string, string> = {
    TURN_SECRET: Coturn.secret,
    TURN_TTL_S: `${TTL_S}`,
    SFU_ANNOUNCED_ADDRESS: "127.0.0.1",
  };
  beforeAll(async () => {
    coturn = await Coturn.start(turnserver.bin);
    env["TURN_URLS"] = coturn.url;
  });
  const world = new World(env);
  afterAll(() => coturn[Symbol.asyncDispose]());

  it(
    "IC1: two who may only use a relay see and hear each other, with credentials of their sessions",
    world.test(async (stage) => {
      const [ann, bob] = await meet(stage);
      await Promise.all([bob.sees("ann"), bob.hears("ann"), ann.sees("bob")]);
      for (const client of [ann, bob]) {
        const pairs = await selectedPairs(client);
        assert.equal(pairs.length, 2, JSON.stringify(pairs));
        for (const { local, bytes } of pairs) {
          assert.equal(local, "relay");
          assert.ok(bytes > 1_000, `${bytes} bytes`);
        }
        const { users } = coturn;
        const { sessionId } = await self(client);
        const own = users.filter((user) => user.endsWith(`:${sessionId}`));
        assert.ok(own.length >= 2, `${sessionId} is not in ${users}`);
      }
    }),
  );

  it(
    "IC1: who stays longer than the credentials hold restarts ICE with others",
    world.test(async (stage) => {
      const [ann, bob] = await meet(stage);
      await bob.sees("ann");
      const { sessionId } = await self(ann);
      const expiries = () =>
        coturn.users.map((user) => user.split(":"))
          .filter(([_, id]) => id === sessionId)
          .map(([expiry]) => Number(expiry) * 1_000);
      const [first = Infinity] = expiries();
      await eventually(
        () => assert.ok(Date.now() > first, "they still hold"),
        { within: 2_000 * TTL_S },
      );
      await bob.sees("ann");
      await ann.room.evaluate((room) => room.recoverMedia());
      await eventually(() => {
        const last = expiries().at(-1) ?? 0;
        assert.ok(last > first, `made with credentials until ${last}`);
      });
      await bob.sees("ann");
      const reports = await ann.recoveries();
      assert.deepEqual(reports.map(({ outcome }) => outcome), ["recovered"]);
    }),
  );

  const turn = { urls: [] as string[], secret: Coturn.secret, ttlS: TTL_S };
  const servers = {
    "a name that holds": () => turnServer(turn, "s1", Date.now()),
    "a wrong secret": () =>
      turnServer({ ...turn, secret: "guessed" }, "s1", Date.now()),
    "a time that is over": () =>
      turnServer(turn, "s1", Date.now() - 2_000 * TTL_S),
    "a time that was put off": () => {
      const server = turnServer(turn, "s1", Date.now());
      return { ...server, username: `${Date.now()}:s1` };
    },
  };
  for (const [name, server] of Object.entries(servers)) {
    const isFine = name === "a name that holds";
    it(
      `credentials with ${name} are ${isFine ? "granted" : "refused"} a relay`,
      world.test(async (stage) => {
        const page = await stage.blankPage("ann");
        const urls = [coturn.url];
        const gathered = await page.evaluate(gather, { ...server(), urls });
        assert.deepEqual(
          gathered,
          isFine
            ? { types: ["relay"], errors: [] }
            : { types: [], errors: [401] },
        );
      }),
    );
  }
});

async function meet(stage: Stage): Promise<[Client, Client]> {
  const [ann, bob] = await Promise.all([
    stage.join("ann", relayed),
    stage.join("bob", relayed),
  ]);
  await Promise.all([ann.publish(), bob.publish()]);
  return [ann, bob];
}

const self = ({ room }: Client) =>
  room.evaluate(({ localParticipant: { sessionId } }) => ({ sessionId }));

/** What media goes over: of the transport to send on, and of that to receive on. */
const selectedPairs = ({ room }: Client) =>
  room.evaluate(async ({ localParticipant, participants }) => {
    const others = [...participants.values()];
    const reports = await Promise.all([
      localParticipant.publications.get("camera")?.getStats(),
      others[0]?.publications.get("camera")?.getStats(),
    ]);
    return reports.flatMap((report) => {
      const stats = new Map(report?.entries());
      return [...stats.values()]
        .filter(({ type }) => type === "transport")
        .map(({ selectedCandidatePairId }) => {
          const pair = stats.get(selectedCandidatePairId);
          return {
            local: String(stats.get(pair.localCandidateId).candidateType),
            bytes: Number(pair.bytesSent) + Number(pair.bytesReceived),
          };
        });
    });
  });

/** Which candidates a browser finds that may only use a relay, and what goes wrong. */
async function gather(server: RTCIceServer) {
  const pc = new RTCPeerConnection({
    iceServers: [server],
    iceTransportPolicy: "relay",
  });
  const types: string[] = [];
  const errors = new Set<number>();
  pc.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate?.type) types.push(candidate.type);
  });
  pc.addEventListener("icecandidateerror", (event) => {
    errors.add((event as RTCPeerConnectionIceErrorEvent).errorCode);
  });
  const gathered = new Promise((resolve) => {
    pc.addEventListener("icegatheringstatechange", () => {
      if (pc.iceGatheringState === "complete") resolve(null);
    });
  });
  pc.createDataChannel("any");
  await pc.setLocalDescription();
  await gathered;
  pc.close();
  return { types: [...new Set(types)], errors: [...errors] };
}
