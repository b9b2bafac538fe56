/**
 * The calls of a link that are not answered yet.
 *
 * @module
 */
import { type Backoff, backoffDelay, type Random } from "../../../backoff.ts";
import type { Clock } from "../../../clock.ts";
import type { CallOptions, LinkReply } from "../../link.ts";
import type { SfuMethod, SfuParams } from "../../methods.ts";
import { Deadlines } from "../deadlines.ts";
import { encodeNotification, isLonger } from "../encode.ts";
import { InFlight } from "../in_flight.ts";
import type { RpcStatus } from "../status.ts";
import { type Call, encodeCall, makeCall, type Outcome } from "./call.ts";

/** Where calls go while the link is up. */
export interface Channel {
  readonly writable: boolean;
  readonly window: number;
  readonly maxFrameBytes: number;
  send(frame: string): void;
}

export type CallsOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff: Backoff;
  /** Milliseconds, of calls that name no deadline. */
  readonly deadlineMs: number;
  readonly maxQueued: number;
};

type State =
  | { readonly name: "connecting" }
  | { readonly name: "up"; readonly channel: Channel }
  | { readonly name: "down" }
  | { readonly name: "closed" };

/** Calls on one router that wait until the first of them is tried again. */
type Lane = { calls: Call[]; readonly cancel: () => void };

/**
 * Each call is settled once: by its answer, its deadline, or the loss of the
 * link. Idempotent ones survive a loss, and go first when the link is back.
 */
