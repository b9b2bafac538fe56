/**
 * The virtual Redis against a real one: whatever processes do to their rooms, in
 * whatever order, both answer the same, and know the same afterwards.
 */
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { createHash } from "node:crypto";
import assert from "node:assert/strict";
import type { Redis } from "ioredis";
import {
  connectRedis,
  runScript,
  untilReady,
} from "../../../rooms/hosts/redis/connect.ts";
import * as lua from "../../../rooms/hosts/redis/scripts.ts";
import { keepingLog } from "../../rooms/fakes/log.ts";
import { RedisServer, redisSuite } from "../../rooms/hosts/redis/server.ts";
import { Random } from "../random.ts";
import { Timeline } from "../timeline.ts";
import { type Argument, VirtualRedis } from "./redis.ts";
import type { ScriptName } from "./scripts.ts";

/** Much longer than what is done between two waits, and shorter than each. */
const LEASE_MS = 600;
const WAIT_MS = 900;
const TOLERANCE_MS = 250;
const SEEDS = 12;
const WAITS = 4;
const BETWEEN_WAITS = 12;
const NODES = ["a", "b"];
const ROOMS = ["r", "s"];
const actions = {
  place: 6,
  placeKept: 3,
  renew: 4,
  save: 5,
  release: 2,
  end: 1,
  setAside: 1,
  orphans: 2,
  ownership: 2,
  beat: 2,
  nodes: 2,
  begin: 1,
  forget: 0.4,
} as const;

/** One of the two, with what it has answered so far. */
interface Side {
  run(
    script: ScriptName,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<unknown>;
  forget(keys: readonly string[]): Promise<unknown>;
  /** All that is known under a key, and the seconds for which it is. */
  look(key: string): Promise<unknown[]>;
  /** By node and room, the epoch that was handed out last. */
  readonly epochs: Map<string, string>;
}

const real = (redis: Redis): Side => ({
  epochs: new Map(),
  run: (name, keys, args) => runScript(redis, lua[name], keys, args),
  forget: (keys) => redis.del(...keys),
  look: async (key) => [
    ...await held(redis, key),
    await redis.pttl(key),
  ],
});

/** Sorted: hashes have no order. */
async function held(redis: Redis, key: string): Promise<string[]> {
  switch (await redis.type(key)) {
    case "string":
      return [`${await redis.get(key)}`];
    case "hash":
      return Object.entries(await redis.hgetall(key)).flat().sort();
    case "zset":
      return (await redis.zrange(key, 0, "-1", "WITHSCORES")).sort();
    default:
      return [];
  }
}

function virtual(seed: number): Side {
  const timeline = new Timeline(Date.now());
  const server = new VirtualRedis(timeline, seed);
  const now = () => timeline.now = Date.now();
  return {
    epochs: new Map(),
    run(name, keys, args) {
      now();
      const hash = createHash("sha1").update(lua[name]).digest("hex");
      return Promise.try(() =>
        server.execute("EVALSHA", [hash, keys.length, ...keys, ...args])
      );
    },
    forget: (keys) =>
      Promise.resolve(server.look((space) => {
        for (const key of keys) space.delete(key);
      })),
    look(key) {
      now();
      return Promise.resolve(server.look((space) => [
        ...space.dump(key).sort(),
        space.ttl(key),
      ]));
    },
  };
}

/** What processes do, each time the same for the same seed. */
class Script {
  readonly #random: Random;
  readonly #prefix: string;
  #saves = 0;

  constructor(seed: number) {
    this.#random = new Random(`contract ${seed}`);
    this.#prefix = `t${seed}`;
  }

