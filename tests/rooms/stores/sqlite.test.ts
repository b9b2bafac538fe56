import assert from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openStateFolder } from "../../../rooms/stores/folder.ts";
import { openSqliteSnapshots } from "../../../rooms/stores/sqlite.ts";
import { TempFolder } from "../../support/files.ts";
import { keepingLog } from "../fakes/log.ts";

const SET_ASIDE = "a file cannot be read, and is set aside";

const bytesOf = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, index) => (index * 31 + seed) % 251);

describe("rooms on disk", () => {
  for (const length of [0, 1, 60_000, 60_001, 2_000_000]) {
    it(`come back as they were, of ${length} bytes`, async () => {
      await using folder = await TempFolder.make();
      const path = join(folder.path, "rooms.sqlite");
      const store = openSqliteSnapshots(path);
      await store.save("r", 7, bytesOf(length + 100_000, 1));
      await store.save("r", 7, bytesOf(length, 2));
      store.close();
      const again = openSqliteSnapshots(path);
      const stored = await again.load();
      again.close();
      const [{ room, epoch, bytes } = assert.fail("nothing is there")] = stored;
      assert.deepEqual([stored.length, room, epoch], [1, "r", 7]);
      const expected = bytesOf(length, 2);
      assert.equal(bytes.length, length);
      assert.ok(bytes.every((byte, index) => byte === expected[index]));
    });
  }

  it("are for nobody else to read", async () => {
    await using folder = await TempFolder.make();
    const store = openSqliteSnapshots(join(folder.path, "rooms.sqlite"));
    await store.save("r", 7, bytesOf(3, 1));
    const modes: Record<string, number> = {};
    for await (const { name } of Deno.readDir(folder.path)) {
      const { mode } = await Deno.stat(join(folder.path, name));
      modes[name] = (mode ?? 0) & 0o777;
    }
    store.close();
    const expected = { "rooms.sqlite": 0o600, "rooms.sqlite-wal": 0o600 };
    assert.deepEqual(modes, { ...expected, "rooms.sqlite-shm": 0o600 });
  });

  it("are kept together, of however many rooms, and last as asked last", async () => {
    await using folder = await TempFolder.make();
    const store = openSqliteSnapshots(join(folder.path, "rooms.sqlite"));
    const rooms = Array.from({ length: 150 }, (_, index) => `r${index}`);
    const save = (room: string, seed: number) =>
      store.save(room, 7, bytesOf(30_000, seed));
    await Promise.all([
      ...rooms.map((room) => save(room, 1)),
      ...rooms.map((room) => save(room, 2)),
      ...rooms.slice(100).map((room) => store.remove(room, 7)),
    ]);
    const stored = await store.load();
    store.close();
    assert.equal(stored.length, 100);
    const expected = bytesOf(30_000, 2);
    for (const { bytes } of stored) assert.deepEqual(bytes, expected);
  });

  it("are those of the last epoch, and are forgotten with it", async () => {
    await using folder = await TempFolder.make();
    const store = openSqliteSnapshots(join(folder.path, "rooms.sqlite"));
    await store.save("r", 8, bytesOf(3, 1));
    await assert.rejects(
      store.save("r", 7, bytesOf(3, 2)),
      /a later epoch has it/,
    );
    await store.remove("r", 7);
    assert.equal((await store.load()).length, 1);
    await store.remove("r", 8);
    assert.deepEqual(await store.load(), []);
    store.close();
  });

  it("HO1: are set aside for a person to look at, and not loaded again", async () => {
    await using folder = await TempFolder.make();
    const store = openSqliteSnapshots(join(folder.path, "rooms.sqlite"));
    await store.save("r", 7, bytesOf(70_000, 1));
    for (const stored of await store.load()) await store.setAside(stored);
    assert.deepEqual(await store.load(), []);
    store.close();
  });
});

describe("the folder of a process", () => {
  it("is its own: another process goes without, and says so", async () => {
    await using folder = await TempFolder.make();
    const { log, lines } = keepingLog();
    const first = await openStateFolder(folder.path, log);
    assert.ok(first);
    assert.equal(await openStateFolder(folder.path, log), undefined);
    const { reason } = lines.at(-1) ?? {};
    assert.match(`${reason}`, /another process uses it.* STATE_FOLDER/);
    first[Symbol.dispose]();
    const next = await openStateFolder(folder.path, log);
    assert.ok(next);
    next[Symbol.dispose]();
  });

  it("HO1: opens also where the file of the rooms is broken, which is set aside", async () => {
    await using folder = await TempFolder.make();
    const { log, lines } = keepingLog();
    await Deno.writeTextFile(
      join(folder.path, "rooms.sqlite"),
      "nonsense".repeat(999),
    );
    const state = await openStateFolder(folder.path, log);
    assert.ok(state);
    assert.deepEqual(await state.snapshots.load(), []);
    state[Symbol.dispose]();
    assert.equal(lines[0]?.message, SET_ASIDE);
    const left = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
    assert.ok(left.some((name) => name.startsWith("rooms.sqlite.broken-")));
  });

  // Roots of the table, of its index, and of a row that goes on elsewhere.
  for (const page of [1, 2, 9]) {
    it(`HO1: opens also where page ${page} of that file is rotten, and keeps rooms again`, async () => {
      await using folder = await TempFolder.make();
      const { log, lines } = keepingLog();
      const path = join(folder.path, "rooms.sqlite");
      await keep(path, 3);
      const file = await Deno.readFile(path);
      await Deno.writeFile(
        path,
        file.fill(255, 4_096 * page, 4_096 * page + 40),
      );
      const state = await openStateFolder(folder.path, log);
      assert.ok(state);
      assert.deepEqual(await state.snapshots.load(), []);
      await state.snapshots.save("r", 7, bytesOf(3, 1));
      state[Symbol.dispose]();
      assert.equal(lines[0]?.message, SET_ASIDE);
    });
  }

  it("HO1: opens also where a later version has written that file, which is set aside", async () => {
    await using folder = await TempFolder.make();
    const { log, lines } = keepingLog();
    const database = new DatabaseSync(join(folder.path, "rooms.sqlite"));
    database.exec("PRAGMA user_version = 1; CREATE TABLE rooms (name TEXT)");
    database.close();
    const state = await openStateFolder(folder.path, log);
    assert.ok(state);
    state[Symbol.dispose]();
    assert.equal(lines[0]?.message, SET_ASIDE);
    assert.match(String(lines[0]?.error), /of version 1/);
  });

  it("HO1: leaves the file where it is if another program has it, goes without, and has it the next time", async () => {
    await using folder = await TempFolder.make();
    const { log, lines } = keepingLog();
    const path = join(folder.path, "rooms.sqlite");
    await keep(path, 3);
    const other = new DatabaseSync(path);
    other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE");
    other.exec("CREATE TABLE other (a TEXT)");
    assert.equal(await openStateFolder(folder.path, log), undefined);
    assert.match(String(lines.at(-1)?.reason), /another program uses it/);
    other.exec("ROLLBACK");
    other.close();
    const state = await openStateFolder(folder.path, log);
    assert.equal((await state?.snapshots.load())?.length, 3);
    state?.[Symbol.dispose]();
  });
});

async function keep(path: string, rooms: number): Promise<void> {
  const store = openSqliteSnapshots(path);
  for (let index = 0; index < rooms; index += 1) {
    await store.save(`r${index}`, 7, bytesOf(20_000, index));
  }
  store.close();
}
