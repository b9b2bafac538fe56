/** Random lives of a room, written so that a counterexample can be read. */
import fc from "fast-check";
import { Grants, type Method } from "../../../protocol/mod.ts";
import type { AdminCommand } from "../../../rooms/core/input.ts";
import { Room } from "../../../rooms/core/room.ts";
import type { RpcStatus } from "../../../sfu/rpc/status.ts";
import type { Client } from "./client.ts";
import { paramsFor, pick } from "./script_params.ts";
import type { World } from "./world.ts";

export type Act = (world: World) => void;

const withClient =
  (seed: number, act: (client: Client, world: World) => void): Act =>
  (
    world,
  ) => {
    const open = world.clients.filter(({ closed }) => closed === null);
    const client = pick(open, seed);
    if (client) act(client, world);
  };

/** Nobody says more before the first message is answered. */
const withSpeaker = (
  seed: number,
  act: (client: Client, world: World) => void,
): Act =>
  withClient(seed, (client, world) => {
    const methods = [...client.waiting.values()].map(({ method }) => method);
    if (!methods.includes("resume")) act(client, world);
  });

const request = (method: Method, seed: number): Act =>
  withSpeaker(seed, (client, world) => {
    // No client asks for more before it has its answers (RS6).
    if (client.waiting.size >= 20) return;
    client.ask(method, paramsFor(method, client, world, seed >> 3));
  });

const collapse = (seed: number): Act => (world) => {
  const ids = [...world.sfu.open.keys()].filter((id) =>
    !id.startsWith("transport-")
  );
  const id = pick(ids, seed);
  if (id) world.collapse(id);
};

const seed = fc.nat(0xffff);
const building: Method[] = [
  "createWebRtcTransport",
  "produce",
  "consume",
  "consume",
  "consume",
  "produceData",
  "produceData",
  "consumeData",
  "consumeData",
];
const others: Method[] = [
  "join",
  "leave",
  "refreshToken",
  "updateMetadata",
  "sendMessage",
  "connectWebRtcTransport",
  "restartIce",
  "closeTransport",
  "pauseProducer",
  "resumeProducer",
  "closeProducer",
  "pauseConsumer",
  "resumeConsumer",
  "closeConsumer",
  "setConsumerPreferredLayers",
  "setConsumerPriority",
  "requestConsumerKeyFrame",
  "closeDataProducer",
  "closeDataConsumer",
  "reportMediaState",
  "reportRecovery",
];
const failures: RpcStatus[] = [
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "INVALID_ARGUMENT",
  "INTERNAL",
];

/** Acts by a name, so that a counterexample can be read. */
const act: fc.Arbitrary<[name: string, act: Act]> = fc.oneof(
  { weight: 4, arbitrary: fc.nat(9).map(knock) },
  {
    weight: 40,
    arbitrary: fc.tuple(fc.constantFrom(...building), seed).map(ask),
  },
  {
    weight: 25,
    arbitrary: fc.tuple(fc.constantFrom(...others), seed).map(ask),
  },
  { weight: 15, arbitrary: seed.map((ms) => wait(ms % 3_000)) },
  { weight: 30, arbitrary: fc.constant(named("answer", answer)) },
  { weight: 10, arbitrary: fc.constant(named("answer all", answerAll)) },
  {
    weight: 5,
    arbitrary: fc.constantFrom(...failures).map((status) =>
      named(`fail ${status}`, (world) => answer(world, status))
    ),
  },
  { weight: 6, arbitrary: fc.tuple(fc.string(), seed).map(garbage) },
  { weight: 1, arbitrary: seed.map((n) => hangUp([true, n])) },
  { weight: 6, arbitrary: seed.map((n) => hangUp([false, n])) },
  { weight: 3, arbitrary: seed.map(fallSilent) },
  { weight: 6, arbitrary: seed.map(goDeaf) },
  { weight: 14, arbitrary: seed.map(comeBack) },
  { weight: 2, arbitrary: seed.map(tryToResume) },
  { weight: 1, arbitrary: seed.map(oversleep) },
  { weight: 12, arbitrary: seed.map(changeTransport) },
  {
    weight: 4,
    arbitrary: seed.map((n) => named(`collapse ${n}`, collapse(n))),
  },
  { weight: 3, arbitrary: fc.constant(named("down", (w) => w.sfuDown())) },
  { weight: 6, arbitrary: fc.constant(named("up", (w) => w.sfuUp())) },
  { weight: 1, arbitrary: seed.map(removal) },
  { weight: 8, arbitrary: seed.map(operate) },
  { weight: 4, arbitrary: seed.map(verify) },
  { weight: 4, arbitrary: fc.constant(named("restore", restore)) },
);

function named(name: string, act: Act): [string, Act] {
  return [name, act];
}

function knock(number: number): [string, Act] {
  return named(`knock ${number}`, (world) => {
    world.knock(`identity-${number}`).resends = true;
  });
}

function ask([method, seed]: [Method, number]): [string, Act] {
  return named(`${method} ${seed}`, request(method, seed));
}

function wait(ms: number): [string, Act] {
  return named(`wait ${ms}`, (world) => world.advance(ms));
}

