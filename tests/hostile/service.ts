import assert from "node:assert/strict";
import { signToken } from "../../auth/sign.ts";
import type { JoinResult } from "../../protocol/mod.ts";
import { type Service, startService } from "../../service.ts";
import { readServiceSettings } from "../../settings/settings.ts";
import type { CallOptions, LinkReply } from "../../sfu/link.ts";
import type { SfuMethod, SfuParams } from "../../sfu/methods.ts";
import { type Answer, ask } from "../http/ask.ts";
import { TestClient } from "../http/client.ts";
import { RawPeer } from "../http/raw_peer.ts";
import { FakeSfu } from "../rooms/core/fake_sfu.ts";
import { FakeLink } from "../rooms/fakes/link.ts";
import { keepingLog } from "../rooms/fakes/log.ts";

const TOKEN_TTL_S = 600;
const KEY = { kid: "k1", secret: "a secret of this test with 32 bytes" };

/** A link to a sidecar that does what it is told. */
class AnsweringLink extends FakeLink {
  readonly sfu = new FakeSfu();

  override call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: (reply: LinkReply<M>) => void,
  ): void {
    super.call(method, params, options, reply);
    const sent = this.sent.at(-1);
    queueMicrotask(() => {
      const call = { type: "call", call: 0, method, params } as Parameters<
        FakeSfu["perform"]
      >[0];
      const { reply, events } = this.sfu.perform(call);
      sent?.reply(reply);
      for (const event of events) this.emit(event);
    });
  }
}

/** The real service on real sockets, with a sidecar that is none. */
export class HostileWorld implements AsyncDisposable {
  readonly service: Service;
  /** All that it has logged, at every level. */
  readonly lines: Record<string, unknown>[];

  private constructor(service: Service, lines: Record<string, unknown>[]) {
    this.service = service;
    this.lines = lines;
  }

  static async start(env: Record<string, string> = {}): Promise<HostileWorld> {
    const read = readServiceSettings({
      PORT: "0",
      TOKEN_KEYS: `${KEY.kid}:${KEY.secret}`,
      ...env,
    });
    assert.ok(read.ok, JSON.stringify(read));
    const { log, lines } = keepingLog();
    const { settings } = read;
    const link = new AnsweringLink();
    const service = await startService({ settings, link, log });
    return new HostileWorld(service, lines);
  }

  get port(): number {
    return this.service.port;
  }

  token(identity: string): Promise<string> {
    const secret = new TextEncoder().encode(KEY.secret);
    const claims = { sub: identity, room: "*" };
    return signToken(claims, TOKEN_TTL_S, { key: { kid: KEY.kid, secret } });
  }

  connect(headers: Record<string, string> = {}): Promise<TestClient> {
    const url = `ws://127.0.0.1:${this.port}/rooms/r/ws`;
    return TestClient.open(url, "holdfast.v1", { headers });
  }

  /** A bare connection, upgraded and not joined. */
  raw(): Promise<RawPeer> {
    return RawPeer.upgrade(this.port, "/rooms/r/ws");
  }

  /** What a join is answered on a connection of its own. */
  async join(
    identity: string,
    headers: Record<string, string> = {},
  ): Promise<{ client: TestClient; answer: Answer<JoinResult> }> {
    const client = await this.connect(headers);
    const token = await this.token(identity);
    const answer = await ask(client, "join", { token });
    return { client, answer };
  }

  /** That it still does for others what it is there for. */
  async assertHealthy(): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.port}/readyz`);
    assert.equal(response.status, 200, await response.text());
    const { client, answer } = await this.join("healthy");
    assert.ok(answer.result, JSON.stringify(answer));
    await client[Symbol.asyncDispose]();
    const errors = this.lines.filter(({ level }) => level === "error");
    assert.deepEqual(errors, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
  }
}
