import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { connectSfu } from "../../../sfu/rpc/connect.ts";
import {
  type RpcServer,
  serve,
  type ServeOptions,
} from "../../../sfu/rpc/serve.ts";
import { eventually } from "../../support/eventually.ts";
import { call, statusOf } from "./_calls.ts";
import { FakeSidecar, SECRET } from "./_sidecar.ts";
import { fakeSidecar } from "./fixtures/handlers.ts";

const host = "127.0.0.1";
const { handlers } = fakeSidecar(() => {});
const file = (name: string) =>
  Deno.readTextFileSync(new URL(`fixtures/tls/${name}`, import.meta.url));
const tls = { key: file("key.pem"), cert: file("cert.pem") };

describe("serve", () => {
  let folder: string;
  let servers: RpcServer[];

  const start = async (options: Partial<ServeOptions>): Promise<RpcServer> => {
    const server = await serve({
      endpoints: [{ host, port: 0 }],
      secret: SECRET,
      handlers,
      ...options,
    });
    servers.push(server);
    return server;
  };
  const reach = async (url: string): Promise<string> => {
    const link = connectSfu({ url, secret: SECRET });
    try {
      return statusOf(await call(link, "getStatus", {}));
    } finally {
      link.close();
    }
  };

  beforeEach(async () => {
    servers = [];
    folder = await Deno.makeTempDir();
  });

  afterEach(async () => {
    for (const server of servers) await server.close();
    await Deno.remove(folder, { recursive: true });
  });

  it("gives addresses that a link can dial, in the order of the endpoints", async () => {
    const path = `${folder}/socket`;
    const { addresses } = await start({
      endpoints: [
        { path },
        { host, port: 0 },
        { host: "::1", port: 0 },
        { host, port: 0, protocol: "http" },
      ],
    });
    equal(addresses[0], `unix://${path}`);
    match(addresses[1] ?? "", /^tcp:\/\/127\.0\.0\.1:\d+$/);
    match(addresses[2] ?? "", /^tcp:\/\/\[::1\]:\d+$/);
    match(addresses[3] ?? "", /^http:\/\/127\.0\.0\.1:\d+$/);
    const reached = await Promise.all(addresses.map(reach));
    deepEqual(reached, ["OK", "OK", "OK", "OK"]);
  });

  const wrong: [what: string, options: Partial<ServeOptions>][] = [
    ["a short secret", { secret: "fifteen letters" }],
    ["no endpoint", { endpoints: [] }],
    ["a window of nothing", { window: 0 }],
    ["an endless window", { window: 65_537 }],
    ["a tiny frame", { maxFrameBytes: 1_023 }],
    ["a negative lease", { leaseMs: -1 }],
  ];
  for (const [what, options] of wrong) {
    it(`refuses ${what}`, async () => {
      await rejects(start(options), TypeError);
    });
  }

  it("a Unix socket is for its owner alone", async () => {
    await start({ endpoints: [{ path: `${folder}/socket` }] });
    const { mode } = await Deno.stat(`${folder}/socket`);
    equal((mode ?? 0) & 0o777, 0o600);
  });

  it("an address that is taken is an error, and nothing is left open", async () => {
    const path = `${folder}/taken`;
    await start({ endpoints: [{ path }] });
    const other = `${folder}/other`;
    const both = start({ endpoints: [{ path: other }, { path }] });
    await rejects(both, { code: "EADDRINUSE" });
    await rejects(Deno.connect({ transport: "unix", path: other }));
    equal(await reach(`unix://${path}`), "OK");
  });

  it("a socket that a crash has left is taken over", async () => {
    const path = `${folder}/left`;
    const first = await FakeSidecar.start({ endpoints: [{ path }] });
    await first.kill();
    equal((await Deno.stat(path)).isSocket, true);
    await using second = await FakeSidecar.start({ endpoints: [{ path }] });
    equal(await reach(second.url), "OK");
  });

  it("a certificate that nobody vouches for is not trusted", async () => {
    const { addresses: [url = ""] } = await start({ tls });
    const log: string[] = [];
    const link = connectSfu({ url, secret: SECRET, log: (it) => log.push(it) });
    await eventually(() => match(log[0] ?? "", /certificate/));
    link.close();
  });

  it("a plain connection to TLS is told to the log, and others come in", async () => {
    const log: string[] = [];
    const { addresses: [url = ""] } = await start({
      tls,
      log: (message) => log.push(message),
    });
    const plain = await Deno.connect({ port: Number(new URL(url).port) });
    await plain.write(new TextEncoder().encode("no TLS at all\n"));
    await eventually(() => match(log[0] ?? "", /^No connection: /));
    plain.close();
    const link = connectSfu({ url, secret: SECRET, ca: file("ca.pem") });
    equal(statusOf(await call(link, "getStatus", {})), "OK");
    link.close();
  });

  it("counts owners, with those that have their lease", async () => {
    const server = await start({});
    equal(server.owners, 0);
    await reach(server.addresses[0] ?? "");
    equal(server.owners, 1);
  });

  it("closing it ends every connection", async () => {
    const server = await start({
      endpoints: [{ host, port: 0 }, { host, port: 0, protocol: "http" }],
    });
    const links = server.addresses.map((url) =>
      connectSfu({ url, secret: SECRET })
    );
    const hanging = links.map((link) =>
      call(link, "createRouter", { label: "hang" })
    );
    await Promise.all(links.map((link) => call(link, "getStatus", {})));
    await server.close();
    const outcomes = (await Promise.all(hanging)).map(statusOf);
    for (const link of links) link.close();
    deepEqual(outcomes, ["UNAVAILABLE", "UNAVAILABLE"]);
  });
});
