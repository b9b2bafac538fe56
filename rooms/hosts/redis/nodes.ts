/**
 * Which processes there are, and what they say of themselves, in Redis.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import * as z from "zod";
import { type RedisConnection, runScript } from "./connect.ts";
import { parseJson } from "./json.ts";
import * as scripts from "./scripts.ts";

/** What a process says of itself. */
export const Node = z.object({
  state: z.enum(["open", "draining", "closing"]),
  rooms: z.int(),
  isFull: z.boolean(),
  /** Where clients reach it and no other. */
  publicUrl: z.string().optional(),
});
export type Node = z.infer<typeof Node>;

/** Where a room is joined by way of that process, if it is reached by itself. */
export const roomUrl = (
  publicUrl: string | undefined,
  room: string,
): string | undefined =>
  publicUrl && `${publicUrl}/rooms/${encodeURIComponent(room)}`;

/** Milliseconds for which a word of a process about itself holds. */
const HOLDS_MS = 5_000;

export class NodeList {
  readonly #redis: RedisConnection;
  readonly #key: string;
  readonly #self: string;

  constructor(redis: RedisConnection, prefix: string, self: string) {
    this.#redis = redis;
    this.#key = `${prefix}:nodes`;
    this.#self = self;
  }

  async sayHello(said: Node, holdsMs = HOLDS_MS): Promise<void> {
    const args = [this.#self, JSON.stringify(said), holdsMs];
    await runScript(this.#redis, scripts.beat, [this.#key], args);
  }

  /** This process is not there any more. */
  async leave(): Promise<void> {
    await this.#redis.hdel(this.#key, this.#self);
  }

  /** All processes that live, this one too. */
  async all(): Promise<Map<string, Node>> {
    const answer = await runScript(this.#redis, scripts.nodes, [this.#key], []);
    const row = Array.isArray(answer)
      ? answer.filter(Buffer.isBuffer).map(String)
      : [];
    const nodes = new Map<string, Node>();
    for (let at = 0; at + 1 < row.length; at += 2) {
      const said = Node.safeParse(parseJson(row[at + 1] ?? ""));
      if (said.success) nodes.set(row[at] ?? "", said.data);
    }
    return nodes;
  }
}
