import assert from "node:assert/strict";
import type { RecoveryReport } from "../../../client/mod.ts";
import { delay } from "../../support/delay.ts";
import { eventually } from "../../support/eventually.ts";
import type { Client } from "../support/client.ts";
import type { Fault, Host } from "../support/netns_host.ts";
import { tell, tellSteps } from "./account.ts";
import { Keepsake } from "./keepsake.ts";
import { type Told, toldOf } from "./presence.ts";
import type { Scene } from "./scene.ts";

export type Outage = {
  readonly name: string;
  readonly begin: (host: Host) => Promise<Fault>;
  readonly ms: number;
  /** How Bob sees Ann meanwhile. */
  readonly video: "frozen" | "moving" | "either";
};

export type Aftermath = {
  /** Milliseconds since 1970. */
  readonly began: number;
  readonly back: number;
  /** What Bob was told of Ann's presence. */
  readonly told: Told[];
  /** Ann's. */
  readonly reports: RecoveryReport[];
};

/** What is still on its way when a fault begins is shown yet. */
const SETTLED_MS = 1_000;
/** From the network's return to the end of the incident. */
const RECOVERED_MS = 15_000;

/**
 * Lets Ann's machine suffer and recover, holds what Bob sees meanwhile against
 * what he should, and prints how long the recovery took.
 */
export async function suffer(scene: Scene, outage: Outage): Promise<Aftermath> {
  const { host, ann, bob, shownToAnn, shownToBob } = scene;
  const began = Date.now();
  const fault = await outage.begin(host);
  const moved = outage.ms > SETTLED_MS
    ? await framesMeanwhile(bob, began + outage.ms)
    : 0;
  const back = await fault.end();
  if (outage.video === "frozen") assert.equal(moved, 0, "it is not frozen");
  if (outage.video === "moving") assert.ok(moved > 5, `${moved} frames`);

  const within = RECOVERED_MS;
  const onItsWay = outage.ms > SETTLED_MS ? 0 : SETTLED_MS / 2;
  const [seenHere, seenThere] = await Promise.all([
    eventually(() => shownToAnn.firstAfter(back + onItsWay), { within }),
    eventually(() => shownToBob.firstAfter(back + onItsWay), { within }),
  ]);
  const reports = await eventually(() => reportsOf(ann, began), { within });
  const name = outage.name;
  console.log(tell({ fault: name, began, back, reports, seenHere, seenThere }));
  reports.forEach((report) => console.log(tellSteps(report)));
  await Promise.all([ann.sees("bob"), bob.sees("ann")]);
  return { began, back, reports, told: await toldOf(bob, "ann", began) };
}

/** As `suffer`, and everybody has the objects that they had before. */
export async function sufferAndStay(
  scene: Scene,
  outage: Outage,
): Promise<Aftermath> {
  const { ann, bob } = scene;
  const [annKept, bobKept] = [
    await Keepsake.of(bob, "ann"),
    await Keepsake.of(ann, "bob"),
  ];
  const { sessionId } = await ann.room.evaluate(({ localParticipant }) => ({
    sessionId: localParticipant.sessionId,
  }));
  const aftermath = await suffer(scene, outage);
  await eventually(() => {
    const known = reportsAtService(scene, sessionId);
    assert.equal(known, aftermath.reports.length, "reports at the service");
  });
  for (const kept of [annKept, bobKept]) {
    const { participant, publication } = await kept.same();
    assert.deepEqual([participant, publication], [true, true]);
  }
  assert.deepEqual(await ann.others(), ["bob"]);
  assert.deepEqual(await bob.others(), ["ann"]);
  return aftermath;
}

/** Of a client, one a line of the log (RP1). */
function reportsAtService(
  { outside: { service } }: Scene,
  sessionId: string,
): number {
  return service.output.split("\n")
    .filter((line) =>
      / recovery /.test(line) && line.includes(`sessionId=${sessionId}`)
    ).length;
}

async function framesMeanwhile(bob: Client, until: number): Promise<number> {
  await delay(SETTLED_MS);
  const early = await framesOfAnn(bob);
  await delay(Math.max(0, until - Date.now()));
  return await framesOfAnn(bob) - early;
}

async function framesOfAnn(bob: Client): Promise<number> {
  return (await bob.reception("ann", "camera")).framesDecoded;
}

/** @throws {Error} before there is one, and while the room is not connected. */
async function reportsOf(
  client: Client,
  since: number,
): Promise<RecoveryReport[]> {
  const state = await client.room.evaluate(({ state }) => state);
  assert.equal(state, "connected");
  const reports = (await client.recoveries()).filter(({ startedAt }) =>
    startedAt >= since
  );
  assert.ok(reports.length > 0, "there is no report");
  return reports;
}
