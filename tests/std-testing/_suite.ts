/** What may be set on a suite or a test, as in `Deno.test`. */
export type Options = Omit<Deno.TestDefinition, "name" | "fn">;

/** A hook with its `this` bound to the context it is given. */
export type BoundHook = (context: object) => void | Promise<void>;
type BoundTest = (
  context: object,
  t: Deno.TestContext,
) => void | Promise<void>;

export interface Hooks {
  beforeAll: BoundHook[];
  afterAll: BoundHook[];
  beforeEach: BoundHook[];
  afterEach: BoundHook[];
}

export interface TestNode {
  kind: "test";
  name: string;
  options: Options;
  run: BoundTest;
}

export interface SuiteNode {
  kind: "suite";
  name: string;
  options: Options;
  hooks: Hooks;
  children: Node[];
}

export type Node = SuiteNode | TestNode;

export function suiteNode(name: string, options: Options): SuiteNode {
  const hooks = {
    beforeAll: [],
    afterAll: [],
    beforeEach: [],
    afterEach: [],
  };
  return { kind: "suite", name, options, hooks, children: [] };
}

/** Hands a top-level node to Deno's runner; what is nested becomes its steps. */
export function register(node: Node): void {
  const only = isFocused(node);
  const options = only ? { ...node.options, only } : node.options;
  Deno.test({ ...options, name: node.name, fn: (t) => run(node, {}, t, []) });
}

function isFocused(node: Node): boolean {
  return node.options.only === true ||
    (node.kind === "suite" && node.children.some(isFocused));
}

function run(
  node: Node,
  context: object,
  t: Deno.TestContext,
  chain: SuiteNode[],
): Promise<void> {
  return node.kind === "suite"
    ? runSuite(node, context, t, [...chain, node])
    : runTest(node, context, t, chain);
}

async function runSuite(
  suite: SuiteNode,
  context: object,
  t: Deno.TestContext,
  chain: SuiteNode[],
): Promise<void> {
  try {
    for (const hook of suite.hooks.beforeAll) await hook(context);
    const focused = suite.children.filter(isFocused);
    for (const child of focused.length > 0 ? focused : suite.children) {
      await runStep(child, { ...context }, t, chain);
    }
  } finally {
    for (const hook of suite.hooks.afterAll) await hook(context);
  }
}

async function runStep(
  node: Node,
  context: object,
  t: Deno.TestContext,
  chain: SuiteNode[],
): Promise<void> {
  const { permissions, only: _, ...options } = node.options;
  if (permissions !== undefined) {
    throw new Error(`Cannot set permissions of nested test "${node.name}"`);
  }
  await t.step({
    ...options,
    name: node.name,
    fn: (step) => run(node, context, step, chain),
  });
}

async function runTest(
  test: TestNode,
  context: object,
  t: Deno.TestContext,
  chain: SuiteNode[],
): Promise<void> {
  const [outer, ...inner] = chain;
  if (outer === undefined) return await test.run(context, t);
  try {
    for (const hook of outer.hooks.beforeEach) await hook(context);
    await runTest(test, context, t, inner);
  } finally {
    for (const hook of outer.hooks.afterEach) await hook(context);
  }
}
