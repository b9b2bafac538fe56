import { type CryptoKey, exportJWK, generateKeyPair, type JWK } from "jose";

/** Half of it at an address, half of it with whoever signs. */
export type PublishedKey = {
  readonly kid: string;
  readonly alg: string;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
};

export async function newKey(kid: string, alg: string): Promise<PublishedKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...await exportJWK(pair.publicKey), kid, use: "sig" };
  return { kid, alg, ...pair, jwk };
}

/** Keys behind a real HTTP server. */
export class JwksServer implements AsyncDisposable {
  /** What it answers. */
  body: string | Uint8Array<ArrayBuffer> = "";
  status = 200;
  /** Whether it takes requests and never answers. */
  hangs = false;
  requests = 0;
  readonly #held = Promise.withResolvers<Response>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(...keys: JWK[]) {
    this.publish(...keys);
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => {
        this.requests++;
        if (this.hangs) return this.#held.promise;
        const headers = { location: "/elsewhere" };
        return new Response(this.body, { status: this.status, headers });
      },
    );
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.#server.addr.port}/jwks.json`);
  }

  publish(...keys: unknown[]): void {
    this.body = JSON.stringify({ keys });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#held.resolve(new Response());
    await this.#server.shutdown();
  }
}
