import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
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
  body: string | Uint8Array = "";
  status = 200;
  /** Whether it takes requests and never answers. */
  hangs = false;
  requests = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (_request, response: ServerResponse) => {
      this.requests++;
      if (this.hangs) return;
      response.writeHead(this.status, { location: "/elsewhere" });
      response.end(this.body);
    });
  }

  static async start(...keys: JWK[]): Promise<JwksServer> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const jwksServer = new JwksServer(server);
    jwksServer.publish(...keys);
    return jwksServer;
  }

  get url(): URL {
    const address = this.#server.address();
    assert.ok(typeof address === "object" && address !== null);
    return new URL(`http://127.0.0.1:${address.port}/jwks.json`);
  }

  publish(...keys: unknown[]): void {
    this.body = JSON.stringify({ keys });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}