function answer(world: World, status?: RpcStatus): void {
  const [call] = world.calls;
  if (!call) return;
  // Also such a pause as is made by itself, and so not answered to a client.
  const isClose = call.method.startsWith("close") ||
    call.method === "pauseProducer" || call.method === "claimRouter";
  // Of what is open, no SFU says that there is no such thing to close.
  const isLie = status === "NOT_FOUND" || status === "INVALID_ARGUMENT";
  world.answerCall(isClose && isLie ? undefined : status);
}

function answerAll(world: World): void {
  world.answerCalls();
}

function garbage([text, seed]: [string, number]): [string, Act] {
  return named(
    `garbage ${text}`,
    withSpeaker(seed, (client) => client.sendText(text)),
  );
}

function hangUp([clean, seed]: [boolean, number]): [string, Act] {
  return named(
    `hang up ${seed} ${clean}`,
    withClient(seed, (client) => client.close({ clean })),
  );
}

function fallSilent(seed: number): [string, Act] {
  return named(
    `fall silent ${seed}`,
    withClient(seed, (client) => {
      client.alive = false;
    }),
  );
}

/** What is sent to the client is lost from now on, and what it says as well. */
function goDeaf(seed: number): [string, Act] {
  return named(
    `go deaf ${seed}`,
    withClient(seed, (client) => {
      client.deaf = true;
    }),
  );
}

function comeBack(seed: number): [string, Act] {
  return named(`come back ${seed}`, (world) => {
    const client = pick(world.clients.filter(canResume), seed);
    if (!client) return;
    client.deaf = false;
    client.alive = true;
    world.resume(client);
  });
}

/** Who has come in, and was not sent away. */
export const canResume = ({ closed, secret }: Client): boolean =>
  secret !== "" &&
  (closed === null || closed === "gone" || closed === "timeout");

/** Somebody who does not know the secret. */
function tryToResume(seed: number): [string, Act] {
  return named(`try to resume ${seed}`, (world) => {
    const victim = pick(world.clients, seed);
    if (victim) world.steal(victim, "0".repeat(43));
  });
}

function oversleep(seed: number): [string, Act] {
  return named(`oversleep ${seed}`, (world) => {
    world.now += seed % 60_000;
    world.tick();
  });
}

function changeTransport(seed: number): [string, Act] {
  return named(`change transport ${seed}`, (world) => {
    const ids = [...world.sfu.open.keys()]
      .filter((id) => id.startsWith("transport-"));
    const id = pick(ids, seed);
    if (!id) return;
    world.sfu.received.set(id, seed);
    const ice = pick(
      ["connected", "completed", "disconnected"] as const,
      seed >> 4,
    );
    const isFailed = (seed >> 6) % 8 === 0;
    if (ice) {
      world.transportState(id, ice, isFailed ? "failed" : "connected");
    }
  });
}

function removal(seed: number): [string, Act] {
  return named(`remove ${seed}`, (world) => {
    const sessionId = pick(world.clients, seed)?.sessionId ?? "nobody";
    world.admin({ type: "removeParticipant", sessionId });
  });
}

/** Something that an operator does, mostly to somebody who is here. */
function operate(seed: number): [string, Act] {
  return named(`operate ${seed}`, (world) => {
    const sessionId = pick(world.clients, seed >> 3)?.sessionId ?? "nobody";
    const command = commandFor(sessionId, seed);
    if (command) world.admin(command);
  });
}

function commandFor(
  sessionId: string,
  seed: number,
): AdminCommand | undefined {
  const key = seed % 3 ? "microphone" : `key-${seed % 4}`;
  return pick<AdminCommand>([
    { type: "setMuted", sessionId, key, muted: true },
    { type: "setMuted", sessionId, key, muted: true },
    { type: "setMuted", sessionId, key, muted: false },
    { type: "updateParticipant", sessionId, grants: grantsFor(seed) },
    { type: "updateParticipant", sessionId, name: "renamed" },
    { type: "setPolicy", policy: { maxProducers: 1 + seed % 3 } },
    { type: "moveParticipant", sessionId, room: "lounge", token: "t" },
    { type: "sendMessage", topic: "notice", body: seed },
  ], seed % 8);
}

const grantsFor = (seed: number): Partial<Grants> => ({
  publish: (seed >> 4) % 3 > 0,
  subscribe: (seed >> 5) % 4 > 0,
  sendData: (seed >> 6) % 3 > 0,
});

/** What is known of the oldest token that was sent, or that it is no good. */
function verify(seed: number): [string, Act] {
  return named(`verify ${seed}`, (world) => {
    const { sessionId } = world.tokens[0] ?? {};
    const client = world.clients.find((one) => one.sessionId === sessionId);
    if (!client) return;
    const grants = Grants.parse(grantsFor(seed));
    const expiresAt = world.now + seed;
    const { identity } = client;
    world.verify(
      seed % 3
        ? { ok: true, claims: { identity, grants, expiresAt } }
        : { ok: false, error: "tokenExpired" },
    );
  });
}

function restore(world: World): void {
  world.room = Room.restore(world.room.dump());
}

export const script = fc.array(act, { maxLength: 150, size: "max" }).map((
  acts,
) => ({
  acts,
  toString: () => acts.map(([name]) => name).join("; "),
}));
