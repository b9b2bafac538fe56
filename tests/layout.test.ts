/** The directions of imports, and what the pure core may not mention. */
import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

/** What code of one layer may import from others, besides from its own. */
const layers: Record<string, readonly string[]> = {
  protocol: [],
  client: ["protocol", "backoff.ts"],
  admin: ["backoff.ts"],
  web: ["admin", "client", "protocol"],
  "sfu/methods.ts": ["protocol"],
  "sfu/rpc/status.ts": ["protocol"],
  // Read by Node too: the sidecar has settings of its own.
  "settings/env.ts": ["settings/misspelt.ts"],
  "settings/misspelt.ts": [],
  setup: ["files.ts"],
  sfu: [
    "sfu/methods.ts",
    "sfu/rpc/status.ts",
    "settings/env.ts",
    "settings/misspelt.ts",
    "setup",
    "protocol",
    "files.ts",
    "backoff.ts",
    "clock.ts",
  ],
  "rooms/core": ["protocol", "sfu/methods.ts", "sfu/rpc/status.ts"],
  rooms: [
    "rooms/core",
    "sfu",
    "sfu/methods.ts",
    "sfu/rpc/status.ts",
    "protocol",
    "clock.ts",
    "database.ts",
    "log.ts",
  ],
  auth: ["rooms", "protocol", "backoff.ts", "log.ts"],
  ice: ["rooms", "protocol"],
  http: ["rooms", "sfu", "sfu/methods.ts", "protocol", "clock.ts", "log.ts"],
  webhooks: ["rooms", "backoff.ts", "clock.ts", "database.ts", "log.ts"],
  settings: [
    "settings/env.ts",
    "auth",
    "http",
    "ice",
    "rooms",
    "sfu",
    "webhooks",
    "protocol",
    "files.ts",
    "log.ts",
  ],
  telemetry: [
    "rooms/core",
    "rooms",
    "sfu/methods.ts",
    "sfu",
    "http",
    "webhooks",
    "protocol",
    "clock.ts",
    "log.ts",
  ],
};

const forbiddenInCore =
  /\b(Deno|Date|performance|setTimeout|setInterval|crypto|Math\.random|console|fetch|await|async|process)\b/;

const SOURCE = /\.tsx?$/;
const IMPORT = /(?:from|import)\s*\(?\s*"(\.[^"]+)"/g;
/** Types are gone when the program runs. */
const TYPE_IMPORT =
  /^(?:im|ex)port (?:type [^;]*?|\{(?:\s*type \w+(?: as \w+)?,?)+\s*\})\s*from\s*"[^"]+";$/gm;
const COMMENT_OR_STRING =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

function* sources(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(new URL(folder, ROOT))) {
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory && entry.name !== "node_modules") {
      yield* sources(`${path}/`);
    } else if (SOURCE.test(entry.name)) yield path;
  }
}

const folders = [
  "admin",
  "protocol",
  "client",
  "web",
  "sfu",
  "rooms",
  "auth",
  "ice",
  "http",
  "webhooks",
  "settings",
  "setup",
  "telemetry",
];
const files = folders.flatMap((name) => [...sources(`${name}/`)]);

const read = (path: string) => Deno.readTextFileSync(new URL(path, ROOT));

const imports = (path: string): string[] => importsIn(read(path), path);

function importsIn(text: string, path: string): string[] {
  const base = new URL(path, ROOT);
  return [...text.matchAll(IMPORT)].map(([_, specifier = ""]) =>
    new URL(specifier, base).href.slice(ROOT.href.length)
  );
}

const valueImports = (path: string): string[] =>
  importsIn(read(path).replaceAll(TYPE_IMPORT, ""), path);

function assertNoCircle(
  paths: readonly string[],
  importsOf: (path: string) => string[],
): void {
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]) => {
    const circle = [...way.slice(way.indexOf(path)), path].join(" -> ");
    assert.ok(!way.includes(path), circle);
    if (done.has(path) || !SOURCE.test(path)) return;
    for (const next of importsOf(path)) visit(next, [...way, path]);
    done.add(path);
  };
  for (const path of paths) visit(path, []);
}

/** The layer of a file: the file itself, or the innermost folder that is one. */
function layerOf(path: string): string {
  if (path in layers || !path.includes("/")) return path;
  return layerOf(path.slice(0, path.lastIndexOf("/")));
}

describe("the layout", () => {
  for (const [layer, allowed] of Object.entries(layers)) {
    const own = files.filter((path) => layerOf(path) === layer);
    const names = ["itself", ...allowed].join(", ");
    it(`${layer} imports nothing of ours but ${names}`, () => {
      for (const path of own) {
        for (const imported of imports(path)) {
          const target = layerOf(imported);
          const isFine = target === layer || allowed.includes(target);
          assert.ok(isFine, `${path} imports ${imported}`);
        }
      }
    });
  }

  it("no file imports itself by way of others, types apart", () => {
    assertNoCircle(files, valueImports);
  });

  it("nothing imports main", () => {
    for (
      const path of [
        ...files,
        ...sources("tests/"),
        ...sources("tasks/"),
      ]
    ) {
      assert.ok(!imports(path).includes("main.ts"), path);
    }
  });
});

describe("the pure core", () => {
  const core = files.filter((path) => path.startsWith("rooms/core/"));

  it("is found whole", () => {
    for (const path of ["room.ts", "session.ts", "media/producers.ts"]) {
      assert.ok(core.includes(`rooms/core/${path}`), path);
    }
  });

  it("mentions no clock, timer, chance, input or output", () => {
    for (const path of core) assertPure(path);
  });

  it("has no file that knows itself by way of others, be it for types", () => {
    assertNoCircle(core, imports);
  });
});

describe("the pure cores of the client", () => {
  const cores = {
    "signaling/connection.ts": "signaling/race.ts",
    "media/recovery/media_recovery.ts": "media/recovery/judging.ts",
  };
  for (const [path, part] of Object.entries(cores)) {
    it(`${path} mentions no clock, timer, chance, input or output, wherever it reaches`, () => {
      const core = closure(`client/${path}`);
      assert.ok(core.has(`client/${part}`), part);
      for (const path of core) assertPure(path);
    });
  }
});

function assertPure(path: string): void {
  const code = read(path).replaceAll(COMMENT_OR_STRING, "");
  const mention = forbiddenInCore.exec(code)?.[0];
  assert.equal(mention, undefined, `${path} mentions ${mention}`);
}

/** A file with all of ours that it runs, and so on. */
function closure(path: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(path)) return found;
  found.add(path);
  for (const imported of imports(path)) closure(imported, found);
  return found;
}
