import { describe, it } from "@std/testing/bdd";
import assert from "node:assert/strict";
import { signatureHeaders } from "../../webhooks/signature.ts";
import { NEXT_SECRET, SECRET } from "./receiver.ts";
import { secrets } from "./sender.ts";

type IsGenuine = (headers: Headers, body: string, secret: string) => boolean;

/** What stands in docs/webhooks.md, run as it stands there. */
async function documentedExample(): Promise<IsGenuine> {
  const page = await Deno.readTextFile(
    new URL("../../docs/webhooks.md", import.meta.url),
  );
  const [, code] = /<!-- verify -->\s+```ts\n([^]+?)```/.exec(page) ?? [];
  assert.ok(code);
  const encoded = new TextEncoder().encode(code).toBase64();
  const module = await import(`data:application/typescript;base64,${encoded}`);
  return module.isGenuine;
}

const sign = (body: string, atMs: number) =>
  new Headers(signatureHeaders("msg_1", atMs, body, secrets));

describe("how to verify webhooks, in docs/webhooks.md", () => {
  it("takes what each of the secrets has signed, and nothing else", async () => {
    const isGenuine = await documentedExample();
    const body = '{"type":"roomStarted"}';
    const headers = sign(body, Date.now());
    assert.equal(isGenuine(headers, body, SECRET), true);
    assert.equal(isGenuine(headers, body, NEXT_SECRET), true);
    const other = `whsec_${new Uint8Array(32).toBase64()}`;
    assert.equal(isGenuine(headers, body, other), false);
    assert.equal(isGenuine(headers, `${body} `, SECRET), false);
    assert.equal(isGenuine(new Headers(), body, SECRET), false);
  });

  it("takes nothing that is older than five minutes", async () => {
    const isGenuine = await documentedExample();
    const old = Date.now() - 301_000;
    assert.equal(isGenuine(sign("{}", old), "{}", SECRET), false);
  });
});
