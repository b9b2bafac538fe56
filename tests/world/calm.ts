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
    const { rooms, people, sfu, service } = this.#world;
    const here = people.filter(({ tab, room, identity }) =>
      tab !== undefined && !service.isBanned(room, identity)
    );
    const stays = here.map((person) => stayOf(person));
    for (const { incidents } of here) incidents.check();
    assert.equal(sfu.underWay, 0, "every call is answered");
    const states = rooms.map((room) =>
      this.#checkRoom(room, stays.filter((stay) => stay.room === room))
    );
    service.check();
    this.#checkSfu(states.filter((state) => state !== undefined));
    this.#world.accepted.length = 0;
  }

  #checkRoom(room: string, stays: readonly Stay[]): RoomState | undefined {
    const { service, sfu, accepted } = this.#world;
    const state = service.room(room)?.dump();
    assert.deepEqual(
      [...state?.sessions.keys() ?? []].sort(),
      stays.map(({ sessionId }) => sessionId).sort(),
      "GR2: the room has whom it should have, and no ghost",
    );
    if (state === undefined) return;
    const told: ParticipantInfo[] = JSON.parse(
      JSON.stringify(participants(state)),
    );
    for (const { producerId, paused } of told.flatMap((one) => one.producers)) {
      const isMuted = sfu.muted.has(producerId);
      assert.equal(paused, isMuted, `MD7: ${producerId} is muted in the SFU`);
    }
    const said = accepted.filter((message) => message.room === room);
    for (const stay of stays) {
      checkStay(stay, told);
      checkMessages(stay, said, service.crashedAt(room));
    }
    if (!service.isUnwatched(room)) this.#checkReports(room);
    assert.equal(state.pending.size, 0, "nothing is pending");
    assert.equal(state.unclosed.length, 0, "all is closed");
    return state;
  }

  /** Nothing is open that nobody owns, and nothing owned that is not open. */
  #checkSfu(rooms: readonly RoomState[]): void {
    const { fake, stuck } = this.#world.sfu;
    const owned = rooms.flatMap(({ owners }) => [...owners.keys()]).sort();
    assert.deepEqual(fake.inventory, owned, "the SFU has what sessions own");
    const routers = rooms.flatMap(({ router }) =>
      router.state === "ready" ? [router.id] : []
    );
    assert.deepEqual(
      [...fake.routers].sort(),
      routers.sort(),
      "no router is left over",
    );
    assert.deepEqual(stuck, [], "MD1: no transport is without its DTLS");
  }

  #checkReports(room: string): void {
    for (const seat of this.#world.refereeOf(room).present) {
      const { id, losses, reports } = seat;
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
