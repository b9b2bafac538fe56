import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import type { Service } from "../support/service.ts";
import { SIDECAR_SECRET, TestSidecar } from "../support/sidecar.ts";
import type { Client } from "./support/client.ts";
import { browserSuite, World } from "./support/world.ts";

/** For two browsers on a machine that has other things to do. */
const WITHIN_MS = 20_000;

describe("a media server that dies in a call", browserSuite, () => {
  const world = new World({ SFU_WORKERS: "2" });

  it(
    "MD9: a worker that is killed: all media is back by itself, under the same tracks, muted as it was",
    world.test(async (stage) => {
      const { service, room } = stage;
      const clients = await stage.joinAll("ann", "bob");
      await call(clients);
      const before = await Promise.all(clients.map(identities));
      const worker = service.workerOf(room);
      const killedAt = Date.now();
      Deno.kill(worker, "SIGKILL");
      await recovered(clients, { killedAt, what: "a worker" });
      assert.notEqual(service.workerOf(room), worker);
      assert.deepEqual(await Promise.all(clients.map(identities)), before);
      await nobodyLeft(clients);
      await bobIsMuted(clients);
    }),
  );

  it(
    "MD9: a sidecar that is killed: the service starts another, and all media is back by itself",
    world.test(async (stage) => {
      const { service, room } = stage;
      const clients = await stage.joinAll("ann", "bob");
      await call(clients);
      const before = await Promise.all(clients.map(identities));
      const killedAt = Date.now();
      Deno.kill(await sidecarOf(service, room), "SIGKILL");
      await recovered(clients, { killedAt, what: "the sidecar" });
      assert.deepEqual(await Promise.all(clients.map(identities)), before);
      await nobodyLeft(clients);
      await bobIsMuted(clients);
    }),
  );
});

/** A world of two sidecars, which its service did not start. */
class TwoSidecars {
  readonly world: World;
  readonly #sidecars: TestSidecar[] = [];

  constructor() {
    const env: Record<string, string> = { SFU_SECRET: SIDECAR_SECRET };
    beforeAll(async () => {
      const start = () => TestSidecar.start();
      this.#sidecars.push(...await Promise.all([start(), start()]));
      env.SFU_URLS = this.#sidecars.map(({ url }) => url).join(",");
    });
    afterAll(async () => {
      for (const sidecar of this.#sidecars) {
        await sidecar[Symbol.asyncDispose]();
      }
    });
    this.world = new World(env);
  }

  /** The one with the room. */
  homeOf(room: string): TestSidecar {
    const home = this.#sidecars.findLast((sidecar) => sidecar.hasHad(room));
    return home ?? assert.fail("no sidecar has the room");
  }
}

describe("one of two sidecars that dies in a call", browserSuite, () => {
  const two = new TwoSidecars();

  it(
    "SF2, MD9: the room moves to the other one at once, and all media is back by itself",
    two.world.test(async (stage) => {
      const clients = await stage.joinAll("ann", "bob");
      await call(clients);
      const before = await Promise.all(clients.map(identities));
      const killedAt = Date.now();
      two.homeOf(stage.room).kill("SIGKILL");
      await recovered(clients, { killedAt, what: "one of two sidecars" });
      assert.deepEqual(await Promise.all(clients.map(identities)), before);
      await nobodyLeft(clients);
      await bobIsMuted(clients);
    }),
  );
});

describe("one of two sidecars whose machine is gone", browserSuite, () => {
  const two = new TwoSidecars();

  it(
    "SF3, MD9: nobody refuses anything, and yet the room moves long before the lease is over",
    two.world.test(async (stage) => {
      const clients = await stage.joinAll("ann", "bob");
      await call(clients);
      const home = two.homeOf(stage.room);
      const killedAt = Date.now();
      await home.killAll("SIGSTOP");
      try {
        await recovered(clients, { killedAt, what: "a machine (stopped)" });
        await nobodyLeft(clients);
      } finally {
        await home.killAll("SIGCONT");
      }
      await eventually(() => assert.ok(home.hasClosedAll(), "it has the room"));
      await bobIsMuted(clients);
    }),
  );
});

