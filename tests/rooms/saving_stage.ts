/** A room that is kept, with a store that is in the hands of the test. */
import { Actor } from "../../rooms/actor.ts";
import { Connection } from "../../rooms/connection.ts";
import type { Effect } from "../../rooms/core/effect.ts";
import { admission } from "./actor_stage.ts";
import { VirtualClock } from "./fakes/clock.ts";
import { claimsOf } from "./fakes/claims.ts";
import { ScriptedCore } from "./fakes/core.ts";
import { FakeLink } from "./fakes/link.ts";
import { keepingLog } from "./fakes/log.ts";
import { FakeSnapshots } from "./fakes/snapshots.ts";
import { FakeSocket } from "./fakes/socket.ts";

export const persist: Effect = { type: "persist" };
export const welcome: Effect[] = [
  { type: "send", connection: "c1", text: "welcome", whenKept: true },
  { type: "send", connection: "c1", text: "event" },
  persist,
];

export function world({ entersWhenKept = false } = {}) {
  const clock = new VirtualClock();
  const core = new ScriptedCore();
  const snapshots = new FakeSnapshots();
  const { log, lines } = keepingLog();
  const actor = new Actor({
    name: "r",
    epoch: 7,
    core,
    link: new FakeLink(),
    clock,
    log,
    snapshots,
    entersWhenKept,
    authenticate: () => Promise.resolve({ ok: true, claims: claimsOf("ann") }),
    iceServersFor: () => ({ servers: [], renewAt: null }),
    onEnd: () => {},
  });
  const socket = new FakeSocket();
  const connection = new Connection("c1", socket, {
    clock,
    maxBacklogBytes: 1_000,
  });
  const enter = () => {
    core.answer = (input) => input.type === "opened" ? welcome : [];
    actor.join(connection, admission);
  };
  const change = () => {
    core.answer = () => [persist];
    actor.post({ type: "tick" });
  };
  return { clock, actor, core, snapshots, socket, lines, enter, change };
}
