import assert from "node:assert/strict";
import { join } from "node:path";
import { cert, key } from "../sfu/sidecar/_tls.ts";
import { eventually } from "./eventually.ts";
import { TempFolder } from "./files.ts";

const SAMPLE = new URL("../../deploy/proxy/nginx.conf", import.meta.url);
const ADDRESS = "127.0.0.1";

/** A real nginx with the configuration of `deploy/`, on ports that are free. */
export class Nginx implements AsyncDisposable {
  /** Such as `localhost:40123`, for `https:` and `wss:`. */
  readonly host: string;
  readonly plainHost: string;
  readonly #process: Deno.ChildProcess;
  readonly #folder: TempFolder;

  private constructor(
    host: string,
    plainHost: string,
    process: Deno.ChildProcess,
    folder: TempFolder,
  ) {
    this.host = host;
    this.plainHost = plainHost;
    this.#process = process;
    this.#folder = folder;
  }

  /** In front of a service at `upstream`, such as `127.0.0.1:8080`. */
  static async start(bin: string, upstream: string): Promise<Nginx> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await TempFolder.make());
    const ports = { tls: freePort(), plain: freePort() };
    const sample = await Deno.readTextFile(SAMPLE);
    const path = (name: string) => join(folder.path, name);
    await Deno.writeTextFile(path("fullchain.pem"), cert);
    await Deno.writeTextFile(path("privkey.pem"), key);
    await Deno.writeTextFile(path("nginx.conf"), around(here(sample)));

    function here(sample: string): string {
      return [
        ["server 127.0.0.1:8080;", `server ${upstream};`],
        ["listen 443 ssl;", `listen ${ADDRESS}:${ports.tls} ssl;`],
        ["listen 80;", `listen ${ADDRESS}:${ports.plain};`],
        ["/etc/ssl/holdfast/", `${folder.path}/`],
      ].reduce((text, [from = "", to = ""]) => {
        assert.ok(text.includes(from), `${from} is not in the sample`);
        return text.replaceAll(from, to);
      }, sample);
    }

    const process = new Deno.Command(bin, {
      args: ["-p", folder.path, "-c", path("nginx.conf"), "-e", "stderr"],
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const nginx = new Nginx(
      `localhost:${ports.tls}`,
      `localhost:${ports.plain}`,
      process,
      folder,
    );
    stack.move();
    await eventually(async () => {
      (await Deno.connect({ hostname: ADDRESS, port: ports.tls })).close();
    });
    return nginx;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.status;
    await this.#folder[Symbol.asyncDispose]();
  }
}

/** What Debian's own configuration has around it, as far as it matters. */
const around = (sample: string) => `
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  ${sample}
}
`;

function freePort(): number {
  using listener = Deno.listen({ hostname: ADDRESS, port: 0 });
  return listener.addr.port;
}
