import assert from "node:assert/strict";
import {
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
  type ErrorName,
  errorObject,
  type Policy,
  type ResumeParams,
  type ResumeResult,
} from "../../../protocol/mod.ts";
import { backoff } from "../../../client/retry.ts";
import { Connection } from "../../../client/signaling/connection.ts";
import type { ConnectionOptions } from "../../../client/signaling/core.ts";
import type {
  ConnectionEffect,
  ConnectionEvent,
  NetworkHint,
} from "../../../client/signaling/io.ts";
import { joinResult, resumeResult, secretOf } from "../fakes/answers.ts";

export const TIMEOUT_MS = 15_000;
export const GIVE_UP_MS = 60_000;

const usual: ConnectionOptions = {
  join: () => ({ name: "Ann" }),
  timeoutMs: TIMEOUT_MS,
  giveUpAfterMs: GIVE_UP_MS,
  rejoin: false,
  // Full jitter, always in the middle.
  retry: backoff(() => 0.5),
};

export const HOPES: NetworkHint[] = [
  "online",
  "networkChanged",
  "visible",
  "thawed",
  "iceReconnected",
  "retryNow",
];

type Opened = { readonly socket: number; readonly at: number };

/** A connection and its time. */
export class Bench {
  readonly connection: Connection;
  now = 1_000;
  seq = 0;
  /** Every socket it has asked for. */
  readonly opened: Opened[] = [];

  constructor(options: Partial<ConnectionOptions> = {}) {
    this.connection = new Connection({ ...usual, ...options });
  }

  do(event: ConnectionEvent): ConnectionEffect[] {
    const effects = this.connection.handle(event, this.now);
    for (const effect of effects) {
      if (effect.type !== "open") continue;
      this.opened.push({ socket: effect.socket, at: this.now });
    }
    return effects;
  }

  hear(text: string, socket = 1): ConnectionEffect[] {
    return this.do({ type: "received", socket, text });
  }

  ping(socket?: number, params: object = {}): ConnectionEffect[] {
    return this.hear(encodeRequest(9, "ping", params), socket);
  }

  /** Time passes, with a ping each second. */
  keepAlive(ms: number): void {
    const end = this.now + ms;
    while (this.now < end) {
      this.now = Math.min(end, this.now + 1_000);
      this.hear(encodeRequest(1, "ping", {}));
    }
  }

  /** One tick, so much later. */
  after(ms: number): ConnectionEffect[] {
    this.now += ms;
    return this.do({ type: "tick" });
  }

  /** All ticks that become due, each at its time. */
  pass(ms: number): ConnectionEffect[] {
    const end = this.now + ms;
    const effects: ConnectionEffect[] = [];
    for (let due; (due = this.connection.deadline) <= end;) {
      this.now = Math.max(this.now, due);
      effects.push(...this.do({ type: "tick" }));
    }
    this.now = end;
    return effects;
  }

  event(
    method: string,
    params: object,
    seq = ++this.seq,
    socket?: number,
  ): ConnectionEffect[] {
    return this.hear(encodeNotification(method, { seq, ...params }), socket);
  }

  message(seq?: number, socket?: number): ConnectionEffect[] {
    const params = { from: "s", topic: "t", body: 1 };
    return this.event("message", params, seq, socket);
  }

  request(call: number): ConnectionEffect[] {
    const params = { producerId: "p" };
    return this.do({ type: "request", call, method: "pauseProducer", params });
  }

  hint(hint: NetworkHint): ConnectionEffect[] {
    return this.do({ type: "hint", hint });
  }

  open(socket: number): ConnectionEffect[] {
    return this.do({ type: "opened", socket });
  }

  close(socket: number, code = 1006): ConnectionEffect[] {
    return this.do({ type: "closed", socket, code });
  }

  /** Answers a resume. */
  resume(socket: number, more: Partial<ResumeResult> = {}): ConnectionEffect[] {
    const result = resumeResult({ ack: this.seq, attempt: socket }, more);
    return this.hear(encodeResult(1, result), socket);
  }

  /** Refuses a resume, or a join. */
  refuse(
    socket: number,
    error: ErrorName,
    data: { retryAfterMs?: number; reason?: string } = {},
  ): ConnectionEffect[] {
    const refusal = errorObject(error);
    Object.assign(refusal.data, data);
    return this.hear(encodeError(1, refusal), socket);
  }

  /** The fresh socket that was asked for last. */
  get fresh(): number {
    return this.opened.at(-1)?.socket ?? assert.fail("none was asked for");
  }

  static joining(options: Partial<ConnectionOptions> = {}): Bench {
    const bench = new Bench(options);
    bench.do({ type: "start" });
    bench.do({ type: "authorized", token: "secret" });
    bench.do({ type: "opened", socket: 1 });
    return bench;
  }

  static joined(
    options: Partial<ConnectionOptions> = {},
    policy: Partial<Policy> = {},
  ): Bench {
    const bench = Bench.joining(options);
    const result = joinResult();
    const own = { ...result, policy: { ...result.policy, ...policy } };
    bench.hear(encodeResult(1, own));
    return bench;
  }

  /** With a fresh socket on its way, and the old one silent. */
  static suspecting(
    options: Partial<ConnectionOptions> = {},
    policy: Partial<Policy> = {},
  ): Bench {
    const bench = Bench.joined(options, policy);
    bench.pass(2_000);
    return bench;
  }

  /** With a fresh socket on its way, and the old one gone. */
  static lost(
    options: Partial<ConnectionOptions> = {},
    policy: Partial<Policy> = {},
  ): Bench {
    const bench = Bench.joined(options, policy);
    bench.close(1);
    return bench;
  }

  /** Whose resume has been sent on socket 2. */
  static asking(...args: Parameters<typeof Bench.lost>): Bench {
    const bench = Bench.lost(...args);
    bench.open(2);
    return bench;
  }

  /** When fresh sockets were asked for, in milliseconds since `from`. */
  triedAfter(from: number): number[] {
    return this.opened.slice(1).map(({ at }) => at - from);
  }
}

export const types = (effects: ConnectionEffect[]) =>
  effects.map(({ type }) => type);

export const only = <T extends ConnectionEffect["type"]>(
  effects: ConnectionEffect[],
  type: T,
) =>
  effects.filter((effect): effect is Extract<ConnectionEffect, { type: T }> =>
    effect.type === type
  );

export function ending(effects: ConnectionEffect[]) {
  for (const effect of effects) {
    if (effect.type === "ended") {
      return { reason: effect.ending.reason, code: effect.ending.error?.code };
    }
    if (effect.type === "refused") return { code: effect.error.code };
  }
  assert.fail(`no end in ${types(effects)}`);
}

export const closes = (effects: ConnectionEffect[]) =>
  effects.flatMap((effect) => effect.type === "close" ? [effect.code] : []);

export function sent(effects: ConnectionEffect[]): unknown[] {
  return effects.flatMap((effect) =>
    effect.type === "send" ? [JSON.parse(effect.text)] : []
  );
}

export function paramsOf(frame: unknown): unknown {
  assert.ok(typeof frame === "object" && frame !== null && "params" in frame);
  return frame.params;
}

/** What the first resume of a session shows that has heard no event. */
export const resumeParams = (
  more: Partial<ResumeParams> = {},
): ResumeParams => ({
  sessionId: "s-ann",
  secret: secretOf(0),
  epoch: 1,
  ack: 0,
  attempt: 1,
  ...more,
});

export function idOf(frame: unknown): unknown {
  assert.ok(typeof frame === "object" && frame !== null && "id" in frame);
  return frame.id;
}
