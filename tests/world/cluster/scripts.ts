/**
 * The scripts of rooms/hosts/redis/scripts.ts as they are, line by line, but for
 * the language: `contract.test.ts` holds them to the real ones.
 */
import { createHash } from "node:crypto";
import * as lua from "../../../rooms/hosts/redis/scripts.ts";
import { type Bytes, bytes, type Keyspace } from "./keyspace.ts";

type Script = (
  space: Keyspace,
  keys: readonly string[],
  args: readonly Bytes[],
) => number | readonly Bytes[];

const FORGET_MS = 3_600_000;

const number = (value: Bytes | undefined): number => Number(value ?? 0);
const textOf = (value: Bytes | undefined): string => value?.toString() ?? "";
const all = (...values: (string | number)[]): Bytes[] => values.map(bytes);
const none: Bytes = bytes("");

const begin: Script = (space, [key = ""]) => {
  if (space.string(key)) return 0;
  space.setString(key, bytes(space.now));
  return 1;
};

const place: Script = (space, [key = "", rooms = "", began = ""], args) => {
  const [owner = none, lease, name, which] = args;
  const { now } = space;
  const room = space.hash(key);
  const left = number(room.get("until")) - now;
  const held = room.get("owner");
  if (held && !held.equals(owner) && left > 0) {
    return [bytes("held"), held, bytes(left)];
  }
  const since = number(space.string(began) ?? bytes(now));
  if (since === now) space.setString(began, bytes(now));
  const young = since + number(lease) - now;
  if (!room.has("epoch") && young > 0) return all("wait", young);
  const kept = room.get("bytes");
  const ended = room.get("ended") ?? none;
  if (textOf(which) === "kept" && !kept) {
    space.zrem(rooms, textOf(name));
    space.expire(key, FORGET_MS);
    return [bytes("none"), ended];
  }
  const epoch = Math.max(now, number(room.get("epoch")) + 1);
  const over = now + number(lease);
  space.hset(key, { owner, epoch: bytes(epoch), until: bytes(over) });
  space.hdel(key, "saved");
  space.persist(key);
  space.zadd(rooms, over, textOf(name));
  return [bytes("yours"), bytes(epoch), kept ?? none, ended];
};

const renew: Script = (space, [rooms = "", prefix = ""], args) => {
  const [owner = none, lease, ...owned] = args;
  const over = space.now + number(lease);
  const lost: Bytes[] = [];
  const anew: Bytes[] = [];
  for (let at = 0; at + 1 < owned.length; at += 2) {
    const [name = none, mine = none] = owned.slice(at, at + 2);
    const key = prefix + name;
    const room = space.hash(key);
    const epoch = number(room.get("epoch"));
    const isOthers = !room.get("owner")?.equals(owner);
    if (epoch > number(mine) || (epoch === number(mine) && isOthers)) {
      lost.push(name);
      continue;
    }
    space.hset(key, { owner, epoch: mine, until: bytes(over) });
    space.persist(key);
    space.zadd(rooms, over, textOf(name));
    if (epoch >= number(mine)) continue;
    space.hdel(key, "saved");
    anew.push(name);
  }
  return [...lost, bytes("/"), ...anew];
};

function assertMine(
  space: Keyspace,
  key: string,
  [owner = none, epoch = none]: readonly Bytes[],
): void {
  const room = space.hash(key);
  if (room.get("owner")?.equals(owner) && room.get("epoch")?.equals(epoch)) {
    return;
  }
  throw new Error("FENCED The room belongs to somebody else");
}

const save: Script = (space, [key = ""], args) => {
  assertMine(space, key, args);
  const [, , kept = none, count = none] = args;
  if (number(count) <= number(space.hash(key).get("saved"))) return 0;
  space.hset(key, { bytes: kept, saved: count });
  space.hdel(key, "ended");
  return 1;
};

const release: Script = (space, [key = "", rooms = ""], args) => {
  assertMine(space, key, args);
  const name = textOf(args[2]);
  space.hset(key, { until: bytes(0) });
  if (space.hash(key).has("bytes")) space.zadd(rooms, 0, name);
  else {
    space.zrem(rooms, name);
    space.expire(key, FORGET_MS);
  }
  return 1;
};

const end: Script = (space, [key = "", rooms = ""], args) => {
  assertMine(space, key, args);
  space.hdel(key, "owner", "until", "bytes", "saved");
  space.hset(key, { ended: args[3] ?? none });
  space.expire(key, FORGET_MS);
  space.zrem(rooms, textOf(args[2]));
  return 1;
};

const setAside: Script = (space, [key = "", aside = ""], args) => {
  assertMine(space, key, args);
  const kept = space.hash(key).get("bytes");
  if (!kept) return 0;
  space.setString(aside, kept, number(args[2]));
  space.hdel(key, "bytes");
  return 1;
};

const orphans: Script = (space, [rooms = ""], [limit]) =>
  space.zset(rooms)
    .filter(([, score]) => score <= space.now)
    .slice(0, number(limit))
    .map(([name]) => bytes(name));

const ownership: Script = (space, [key = ""]) => {
  const room = space.hash(key);
  const left = number(room.get("until")) - space.now;
  const [epoch, owner] = [room.get("epoch"), room.get("owner")];
  if (!epoch) return [];
  return owner && left > 0 ? [epoch, owner] : [epoch];
};

const beat: Script = (space, [nodes = ""], [node, said, holds]) => {
  const over = space.now + number(holds);
  space.hset(nodes, { [textOf(node)]: bytes(`${over} ${said}`) });
  return 1;
};

const nodes: Script = (space, [key = ""]) => {
  const live: Bytes[] = [];
  for (const [node, text] of space.hash(key)) {
    const [, over, said = ""] = /^(\d+) (.*)$/.exec(textOf(text)) ?? [];
    if (Number(over) > space.now) live.push(...all(node, said));
    else space.hdel(key, node);
  }
  return live;
};

const known = {
  begin,
  place,
  renew,
  save,
  release,
  end,
  setAside,
  orphans,
  ownership,
  beat,
  nodes,
} satisfies Record<Exclude<keyof typeof lua, "isFenced">, Script>;

export type ScriptName = keyof typeof known;

const hashOf = (text: string): string =>
  createHash("sha1").update(text).digest("hex");

const names = new Map(
  Object.entries(lua).flatMap(([name, text]) =>
    typeof text === "string" ? [[hashOf(text), name as ScriptName]] : []
  ),
);

/** Of a script, by its hash, as `EVALSHA` has it. */
export function scriptOf(hash: string): ScriptName {
  const name = names.get(hash);
  if (name === undefined) throw new Error(`Cannot run ${hash}: it is unknown`);
  return name;
}

/** Takes whoever wants to keep a room for its owner. */
export function assume(
  space: Keyspace,
  name: ScriptName,
  [key = ""]: readonly string[],
  [owner = none, epoch = none]: readonly Bytes[],
): void {
  if (name === "save") space.hset(key, { owner, epoch });
}

export const runScript = (
  name: ScriptName,
  ...[space, keys, args]: Parameters<Script>
): ReturnType<Script> => known[name](space, keys, args);
