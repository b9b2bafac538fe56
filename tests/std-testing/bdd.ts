/**
 * `describe` and `it` over Deno's own test runner, with the names and the
 * signatures of `jsr:@std/testing/bdd`. A top-level suite is one `Deno.test`,
 * everything nested in it is a step.
 */
import {
  type BoundHook,
  type Hooks,
  type Options,
  register,
  type SuiteNode,
  suiteNode,
} from "./_suite.ts";

type Hook<T> = (this: T) => void | Promise<void>;
type TestFn<T> = (this: T, t: Deno.TestContext) => void | Promise<void>;

/** A handle to a suite, to add tests to it from outside of its function. */
export interface TestSuite<T> {
  symbol: symbol;
  /** Carries the type of `this`; absent at run time. */
  context?: T;
}

export interface DescribeDefinition<T> extends Options {
  name: string;
  fn?: () => void | undefined;
  suite?: TestSuite<T>;
  beforeAll?: Hook<T> | Hook<T>[];
  afterAll?: Hook<T> | Hook<T>[];
  beforeEach?: Hook<T> | Hook<T>[];
  afterEach?: Hook<T> | Hook<T>[];
}

export interface ItDefinition<T> extends Options {
  name: string;
  fn: TestFn<T>;
  suite?: TestSuite<T>;
}

/** Every order in which a definition `D` can be told. */
type Args<T, D extends { fn?: unknown }> =
  | [options: D]
  | [name: string]
  | [name: string, options: Omit<D, "name">]
  | [fn: NonNullable<D["fn"]>]
  | [name: string, fn: NonNullable<D["fn"]>]
  | [name: string, options: Omit<D, "fn" | "name">, fn: NonNullable<D["fn"]>]
  | [options: Omit<D, "fn">, fn: NonNullable<D["fn"]>]
  | [options: Omit<D, "fn" | "name">, fn: NonNullable<D["fn"]>]
  | [suite: TestSuite<T>, name: string]
  | [suite: TestSuite<T>, name: string, options: Omit<D, "name" | "suite">]
  | [suite: TestSuite<T>, fn: NonNullable<D["fn"]>]
  | [suite: TestSuite<T>, name: string, fn: NonNullable<D["fn"]>]
  | [
    suite: TestSuite<T>,
    name: string,
    options: Omit<D, "fn" | "name" | "suite">,
    fn: NonNullable<D["fn"]>,
  ];

export type DescribeArgs<T> = Args<T, DescribeDefinition<T>>;
export type ItArgs<T> = Args<T, ItDefinition<T>>;

const suites = new Map<symbol, SuiteNode>();
let current: SuiteNode | undefined;
/** Made by the first hook that stands outside of every suite. */
let globalSuite: SuiteNode | undefined;

function definition<D extends { name: string; fn?: unknown }>(
  args: readonly unknown[],
): D {
  const merged: Record<string, unknown> = {};
  for (const arg of args) {
    if (typeof arg === "string") merged.name = arg;
    else if (typeof arg === "function") merged.fn = arg;
    else if (isSuite(arg)) merged.suite = arg;
    else Object.assign(merged, arg);
  }
  if (merged.name === undefined && typeof merged.fn === "function") {
    merged.name = merged.fn.name;
  }
  return merged as D;
}

function isSuite(arg: unknown): arg is TestSuite<unknown> {
  return typeof arg === "object" && arg !== null && "symbol" in arg;
}

function parentOf(suite: TestSuite<unknown> | undefined) {
  if (suite === undefined) return current ?? globalSuite;
  const node = suites.get(suite.symbol);
  if (!node) throw new Error("Cannot add to a suite that is not registered");
  return node;
}

function bind<T>(hook: Hook<T>): BoundHook {
  return (context) => hook.call(context as T);
}

/** Registers a group of tests; its function runs at once and is synchronous. */
export function describe<T>(...args: DescribeArgs<T>): TestSuite<T> {
  const {
    name,
    fn,
    suite: parentHandle,
    beforeAll = [],
    afterAll = [],
    beforeEach = [],
    afterEach = [],
    ...options
  } = definition<DescribeDefinition<T>>(args);
  const parent = parentOf(parentHandle);
  const node = suiteNode(name, options);
  const handle: TestSuite<T> = { symbol: Symbol(name) };
  suites.set(handle.symbol, node);
  node.hooks.beforeAll.push(...[beforeAll].flat().map(bind));
  node.hooks.afterAll.push(...[afterAll].flat().map(bind));
  node.hooks.beforeEach.push(...[beforeEach].flat().map(bind));
  node.hooks.afterEach.push(...[afterEach].flat().map(bind));
  if (fn && !options.ignore) collect(node, fn);
  if (parent) parent.children.push(node);
  else register(node);
  return handle;
}

function collect(node: SuiteNode, fn: () => unknown): void {
  const outer = current;
  current = node;
  try {
    if (fn() instanceof Promise) {
      throw new Error(
        `Cannot describe "${node.name}" asynchronously: tests must be defined synchronously`,
      );
    }
  } finally {
    current = outer;
  }
}

/** Registers a test in the suite that is being described, else on its own. */
export function it<T>(...args: ItArgs<T>): void {
  const { name, fn, suite, ...options } = definition<ItDefinition<T>>(args);
  const node = {
    kind: "test" as const,
    name,
    options,
    run: (context: object, t: Deno.TestContext) => fn.call(context as T, t),
  };
  const parent = parentOf(suite);
  if (parent) parent.children.push(node);
  else register(node);
}

describe.only = <T>(...args: DescribeArgs<T>): TestSuite<T> =>
  describe({ ...definition<DescribeDefinition<T>>(args), only: true });
describe.ignore = <T>(...args: DescribeArgs<T>): TestSuite<T> =>
  describe({ ...definition<DescribeDefinition<T>>(args), ignore: true });
describe.skip = describe.ignore;

it.only = <T>(...args: ItArgs<T>): void =>
  it({ ...definition<ItDefinition<T>>(args), only: true });
it.ignore = <T>(...args: ItArgs<T>): void =>
  it({ ...definition<ItDefinition<T>>(args), ignore: true });
it.skip = it.ignore;
it.todo = <T>(...args: ItArgs<T>): void =>
  it({ ...definition<ItDefinition<T>>(args), fn: () => {}, ignore: true });

/** The same as {@linkcode it}. */
export const test: typeof it = it;

function addHook<T>(name: keyof Hooks, hook: Hook<T>): void {
  if (!current && !globalSuite) {
    globalSuite = suiteNode("global", {});
    register(globalSuite);
  }
  (current ?? globalSuite)?.hooks[name].push(bind(hook));
}

/** Runs once, before the first test of the suite. */
export function beforeAll<T>(fn: Hook<T>): void {
  addHook("beforeAll", fn);
}

/** Runs once, after the last test of the suite, also when one failed. */
export function afterAll<T>(fn: Hook<T>): void {
  addHook("afterAll", fn);
}

/** Runs before each test of the suite and of the suites in it. */
export function beforeEach<T>(fn: Hook<T>): void {
  addHook("beforeEach", fn);
}

/** Runs after each test of the suite and of the suites in it. */
export function afterEach<T>(fn: Hook<T>): void {
  addHook("afterEach", fn);
}

/** The same as {@linkcode beforeAll}. */
export const before: typeof beforeAll = beforeAll;
/** The same as {@linkcode afterAll}. */
export const after: typeof afterAll = afterAll;
