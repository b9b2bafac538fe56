/** What must be so when nothing has been wrong for a while. */
import assert from "node:assert/strict";
import type { ParticipantInfo } from "../../protocol/mod.ts";
import { participants } from "../../rooms/core/roster.ts";
import type { RoomState } from "../../rooms/core/state.ts";
import type { Accepted, Person, Stay } from "./person.ts";
import { plain } from "./replica.ts";
import type { World } from "./world.ts";

export class Calm {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  check(): void {
    const { service, people, sfu } = this.#world;
    const here = people.filter(({ tab }) => tab !== undefined);
    const state = service.room?.dump();
    const sessions = [...state?.sessions.keys() ?? []].sort();
    const stays = here.map((person) => stayOf(person));
    for (const { incidents } of here) incidents.check();
    assert.deepEqual(
      sessions,
      stays.map(({ sessionId }) => sessionId).sort(),
      "GR2: the room has whom it should have, and no ghost",
    );
    assert.equal(sfu.underWay, 0, "every call is answered");
    if (state === undefined) return;
    this.#checkSfu(state);
    const told: ParticipantInfo[] = JSON.parse(
      JSON.stringify(participants(state)),
    );
    for (const { producerId, paused } of told.flatMap((one) => one.producers)) {
      const isMuted = sfu.muted.has(producerId);
      assert.equal(paused, isMuted, `MD7: ${producerId} is muted in the SFU`);
    }
    for (const stay of stays) {
      checkStay(stay, told);
      checkMessages(stay, this.#world.accepted, service.crashedAt);
    }
    this.#world.accepted.length = 0;
    this.#checkReports();
  }

  /** Nothing is open that nobody owns, and nothing owned that is not open. */
  #checkSfu(state: RoomState): void {
    const { fake } = this.#world.sfu;
    const { inventory } = fake;
    const owned = [...state.owners.keys()].sort();
    assert.deepEqual(inventory, owned, "the SFU has what sessions own");
    const router = state.router.state === "ready" ? [state.router.id] : [];
    assert.deepEqual([...fake.routers], router, "no router is left over");
    assert.equal(state.pending.size, 0, "nothing is pending");
    assert.equal(state.unclosed.length, 0, "all is closed");
    const stuck = this.#world.sfu.stuck;
    assert.deepEqual(stuck, [], "MD1: no transport is without its DTLS");
  }

  #checkReports(): void {
    for (const { id, losses, reports } of this.#world.referee.present) {
      assert.equal(reports, losses, `RP1: ${id} has a report of each loss`);
    }
  }
}

function stayOf({ identity, stay }: Person): Stay {
  assert.ok(stay, `${identity} has joined`);
  assert.equal(stay.health, "healthy", `${identity} is connected`);
  return stay;
}

/** Each exactly once: that none comes twice is seen when it comes. */
function checkMessages(
  { sessionId, since, hasJumped, heard }: Stay,
  accepted: readonly Accepted[],
  crashedAt: number,
): void {
  for (const { from, to = sessionId, body, askedAt } of accepted) {
    if (hasJumped || from === sessionId || to !== sessionId) continue;
    // Messages are not kept at once, and so are lost or said again in a crash.
    if (askedAt < since || askedAt <= crashedAt) continue;
    assert.ok(heard.has(body), `RS6: ${sessionId} has heard ${body}`);
  }
  heard.clear();
}

function checkStay(
  { sessionId, replica, app }: Stay,
  told: readonly ParticipantInfo[],
): void {
  const others = told.filter((one) => one.sessionId !== sessionId);
  assert.deepEqual(
    replica.others.map(plain),
    others.map(plain),
    `the roster of ${sessionId}`,
  );
  for (const { state } of others) assert.equal(state, "connected");
  assert.ok(app.isSettled, `${sessionId} publishes and consumes as it wants`);
  const self = told.find((one) => one.sessionId === sessionId);
  const published = [
    ...self?.producers ?? [],
    ...self?.dataProducers ?? [],
  ].map(({ key }) => key).sort();
  assert.deepEqual(published, [...app.wanted.keys()].sort());
  for (const { key, paused } of self?.producers ?? []) {
    const wanted = app.wanted.get(key)?.muted;
    assert.equal(
      paused,
      wanted,
      `MD7: ${key} of ${sessionId} is muted as meant`,
    );
  }
}
