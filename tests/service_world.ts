import assert from "node:assert/strict";
import { type Service, startService } from "../service.ts";
import { readServiceSettings } from "../settings/settings.ts";
import type { JoinResult } from "../protocol/mod.ts";
import { type Answer, ask, resultOf } from "./http/ask.ts";
import { TestClient } from "./http/client.ts";
import { keepingLog } from "./rooms/fakes/log.ts";
import { RouterLink } from "./rooms/fakes/router_link.ts";

/** The service in this process, over real sockets, with a fake of the sidecar. */
export class World implements AsyncDisposable {
  readonly link: RouterLink;
  readonly lines: Record<string, unknown>[];
  readonly service: Service;

  private constructor(
    link: RouterLink,
    lines: Record<string, unknown>[],
    service: Service,
  ) {
    this.link = link;
    this.lines = lines;
    this.service = service;
  }

  static async start(env: Record<string, string> = {}): Promise<World> {
    const read = readServiceSettings({ PORT: "0", ...env });
    assert.ok(read.ok);
    const { log, lines } = keepingLog();
    const link = new RouterLink();
    const { settings } = read;
    const service = await startService({ settings, link, log });
    return new World(link, lines, service);
  }

  connect(room = "r"): Promise<TestClient> {
    const { port } = this.service;
    return TestClient.open(`ws://127.0.0.1:${port}/rooms/${room}/ws`);
  }

  async token(room = "r", identity = "ann"): Promise<string> {
    const { port } = this.service;
    const response = await fetch(
      `http://127.0.0.1:${port}/rooms/${room}/token`,
      { method: "POST", body: JSON.stringify({ identity }) },
    );
    return (await response.json()).token;
  }

  join(client: TestClient, token: string): Promise<Answer<JoinResult>> {
    return ask(client, "join", { token });
  }

  /** Joins with a token of its own. */
  async enter(
    client: TestClient,
    room = "r",
    identity = "ann",
  ): Promise<JoinResult> {
    const token = await this.token(room, identity);
    return resultOf(await this.join(client, token));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.service[Symbol.asyncDispose]();
  }
}
