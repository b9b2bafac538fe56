/** Operators over HTTP, and participants by the bare protocol. */
import assert from "node:assert/strict";
import { type AdminClient, adminClient, AdminError } from "../admin/client.ts";
import { signToken } from "../auth/sign.ts";
import type { JoinResult } from "../protocol/mod.ts";
import { type Answer, resultOf } from "./http/ask.ts";
import type { TestClient } from "./http/client.ts";
import { World } from "./service_world.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const key = { kid: "k", secret: new TextEncoder().encode(SECRET) };
export const KEYS = { TOKEN_KEYS: `k:${SECRET}` };

type Claims = { room?: string; grants?: { admin: boolean }; ttlS?: number };

export const tokenOf = (
  sub: string,
  { room = "*", ttlS = 60, ...claims }: Claims = {},
) => signToken({ sub, room, ...claims }, ttlS, { key });

/** Somebody in a room. */
class Guest {
  readonly client: TestClient;
  readonly result: JoinResult;

  constructor(client: TestClient, result: JoinResult) {
    this.client = client;
    this.result = result;
  }

  get sessionId(): string {
    return this.result.sessionId;
  }

  /** What comes next of this kind; the rest is passed over. */
  async hears(method: string): Promise<Record<string, unknown>> {
    while (true) {
      const frame = JSON.parse(await this.client.next());
      if (frame.method === method) return frame.params ?? {};
    }
  }
}

/** A service with keys. */
export class AdminStage implements AsyncDisposable {
  readonly world: World;
  readonly #open: AsyncDisposableStack;

  private constructor(world: World, open: AsyncDisposableStack) {
    this.world = world;
    this.#open = open;
  }

  static async start(): Promise<AdminStage> {
    await using open = new AsyncDisposableStack();
    const world = open.use(await World.start(KEYS));
    return new AdminStage(world, open.move());
  }

  get origin(): string {
    return `http://127.0.0.1:${this.world.service.port}`;
  }

  async operator(room = "*"): Promise<AdminClient> {
    const token = await tokenOf("operator", { room, grants: { admin: true } });
    return adminClient({ url: this.origin, token });
  }

  async knock(
    identity: string,
    room = "r",
    token?: string,
  ): Promise<Answer<JoinResult> & { client: TestClient }> {
    const client = this.use(await this.world.connect(room));
    const shown = token ?? await tokenOf(identity);
    return { client, ...await this.world.join(client, shown) };
  }

  async join(identity: string, room?: string, token?: string): Promise<Guest> {
    const { client, ...answer } = await this.knock(identity, room, token);
    return new Guest(client, resultOf(answer));
  }

  /** Ends with the stage. */
  use<T extends AsyncDisposable>(one: T): T {
    return this.#open.use(one);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync();
  }
}

export async function assertRefused(
  answer: Promise<unknown>,
  status: number,
  detail: RegExp,
): Promise<void> {
  await assert.rejects(answer, (error: unknown) => {
    assert.ok(error instanceof AdminError, String(error));
    assert.equal(error.problem.status, status, error.message);
    assert.match(error.message, detail);
    return true;
  });
}

export const pathOf = ({ sessionId }: Guest, room = "r") => ({
  params: { path: { room, sessionId } },
});
export const inRoom = (room = "r") => ({ params: { path: { room } } });
export const PARTICIPANT = "/rooms/{room}/participants/{sessionId}";
