/**
 * The calls of one owner: window, deadlines, cancel, and each key once.
 *
 * @module
 */
import type { Clock } from "../../../clock.ts";
import type { SfuMethod } from "../../methods.ts";
import { check } from "../check.ts";
import { Deadlines } from "../deadlines.ts";
import { errorBody, resultBody } from "../encode.ts";
import { problemOf, type Request } from "../envelope.ts";
import type { Around, Handlers, Owner } from "../handlers.ts";
import { InFlight } from "../in_flight.ts";
import { RpcError } from "../rpc_error.ts";
import { isSfuMethod, table } from "../table.ts";
import { type AnswerLimits, Answers } from "./answers.ts";
import { Call } from "./call.ts";

export type CallsOptions = {
  readonly handlers: Handlers;
  readonly around?: Around;
  readonly clock: Clock;
  /** Calls that may be in flight. */
  readonly window: number;
  /** Milliseconds, of calls that name no deadline. */
  readonly deadlineMs: number;
  readonly answers: AnswerLimits;
  readonly log: (message: string) => void;
};

/** Takes the answer to a request; nobody does while the owner is away. */
export type Reply = (id: number, body: string) => void;

/**
 * Handlers that go on after their deadline or a cancel, as multiples of the
 * window, before nothing new is started.
 */
const MAX_STRAYS = 4;

export class Calls {
  readonly #owner: Owner;
  readonly #options: CallsOptions;
  readonly #byId: InFlight<Call>;
  readonly #byKey = new Map<string, Call>();
  readonly #answers: Answers;
  readonly #deadlines: Deadlines<Call>;
  #handlers = 0;
  #reply: Reply = () => {};

  constructor(owner: Owner, options: CallsOptions) {
    this.#owner = owner;
    this.#options = options;
    this.#byId = new InFlight(options.window);
    this.#answers = new Answers(options.answers, options.clock);
    this.#deadlines = new Deadlines(
      options.clock,
      () => this.#running(),
      (call) =>
        this.#stop(call, "DEADLINE_EXCEEDED", "The deadline has passed"),
    );
  }

  has(id: number): boolean {
    return this.#byId.get(id) !== undefined;
  }

  attach(reply: Reply): void {
    this.#reply = reply;
  }

  /** Keyed calls run on, since they may be asked for again; the others stop. */
  detach(): void {
    this.#reply = () => {};
    for (const call of this.#byId.values()) {
      call.ids = [];
      if (call.idempotencyKey !== undefined) continue;
      this.#stop(call, "UNAVAILABLE", "The connection is gone");
    }
    this.#byId.clear();
  }

  close(): void {
    this.detach();
    this.#deadlines.stop();
    for (const call of this.#byKey.values()) {
      this.#stop(call, "UNAVAILABLE", "The owner is forgotten");
    }
  }

  /** Every start is answered once, unless it is cancelled or the owner leaves. */
  start(request: Request): void {
    const { id, method, params, meta } = request;
    if (!isSfuMethod(method)) {
      return this.#refuse(id, "UNIMPLEMENTED", "There is no such method");
    }
    if (this.#isFull()) {
      return this.#refuse(id, "RESOURCE_EXHAUSTED", "The window is full");
    }
    const key = meta?.idempotencyKey;
    if (key !== undefined && this.#repeat(id, method, key)) return;
    const { clock, deadlineMs } = this.#options;
    const deadline = clock.now() + (meta?.deadlineMs ?? deadlineMs);
    const call = new Call(this.#owner, id, method, meta, deadline);
    this.#byId.set(id, call);
    if (key !== undefined) this.#byKey.set(key, call);
    this.#deadlines.watch(call.deadline);
    this.#execute(method, params, call);
  }

  /** Is not answered: who cancels does not wait. */
  cancel(id: number): void {
    const call = this.#byId.get(id);
    if (call === undefined) return;
    this.#byId.delete(id);
    call.ids = call.ids.filter((other) => other !== id);
    if (call.ids.length > 0) return;
    this.#stop(call, "CANCELLED", "The caller cancelled it");
  }

  /** Some of them twice. */
  *#running(): Iterable<Call> {
    yield* this.#byId.values();
    yield* this.#byKey.values();
  }

  #isFull(): boolean {
    return this.#byId.isFull ||
      this.#handlers >= this.#byId.limit * MAX_STRAYS;
  }

  #refuse(id: number, status: RpcError["status"], message: string): void {
    this.#reply(id, errorBody(status, message));
  }

  /** Whether the key is known, and with it the answer, now or later. */
  #repeat(id: number, method: string, key: string): boolean {
    const running = this.#byKey.get(key);
    if (running !== undefined) {
      if (running.method !== method) {
        this.#refuse(id, "INVALID_ARGUMENT", "The key names another call");
      } else {
        running.ids.push(id);
        this.#byId.set(id, running);
      }
      return true;
    }
    const body = this.#answers.get(key);
    if (body !== undefined) this.#reply(id, body);
    return body !== undefined;
  }

  #execute<M extends SfuMethod>(method: M, params: unknown, call: Call): void {
    const checked = check(table[method].params, params);
    if (!checked.success) {
      const problem = new RpcError(
        "INVALID_ARGUMENT",
        problemOf(checked.error),
      );
      return this.#fail(call, problem);
    }
    this.#handlers++;
    const { handlers, around } = this.#options;
    const run = () => handlers[method](checked.data, call);
    try {
      const result = around === undefined ? run() : around(method, call, run);
      if (!(result instanceof Promise)) {
        return this.#succeed(call, result);
      }
      result.then(
        (value) => this.#succeed(call, value),
        (error) => this.#settleFailed(call, error),
      );
    } catch (error) {
      this.#settleFailed(call, error);
    }
  }

  /** The link checks the result: once, where it arrives. */
  #succeed(call: Call, result: unknown): void {
    this.#handlers--;
    if (call.state === "answered") return;
    try {
      this.#answer(call, resultBody(result));
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #settleFailed(call: Call, error: unknown): void {
    this.#handlers--;
    if (call.state === "running") this.#fail(call, error);
  }

  #fail(call: Call, error: unknown): void {
    if (error instanceof RpcError) {
      const body = errorBody(error.status, error.message);
      return this.#answer(call, body, error.status !== "UNAVAILABLE");
    }
    const detail = error instanceof Error ? error.stack : String(error);
    this.#options.log(`${call.method} failed: ${detail}`);
    this.#answer(call, errorBody("INTERNAL", "The sidecar failed"));
  }

  #stop(call: Call, status: RpcError["status"], message: string): void {
    if (call.state === "answered") return;
    const reason = new RpcError(status, message);
    this.#answer(call, errorBody(status, message), status !== "UNAVAILABLE");
    call.abort(reason);
  }

  /** What was `UNAVAILABLE` is worth another try under the same key. */
  #answer(call: Call, body: string, keep = true): void {
    call.state = "answered";
    const key = call.idempotencyKey;
    if (key !== undefined) {
      this.#byKey.delete(key);
      if (keep) this.#answers.put(key, body);
    }
    for (const id of call.ids) {
      this.#byId.delete(id);
      this.#reply(id, body);
    }
  }
}
