/** Random lives of a room, played, and what must be true of it when all is quiet. */
import assert from "node:assert/strict";
import type { ParticipantInfo, Policy } from "../../../protocol/mod.ts";
import { participants } from "../../../rooms/core/roster.ts";
import { replicaOf } from "./replica.ts";
import { type Act, canResume } from "./script.ts";
import { World } from "./world.ts";

export const policy: Partial<Policy> = {
  maxParticipants: 6,
  maxTransports: 3,
  maxProducers: 3,
  maxDataProducers: 2,
  maxConsumers: 5,
  maxMessageBytes: 40,
  maxMetadataBytes: 40,
  maxLogEvents: 8,
};

/**
 * Plays a script to its end, or to that of the room.
 *
 * @param before Runs before each act, with its number.
 */
export function play(
  { acts }: { acts: [string, Act][] },
  world: World = new World(policy),
  before: (act: number) => void = () => {},
): World {
  for (const identity of ["identity-1", "identity-2", "identity-3"]) {
    const client = world.join(identity);
    client.resends = true;
    world.publish(client);
    world.openTransport(client, "recv");
  }
  world.answering = false;
  for (const [index, [, act]] of acts.entries()) {
    before(index);
    if (!world.ended) act(world);
  }
  return world;
}

/**
 * Until the SFU has answered everything, every retry has been made, and whoever
 * was lost is back or has been evicted.
 */
export function quiesce(world: World, ms: number): void {
  world.sfuUp();
  world.answerCalls();
  world.answering = true;
  world.clients.forEach((client, index) => {
    const isAway = client.closed !== null || client.deaf;
    if (!isAway || !canResume(client) || index % 2 === 0) return;
    client.deaf = false;
    client.alive = true;
    world.resume(client);
  });
  world.advance(ms);
}

/** Every request is answered, and the SFU has what sessions have. */
export function assertSettled(world: World): void {
  for (const { waiting, closed, identity } of world.clients) {
    const open = closed === null;
    assert.ok(!open || waiting.size === 0, `${identity} waits in vain`);
  }
  const owned = [...world.room.dump().owners.keys()].sort();
  assert.deepEqual(owned, world.sfu.inventory);
}

/** What each client was told of the others is so. */
export function assertRosters(world: World): void {
  const roster: ParticipantInfo[] = JSON.parse(
    JSON.stringify(participants(world.room.dump())),
  );
  for (const client of world.clients) {
    if (client.closed !== null) continue;
    const { sessionId } = client;
    const others = roster.filter((one) => one.sessionId !== sessionId);
    assert.deepEqual(replicaOf(client), others);
  }
}
