import assert from "node:assert/strict";
import { Hono } from "hono";
import { describe, it } from "@std/testing/bdd";
import {
  type Client,
  type ClientOptions,
  clientTeller,
} from "../../http/client_address.ts";
import { parseNetworks } from "../../http/address.ts";

const PROXY = "10.0.0.1";
const CLIENT = "192.0.2.1";

const networks = (...texts: string[]) =>
  parseNetworks(texts) ?? assert.fail("no networks");

/** What is taken for the client of a request from `peer`. */
async function ask(
  peer: string | undefined,
  headers: Record<string, string>,
  options: Partial<ClientOptions> = {},
): Promise<Client> {
  const clientOf = clientTeller({
    peerOf: () => peer,
    isProxy: networks("10.0.0.0/8", "2001:db8:1::/48"),
    header: "x-forwarded-for",
    isUnlimited: networks("127.0.0.0/8", "::1"),
    onStrayProxy() {},
    ...options,
  });
  const app = new Hono().get("/", (c) => c.json(clientOf(c)));
  const response = await app.request("/", { headers });
  return await response.json();
}

const siteOf = async (...asked: Parameters<typeof ask>) =>
  (await ask(...asked)).site;

describe("the address of a client", () => {
  it("is the peer's own, whatever it writes into its headers", async () => {
    for (const name of ["x-forwarded-for", "forwarded", "x-real-ip"]) {
      const headers = { [name]: "127.0.0.1" };
      assert.equal(await siteOf(CLIENT, headers), CLIENT);
    }
  });

  it("is what a trusted proxy says", async () => {
    const headers = { "x-forwarded-for": CLIENT };
    assert.equal(await siteOf(PROXY, headers), CLIENT);
    assert.equal(await siteOf("::ffff:10.0.0.1", headers), CLIENT);
  });

  it("is the last one that is no proxy, so that nothing before it can lie", async () => {
    const headers = {
      "x-forwarded-for": `127.0.0.1, 198.51.100.9, ${CLIENT}, 10.0.0.2`,
    };
    assert.equal(await siteOf(PROXY, headers), CLIENT);
  });

  it("is the last proxy's where no client is named", async () => {
    assert.equal(await siteOf(PROXY, {}), PROXY);
    const headers = { "x-forwarded-for": "127.0.0.1, unknown" };
    assert.equal(await siteOf(PROXY, headers), PROXY);
    const proxies = { "x-forwarded-for": "10.0.0.3, 10.0.0.2" };
    assert.equal(await siteOf(PROXY, proxies), "10.0.0.3");
  });

  it("is read from the header that the proxy writes, and from no other", async () => {
    const headers = {
      "x-forwarded-for": "127.0.0.1",
      "forwarded": 'for="[2001:DB8:2::1]:4711";proto=https, for=10.0.0.2',
    };
    const forwarded = await ask(PROXY, headers, { header: "forwarded" });
    assert.equal(forwarded.site, "2001:db8:2:0::/64");
    const { forwarded: _, ...other } = headers;
    assert.equal(await siteOf(PROXY, other, { header: "forwarded" }), PROXY);
  });

  it("is not limited where the operator says so, and only there", async () => {
    assert.equal(await siteOf("127.0.0.1", {}), undefined);
    assert.equal(await siteOf("::1", {}), undefined);
    const headers = { "x-forwarded-for": CLIENT };
    assert.equal(await siteOf("127.0.0.1", headers), undefined);
    const options = { isProxy: networks("127.0.0.1") };
    assert.equal(await siteOf("127.0.0.1", headers, options), CLIENT);
  });

  it("is limited, together with the like, where it is not known", async () => {
    assert.equal(await siteOf(undefined, {}), "unknown");
  });
});

describe("a proxy that the operator has forgotten to name", () => {
  it("is told of, where its clients would not be limited", async () => {
    let told = 0;
    const onStrayProxy = () => void told++;
    const headers = { "x-forwarded-for": CLIENT };
    await ask(CLIENT, headers, { onStrayProxy });
    await ask("127.0.0.1", {}, { onStrayProxy });
    assert.equal(told, 0);
    await ask("127.0.0.1", headers, { onStrayProxy });
    assert.equal(told, 1);
  });
});

describe("whether a client came over TLS", () => {
  it("is believed of trusted proxies only", async () => {
    const headers = { "x-forwarded-proto": "https" };
    assert.equal((await ask(PROXY, headers)).isSecure, true);
    assert.equal((await ask(CLIENT, headers)).isSecure, false);
    const plain = { "x-forwarded-proto": "https, http" };
    assert.equal((await ask(PROXY, plain)).isSecure, false);
  });

  it("stands in Forwarded, where that is the header", async () => {
    const options = { header: "forwarded" } as const;
    const headers = { forwarded: `for=${CLIENT};proto=HTTPS` };
    assert.equal((await ask(PROXY, headers, options)).isSecure, true);
  });
});
