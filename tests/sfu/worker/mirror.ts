/**
 * A mirror of prebuilt workers on this machine.
 *
 * @module
 */
import { join } from "node:path";
import { BINARY } from "../../../sfu/worker/platform.ts";
import { TempFolder } from "../../support/files.ts";

/** An archive of one file, as mediasoup publishes it. */
export async function workerArchive(
  content: string | Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  await using temp = await TempFolder.make();
  const bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  await Deno.writeFile(join(temp.path, BINARY), bytes, { mode: 0o755 });
  const { stdout } = await new Deno.Command("tar", {
    args: ["-c", "-z", "-f", "-", BINARY],
    cwd: temp.path,
  }).output();
  return stdout;
}

/** Answers every request until the end of the block. */
export function serve(
  answer: (request: Request) => Response | Promise<Response>,
): { readonly url: string } & AsyncDisposable {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    answer,
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
