import { Actor } from "../../rooms/actor.ts";
import { Connection } from "../../rooms/connection.ts";
import type { Announcement, Effect } from "../../rooms/core/effect.ts";
import type { Admission, Input } from "../../rooms/core/input.ts";
import { VirtualClock } from "./fakes/clock.ts";
import { claimsOf } from "./fakes/claims.ts";
import { ScriptedCore } from "./fakes/core.ts";
import { FakeLink } from "./fakes/link.ts";
import { keepingLog } from "./fakes/log.ts";
import { FakeSocket } from "./fakes/socket.ts";

export const EPOCH = 7;
export const capabilities = { codecs: [], headerExtensions: [] };
export const createRouter: Effect = {
  type: "call",
  call: 1,
  method: "createRouter",
  params: { label: "r" },
};
export const joined = {
  type: "participantJoined",
  sessionId: "s1",
  identity: "ann",
  name: "Ann",
} as const;
export const admission = {
  method: "join",
  id: 1,
  params: {},
  claims: claimsOf("ann"),
  sessionId: "s1",
  secret: { plain: "plain", hash: "hash" },
  iceServers: { servers: [], renewAt: null },
} satisfies Admission;

export function world(answer?: (input: Input, now: number) => Effect[]) {
  const clock = new VirtualClock();
  const core = new ScriptedCore(answer);
  const link = new FakeLink();
  const { log, lines } = keepingLog();
  const announced: Announcement[] = [];
  let ends = 0;
  const actor = new Actor({
    name: "r",
    epoch: EPOCH,
    core,
    link,
    clock,
    log,
    authenticate: () => Promise.resolve({ ok: true, claims: claimsOf("ann") }),
    iceServersFor: (sessionId, now) => ({
      servers: [{ urls: [`turn:${sessionId}`] }],
      renewAt: now + 1,
    }),
    onAnnouncement: (announcement) => announced.push(announcement),
    onEnd: () => ends++,
  });
  const connect = (id: string, maxBacklogBytes = 1_000) => {
    const socket = new FakeSocket();
    const connection = new Connection(id, socket, { clock, maxBacklogBytes });
    actor.join(connection, admission);
    return { socket, connection };
  };
  const openRouter = (routerId: string) => {
    core.answer = (input) => input.type === "tick" ? [createRouter] : [];
    actor.post({ type: "tick" });
    link.answer("createRouter", { routerId, rtpCapabilities: capabilities });
    core.answer = () => [];
  };
  return {
    clock,
    core,
    link,
    lines,
    announced,
    actor,
    connect,
    openRouter,
    ends: () => ends,
  };
}