export class Calls {
  readonly #options: CallsOptions;
  readonly #deadlines: Deadlines<Call>;
  #sent = new InFlight<Call>(1);
  readonly #lanes = new Map<string, Lane>();
  #queue: Call[] = [];
  #state: State = { name: "connecting" };
  #count = 0;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(
      options.clock,
      () => this.#unsettled(),
      (call) => this.#expire(call),
    );
  }

  add<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: (reply: LinkReply<M>) => void,
  ): void {
    const now = this.#options.clock.now();
    const deadline = now + (options.deadlineMs ?? this.#options.deadlineMs);
    const number = ++this.#count;
    let call: Call;
    try {
      call = makeCall(number, method, params, options, deadline, reply);
    } catch {
      const message = "The parameters cannot be written as JSON";
      const refusal = refused("INVALID_ARGUMENT", message);
      return queueMicrotask(() => reply(refusal));
    }
    const refusal = this.#refusal(call, now);
    if (refusal === undefined) this.#place(call, now);
    else queueMicrotask(() => call.settle(refusal));
  }

  up(channel: Channel): void {
    this.#state = { name: "up", channel };
    this.#sent = new InFlight(channel.window);
    this.pump();
  }

  /** What was sent may or may not have been done. */
  down(reason: string): void {
    if (this.#state.name === "closed") return;
    this.#state = { name: "down" };
    const calls = this.#takeAll();
    this.#queue = calls.filter((call) => call.isIdempotent);
    for (const call of calls) {
      if (!call.isIdempotent) call.settle(unavailable(reason));
    }
  }

  close(): void {
    this.#state = { name: "closed" };
    this.#deadlines.stop();
    for (const call of this.#takeAll()) {
      call.settle(unavailable("The link is closed"));
    }
  }

  /** Answers to calls that are settled already come too late, and are dropped. */
  answer(id: number, outcome: Outcome): void {
    const call = this.#sent.get(id);
    if (call === undefined) return;
    this.#sent.delete(id);
    if (!this.#isRetried(call, outcome)) call.settle(outcome);
    this.pump();
  }

  /** Sends what waits, as far as the window and the wire let it. */
  pump(): void {
    if (this.#queue.length === 0) return;
    const now = this.#options.clock.now();
    while (this.#canSend()) {
      const call = this.#queue.shift();
      if (call === undefined) return;
      this.#send(call, now);
    }
  }

  #refusal(call: Call, now: number): Outcome | undefined {
    if (this.#state.name === "closed") return unavailable("The link is closed");
    // Not a number is no time to live either.
    if (!(call.deadline > now)) return late;
    if (this.#state.name === "down" && !call.isIdempotent) {
      return unavailable("The link is down");
    }
    if (this.#waiting() >= this.#options.maxQueued) {
      return refused("RESOURCE_EXHAUSTED", "Too many calls are waiting");
    }
    return undefined;
  }

  #place(call: Call, now: number): void {
    this.#deadlines.watch(call.deadline);
    const lane = this.#lanes.get(call.lane);
    if (lane !== undefined) lane.calls.push(call);
    else if (this.#queue.length === 0 && this.#canSend()) this.#send(call, now);
    else this.#queue.push(call);
  }

  #canSend(): boolean {
    if (this.#state.name !== "up") return false;
    const { channel } = this.#state;
    return !this.#sent.isFull && channel.writable;
  }

  #send(call: Call, now: number): void {
    if (this.#state.name !== "up") return;
    if (call.deadline <= now) return call.settle(late);
    const { channel } = this.#state;
    const frame = encodeCall(call, now);
    if (isLonger(frame, channel.maxFrameBytes)) {
      const message = `The call is larger than ${channel.maxFrameBytes} bytes`;
      const refusal = refused("RESOURCE_EXHAUSTED", message);
      return queueMicrotask(() => call.settle(refusal));
    }
    this.#sent.set(call.number, call);
    channel.send(frame);
  }

  /** Whether it waits for another try, which its deadline must leave time for. */
  #isRetried(call: Call, outcome: Outcome): boolean {
    if (outcome.ok || outcome.status !== "UNAVAILABLE") return false;
    if (!call.isIdempotent) return false;
    const { clock, random, backoff } = this.#options;
    const delay = backoffDelay(backoff, call.attempts++, random);
    if (clock.now() + delay >= call.deadline) return false;
    const lane = this.#lanes.get(call.lane);
    if (lane !== undefined) {
      lane.calls.push(call);
    } else {
      const cancel = clock.after(delay, () => this.#release(call.lane));
      this.#lanes.set(call.lane, { calls: [call], cancel });
    }
    return true;
  }

  #release(name: string): void {
    const lane = this.#lanes.get(name);
    if (lane === undefined) return;
    this.#lanes.delete(name);
    this.#queue = [...this.#queue, ...lane.calls].sort(byNumber);
    this.pump();
  }

  #expire(call: Call): void {
    if (this.#sent.delete(call.number)) this.#sendCancel(call.number);
    else if (!this.#isTaken(call)) return;
    call.settle(late);
    this.pump();
  }

  /** Whether it was waiting, which it is not any more. */
  #isTaken(call: Call): boolean {
    const before = this.#waiting();
    this.#queue = this.#queue.filter((other) => other !== call);
    const lane = this.#lanes.get(call.lane);
    if (lane) lane.calls = lane.calls.filter((other) => other !== call);
    return this.#waiting() < before;
  }

  #sendCancel(id: number): void {
    if (this.#state.name !== "up") return;
    this.#state.channel.send(encodeNotification("cancel", { id }));
  }

  #waiting(): number {
    let count = this.#queue.length;
    for (const { calls } of this.#lanes.values()) count += calls.length;
    return count;
  }

  *#unsettled(): Iterable<Call> {
    yield* this.#sent.values();
    yield* this.#queue;
    for (const { calls } of this.#lanes.values()) yield* calls;
  }

  /** In the order of their making. */
  #takeAll(): Call[] {
    const calls = [...this.#unsettled()].sort(byNumber);
    for (const lane of this.#lanes.values()) lane.cancel();
    this.#lanes.clear();
    this.#sent.clear();
    this.#queue = [];
    return calls;
  }
}

function byNumber(a: Call, b: Call): number {
  return a.number - b.number;
}

function refused(status: RpcStatus, message: string) {
  return { ok: false, status, message } as const;
}

const late = refused("DEADLINE_EXCEEDED", "The deadline has passed");

function unavailable(reason: string) {
  return refused("UNAVAILABLE", reason);
}
