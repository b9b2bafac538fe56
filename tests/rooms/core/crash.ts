/** The process of a room is killed, and another one goes on with what was kept. */
import assert from "node:assert/strict";
import { Room } from "../../../rooms/core/room.ts";
import { decode } from "../../../rooms/core/snapshot/decode.ts";
import { restore } from "../../../rooms/core/snapshot/restore.ts";
import type { World } from "./world.ts";

export function crash(
  world: World,
  { kept = world.room.snapshot(), downMs = 1_000 } = {},
): void {
  // Answers of the SFU find nobody.
  for (const call of world.calls.splice(0)) world.sfu.perform(call);
  world.tokens.length = 0;
  for (const { connections } of world.clients) {
    for (const [id, closed] of connections) {
      if (closed === null) connections.set(id, "gone");
    }
  }
  const decoded = decode(kept);
  assert.ok(decoded.ok, decoded.ok ? "" : decoded.reason);
  const { snapshot } = decoded;
  world.now += downMs;
  const state = restore(snapshot, snapshot.epoch + 1, world.now);
  world.room = Room.restore(state);
  world.input({ type: "restored" });
}
