/**
 * Spies and stubs with the names and the signatures of `jsr:@std/testing/mock`,
 * as far as these tests use them.
 */
import { AssertionError, deepStrictEqual } from "node:assert/strict";

/** An error related to spying on or stubbing a function. */
export class MockError extends Error {
  override name = "MockError";
}

/** One call as it was made. */
export interface SpyCall<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> {
  args: Args;
  returned?: Return;
  error?: Error;
  self?: Self;
}

/** A function that records its calls. */
export interface Spy<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> extends Disposable {
  (this: Self, ...args: Args): Return;
  original: (this: Self, ...args: Args) => Return;
  calls: SpyCall<Self, Args, Return>[];
  restored: boolean;
  /** Puts the original method back; an error for a bare function. */
  restore(): void;
}

/** A method that is replaced and records its calls. */
export interface Stub<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> extends Spy<Self, Args, Return> {
  fake: (this: Self, ...args: Args) => Return;
}

type MethodArgs<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: infer A) => unknown ? A : never;
type MethodReturn<Self, Prop extends keyof Self> = Self[Prop] extends
  (...args: never[]) => infer R ? R : never;
type Method<Self, Prop extends keyof Self> = (
  this: Self,
  ...args: MethodArgs<Self, Prop>
) => MethodReturn<Self, Prop>;

function record<Self, Args extends unknown[], Return>(
  original: (this: Self, ...args: Args) => Return,
  run: (this: Self, ...args: Args) => Return,
  putBack: () => void,
): Spy<Self, Args, Return> {
  const calls: SpyCall<Self, Args, Return>[] = [];
  function spied(this: Self, ...args: Args): Return {
    const call: SpyCall<Self, Args, Return> = { args };
    if (this) call.self = this;
    calls.push(call);
    try {
      return call.returned = run.apply(this, args);
    } catch (error) {
      call.error = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }
  return Object.assign(spied, {
    original,
    calls,
    restored: false,
    restore(this: { restored: boolean }) {
      putBack();
      this.restored = true;
    },
    [Symbol.dispose](this: { restored: boolean; restore(): void }) {
      if (!this.restored) this.restore();
    },
  });
}

function recordMethod<Self extends object, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  run?: Method<Self, Prop>,
): Spy<Self, MethodArgs<Self, Prop>, MethodReturn<Self, Prop>> {
  const original: unknown = self[property];
  if (typeof original !== "function") {
    throw new MockError(
      `Cannot spy: property "${String(property)}" is not a method`,
    );
  }
  const own = Object.getOwnPropertyDescriptor(self, property);
  let restored = false;
  const spied = record(
    original as Method<Self, Prop>,
    run ?? original as Method<Self, Prop>,
    () => {
      if (restored) throw new MockError("Cannot restore: already restored");
      restored = true;
      if (own) Object.defineProperty(self, property, own);
      else delete self[property];
    },
  );
  Object.defineProperty(self, property, {
    value: spied,
    configurable: true,
    enumerable: own?.enumerable ?? false,
    writable: true,
  });
  return spied;
}

function cannotRestore(): never {
  throw new MockError("Cannot restore: a bare function has nothing to restore");
}

/** A spy that returns nothing. */
export function spy<
  Self = unknown,
  Args extends unknown[] = unknown[],
>(): Spy<Self, Args, undefined>;
/** A spy around a function. */
export function spy<Self, Args extends unknown[], Return>(
  func: (this: Self, ...args: Args) => Return,
): Spy<Self, Args, Return>;
/** A spy in the place of a method, which it still calls. */
export function spy<Self extends object, Prop extends keyof Self>(
  self: Self,
  property: Prop,
): Spy<Self, MethodArgs<Self, Prop>, MethodReturn<Self, Prop>>;
export function spy<Self extends object, Prop extends keyof Self>(
  target?: Self | ((this: unknown, ...args: unknown[]) => unknown),
  property?: Prop,
): unknown {
  if (target === undefined) {
    const nothing = () => undefined;
    return record(nothing, nothing, cannotRestore);
  }
  if (property === undefined) {
    if (typeof target !== "function") {
      throw new MockError("Cannot spy: no method");
    }
    return record(target, target, cannotRestore);
  }
  return recordMethod(target as Self, property);
}

