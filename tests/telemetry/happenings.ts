/**
 * What there is to be counted, each once.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { RecoveryReport } from "../../protocol/mod.ts";
import { eventually } from "../support/eventually.ts";
import type { Service } from "../support/service.ts";
import { Caller } from "./caller.ts";
import { Exposition } from "./exposition.ts";

const ROOM = "standup";
const WRONG_SECRET = "A".repeat(43);
const report: RecoveryReport = {
  trigger: "socketClosed",
  startedAt: 1_795_176_000_000,
  durationMs: 800,
  signalingMs: 500,
  mediaMs: 700,
  steps: [{ atMs: 500, step: "resumed" }],
  outcome: "recovered",
};

/**
 * Ann sends media and stays; Bob loses his connection, and resumes; Cat loses
 * hers, and is evicted; Dan sends media, and is removed; Eve is not let in.
 */
export async function haveACall(service: Service): Promise<AsyncDisposable> {
  await using open = new AsyncDisposableStack();
  const connect = async () =>
    open.use(await Caller.connect(service.origin, ROOM));
  const enter = async (identity: string) => {
    const caller = await connect();
    const token = await service.token(ROOM, identity);
    return { caller, joined: await caller.join(token) };
  };
  const ann = await enter("ann");
  await ann.caller.produce();
  await comeBack(await enter("bob"), connect);
  await beEvicted(service, (await enter("cat")).caller);
  const dan = await enter("dan");
  // Of calls to the sidecar these are not the first ones of their kind.
  await dan.caller.produce();
  await remove(service, dan.joined.sessionId);
  const { error } = await (await connect()).ask("join", { token: "none" });
  assert.ok(error);
  return open.move();
}

type Guest = {
  readonly caller: Caller;
  readonly joined: Awaited<ReturnType<Caller["join"]>>;
};

async function comeBack(
  { caller, joined: { sessionId, secret, epoch } }: Guest,
  connect: () => Promise<Caller>,
): Promise<void> {
  caller.break();
  const resume = async (secret: string) => {
    const next = await connect();
    const params = { sessionId, secret, epoch, ack: 0 };
    return { next, answer: await next.ask("resume", params) };
  };
  const refused = await resume(WRONG_SECRET);
  assert.ok(refused.answer.error);
  const { next, answer } = await resume(secret);
  assert.ok(answer.result, JSON.stringify(answer.error));
  await next.request("reportRecovery", report);
}

async function beEvicted({ origin }: Service, caller: Caller): Promise<void> {
  caller.break();
  await eventually(async () => {
    const reason = { reason: "networkDisconnect" };
    const metrics = await Exposition.of(origin);
    assert.equal(metrics.value("holdfast_sessions_ended_total", reason), 1);
  });
}

async function remove({ origin }: Service, sessionId: string): Promise<void> {
  const issued = await fetch(`${origin}/admin/token`, { method: "POST" });
  const { token } = await issued.json();
  const path = `/admin/v1/rooms/${ROOM}/participants/${sessionId}`;
  const response = await fetch(`${origin}${path}`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
  assert.ok(response.ok, await response.text());
}