  get keys(): string[] {
    return [
      ...["rooms", "began", "nodes"].map((name) => this.#key(name)),
      ...ROOMS.map((room) => this.#key(`room:${room}`)),
    ];
  }

  /** For each side the same, but for the epochs that it has handed out. */
  next(): { what: string; on: (side: Side) => Promise<unknown> } {
    const node = this.#random.pick(NODES);
    const room = this.#random.pick(ROOMS);
    const action = this.#random.weighted(actions);
    const count = ++this.#saves;
    return {
      what: `${action} ${node} ${room}`,
      on: (side) => this.#on(side, { action, node, room, count }),
    };
  }

  async #on(
    side: Side,
    { action, node, room, count }: {
      action: keyof typeof actions;
      node: string;
      room: string;
      count: number;
    },
  ): Promise<unknown> {
    const [rooms = "", began = "", nodes = ""] = this.keys;
    const key = this.#key(`room:${room}`);
    const epoch = side.epochs.get(`${node} ${room}`) ?? "1";
    switch (action) {
      case "place":
      case "placeKept": {
        const which = action === "place" ? "any" : "kept";
        const args = [node, LEASE_MS, room, which];
        const answer = await side.run("place", [key, rooms, began], args);
        const [type, given] = Array.isArray(answer) ? answer.map(String) : [];
        if (type === "yours") side.epochs.set(`${node} ${room}`, given ?? "");
        return answer;
      }
      case "renew": {
        const owned = ROOMS.flatMap((name) => [
          name,
          side.epochs.get(`${node} ${name}`) ?? "1",
        ]);
        const keys = [rooms, this.#key("room:")];
        return side.run("renew", keys, [node, LEASE_MS, ...owned]);
      }
      case "save":
        // At times one that comes late.
        return side.run("save", [key], [
          node,
          epoch,
          `kept ${count}`,
          count % 4 === 0 ? count - 6 : count,
        ]);
      case "release":
        return side.run("release", [key, rooms], [node, epoch, room]);
      case "end":
        return side.run("end", [key, rooms], [node, epoch, room, "{}"]);
      case "setAside":
        return side.run("setAside", [key, this.#key("aside")], [
          node,
          epoch,
          100_000,
        ]);
      case "orphans":
        return side.run("orphans", [rooms], [10]);
      case "ownership":
        return side.run("ownership", [key], []);
      case "beat":
        return side.run("beat", [nodes], [node, `{"n":${count}}`, LEASE_MS]);
      case "nodes": {
        const answer = await side.run("nodes", [nodes], []);
        return Array.isArray(answer) ? answer.map(String).sort() : answer;
      }
      case "begin":
        return side.run("begin", [began], []);
      case "forget":
        return side.forget(this.keys).then(() => "forgotten");
    }
  }

  #key(name: string): string {
    return `${this.#prefix}:${name}`;
  }
}

/** An answer, or why there was none; times count from `zero`. */
async function told(
  answer: Promise<unknown>,
  zero: number,
): Promise<readonly (string | number)[]> {
  try {
    const words = [await answer].flat(Infinity).join(" ").split(" ");
    return words.map((word) => {
      if (!/^-?\d+$/.test(word)) return word;
      return Number(word) > 1e12 ? Number(word) - zero : Number(word);
    });
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(`${error}`);
    return [message.replace(/ script: .*$/, "")];
  }
}

function assertSame(
  [actual, expected]: readonly (readonly (string | number)[])[],
  what: string,
): void {
  const isSame = actual?.length === expected?.length &&
    actual?.every((one, index) => isClose(one, expected?.[index]));
  assert.ok(
    isSame,
    `${what}: ${actual?.join(" ")}; it is ${expected?.join(" ")}`,
  );
}

const isClose = (a: string | number, b: string | number | undefined) =>
  typeof a === "number" && typeof b === "number"
    ? Math.abs(a - b) <= TOLERANCE_MS
    : a === b;

describe("the virtual Redis", redisSuite, () => {
  let server: RedisServer;
  let redis: Redis;

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = connectRedis(server, keepingLog().log);
    await untilReady(redis, 5_000);
  });
  afterAll(async () => {
    redis.disconnect();
    await server[Symbol.asyncDispose]();
  });

  async function compare(seed: number): Promise<void> {
    const script = new Script(seed);
    const sides = [virtual(seed), real(redis)];
    const zero = Date.now();
    const story: string[] = [];
    const both = async (what: string, on: (side: Side) => Promise<unknown>) => {
      story.push(what);
      const answers = await Promise.all(
        sides.map((side) => told(on(side), zero)),
      );
      assertSame(answers, `seed ${seed}: ${story.join(", ")}`);
    };
    for (let round = 0; round < WAITS; round++) {
      for (let step = 0; step < BETWEEN_WAITS; step++) {
        const { what, on } = script.next();
        await both(what, on);
      }
      for (const key of script.keys) {
        await both(`look at ${key}`, (side) => side.look(key));
      }
      story.push("wait");
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }

  it("HO7: answers each script as a real one does, and keeps what that keeps", async () => {
    await Promise.all(
      Array.from({ length: SEEDS }, (_, seed) => compare(seed)),
    );
  });
});