/** Replaces a method until `restore()`; without `func` it returns nothing. */
export function stub<Self extends object, Prop extends keyof Self>(
  self: Self,
  property: Prop,
  func: Method<Self, Prop> = () => undefined as MethodReturn<Self, Prop>,
): Stub<Self, MethodArgs<Self, Prop>, MethodReturn<Self, Prop>> {
  return Object.assign(recordMethod(self, property, func), { fake: func });
}

/** Returns the values one after the other; an error value is thrown. */
export function returnsNext<Return>(
  values: Iterable<Return | Error>,
): (...args: unknown[]) => Return {
  const iterator = values[Symbol.iterator]();
  return () => {
    const { done, value } = iterator.next();
    if (done) throw new MockError("Cannot return next: no value is left");
    if (value instanceof Error) throw value;
    return value;
  };
}

/** As `returnsNext`, with promises. */
export function resolvesNext<Return>(
  values: Iterable<Return | Error | Promise<Return>>,
): (...args: unknown[]) => Promise<Return> {
  const next = returnsNext<Return | Promise<Return>>(values);
  // deno-lint-ignore require-await -- a thrown error becomes a rejection
  return async () => next();
}

function fail(message: string): never {
  throw new AssertionError({ message });
}

/** Fails unless the spy was called exactly so often. */
export function assertSpyCalls<Self, Args extends unknown[], Return>(
  spied: Spy<Self, Args, Return>,
  expectedCalls: number,
): void {
  const actual = spied.calls.length;
  if (actual === expectedCalls) return;
  const last = spied.calls.at(-1)?.error;
  fail(
    `Expected ${expectedCalls} call(s), received ${actual}` +
      (last ? `; the last one threw: ${last.message}` : ""),
  );
}

/** What a call is expected to have been; what is left out is not compared. */
export interface ExpectedSpyCall<
  Self = unknown,
  Args extends unknown[] = unknown[],
  Return = unknown,
> {
  args?: [...Args, ...unknown[]];
  self?: Self;
  returned?: Return;
  error?: {
    Class?: new (...args: never[]) => Error;
    msgIncludes?: string;
  };
}

function callAt<Self, Args extends unknown[], Return>(
  spied: Spy<Self, Args, Return>,
  index: number,
): SpyCall<Self, Args, Return> {
  return spied.calls[index] ??
    fail(`Expected a call ${index}, received ${spied.calls.length} call(s)`);
}

/** Fails unless call `callIndex` was as expected. */
export function assertSpyCall<Self, Args extends unknown[], Return>(
  spied: Spy<Self, Args, Return>,
  callIndex: number,
  expected?: ExpectedSpyCall<Self, Args, Return>,
): void {
  const call = callAt(spied, callIndex);
  if (!expected) return;
  if ("args" in expected) deepStrictEqual(call.args, expected.args);
  if ("self" in expected) deepStrictEqual(call.self, expected.self);
  if ("returned" in expected) deepStrictEqual(call.returned, expected.returned);
  if (expected.error) assertThrown(call.error, expected.error);
}

function assertThrown(
  error: Error | undefined,
  expected: NonNullable<ExpectedSpyCall["error"]>,
): void {
  if (!error) fail("Expected the call to throw");
  const { Class, msgIncludes = "" } = expected;
  if (Class && !(error instanceof Class)) {
    fail(`Expected the call to throw ${Class.name}, received ${String(error)}`);
  }
  if (!error.message.includes(msgIncludes)) {
    fail(`Expected "${error.message}" to include "${msgIncludes}"`);
  }
}

/** Fails unless the argument is as expected, and returns it. */
export function assertSpyCallArg<Self, Args extends unknown[], Return>(
  spied: Spy<Self, Args, Return>,
  callIndex: number,
  argIndex: number,
  expected: unknown,
): unknown {
  const actual = callAt(spied, callIndex).args[argIndex];
  deepStrictEqual(actual, expected);
  return actual;
}

/** Fails unless the arguments are as expected, and returns them. */
export function assertSpyCallArgs<Self, Args extends unknown[], Return>(
  spied: Spy<Self, Args, Return>,
  callIndex: number,
  expected: unknown[],
): Args {
  const { args } = callAt(spied, callIndex);
  deepStrictEqual(args, expected);
  return args;
}