describe("a room that is too large for one worker", browserSuite, () => {
  const world = new World({
    SFU_WORKERS: "2",
    SFU_ROOM_CONSUMERS_PER_WORKER: "4",
  });

  it(
    "SF5, MD9: all see and hear each other over both, and again when one of them was killed",
    world.test(async (stage) => {
      const { service, room } = stage;
      const clients = await stage.joinAll("ann", "bob");
      const [ann, bob] = clients;
      await call(clients);
      const eve = await stage.join("eve");
      await eve.publish();
      const all = async () => {
        await Promise.all([eve.sees("ann"), eve.hears("ann"), eve.sees("bob")]);
        await Promise.all([ann.sees("eve"), ann.hears("eve"), bob.sees("eve")]);
      };
      await all();
      const second = /router spread .*pid=(\d+)/.exec(service.output)?.[1];
      assert.ok(second !== undefined, "it was not spread");
      assert.notEqual(Number(second), service.workerOf(room));

      const killedAt = Date.now();
      Deno.kill(Number(second), "SIGKILL");
      await recovered(clients, { killedAt, what: "one of two workers" });
      await all();
      await nobodyLeft([...clients, eve]);
    }),
  );
});

/** Both send, and see each other; Bob is muted. */
async function call([ann, bob]: readonly [Client, Client]): Promise<void> {
  await Promise.all([ann.publish(), bob.publish()]);
  await bob.room.evaluate(({ localParticipant }) =>
    localParticipant.publications.get("microphone")?.mute()
  );
  await Promise.all([ann.sees("bob"), bob.sees("ann"), bob.hears("ann")]);
  for (const { room } of [ann, bob]) await room.evaluate(markObjects);
}

/** So that other objects in their place are noticed. */
function markObjects({ participants }: {
  participants: ReadonlyMap<
    string,
    { publications: ReadonlyMap<string, object> }
  >;
}): void {
  for (const participant of participants.values()) {
    Object.assign(participant, { mark: "the same" });
    for (const publication of participant.publications.values()) {
      Object.assign(publication, { mark: "the same" });
    }
  }
}

/** What must be the same after as it was before. */
const identities = ({ room }: Client) =>
  room.evaluate(({ localParticipant, participants }) => ({
    sessionId: localParticipant.sessionId,
    own: [...localParticipant.publications.keys()].sort(),
    others: [...participants.values()].map((participant) => [
      participant.sessionId,
      "mark" in participant ? participant.mark : "another",
      ...[...participant.publications.values()].map((publication) => [
        publication.key,
        "mark" in publication ? publication.mark : "another",
      ]).sort(),
    ]),
  }));

async function recovered(
  clients: readonly [Client, Client],
  { killedAt, what }: { killedAt: number; what: string },
): Promise<void> {
  const [ann, bob] = clients;
  await Promise.all([framesAgain(ann, "bob"), framesAgain(bob, "ann")]);
  await bob.hears("ann");
  for (const client of clients) {
    const report = await eventually(async () => {
      const reports = await client.recoveries();
      assert.equal(reports.length, 1, `${reports.length} reports`);
      return reports[0];
    }, { within: WITHIN_MS });
    assert.equal(report?.outcome, "recovered");
    assert.equal(report?.signalingMs, 0, "signaling stays");
    const steps = report?.steps.map(({ step }) => step);
    assert.ok(steps?.includes("mediaServerReady"), steps?.join(" "));
    const { trigger, startedAt, durationMs } = report ?? assert.fail();
    console.log(
      `${what} was killed: ${trigger} after ${startedAt - killedAt} ms,`,
      `all media flows ${Math.round(durationMs)} ms later`,
    );
  }
}

/** Over another consumer. */
async function framesAgain(client: Client, identity: string): Promise<void> {
  await client.heard("reconnecting", undefined, { within: WITHIN_MS });
  await client.heard("trackReplaced", "camera", { within: WITHIN_MS });
  await client.sees(identity);
}

async function nobodyLeft(clients: readonly Client[]): Promise<void> {
  const leaving = [
    "participantDisconnected",
    "participantReconnecting",
    "trackUnpublished",
    "disconnected",
  ];
  for (const client of clients) {
    const events = await client.events();
    assert.deepEqual(events.filter(({ event }) => leaving.includes(event)), []);
  }
}

async function bobIsMuted(
  [ann, bob]: readonly [Client, Client],
): Promise<void> {
  assert.equal((await ann.reception("bob", "microphone")).muted, true);
  const { audioEnergy } = await ann.reception("bob", "microphone");
  assert.equal(audioEnergy, 0, "muted, it is heard by nobody");
  await bob.room.evaluate(({ localParticipant }) =>
    localParticipant.publications.get("microphone")?.unmute()
  );
  await ann.hears("bob");
}

/** The parent of the room's worker. */
async function sidecarOf(service: Service, room: string): Promise<number> {
  const worker = service.workerOf(room);
  const status = await Deno.readTextFile(`/proc/${worker}/status`);
  const parent = /^PPid:\s+(\d+)/m.exec(status)?.[1];
  assert.ok(parent !== undefined);
  return Number(parent);
}
