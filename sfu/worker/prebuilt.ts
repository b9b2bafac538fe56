/**
 * mediasoup's own prebuilt worker, from where its install script takes it.
 *
 * @module
 */
import { arch, platform, release } from "node:os";
import type { Progress } from "../../setup/progress.ts";
import { type Env, SetupError } from "../../setup/setup.ts";
import type { MediasoupPackage } from "./package.ts";
import { BINARY } from "./platform.ts";
import { extractFile } from "./tar.ts";

const ANSWER_DEADLINE_MS = 10_000;
const BODY_DEADLINE_MS = 180_000;
const MAX_BYTES = 256 * 1024 * 1024;

/** The file name mediasoup's `npm-scripts.mjs` gives it. */
export function prebuiltName(version: string): string {
  const kernel = platform() === "linux"
    ? `-kernel${release().split(".")[0]}`
    : "";
  return `mediasoup-worker-${version}-${platform()}-${arch()}${kernel}.tgz`;
}

/** Where it is; the base can be a mirror, named as mediasoup names it. */
export function prebuiltUrl(mediasoup: MediasoupPackage, env: Env): string {
  const base = env.get("MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL") ||
    `${mediasoup.repository}/releases/download`;
  return `${base}/${mediasoup.version}/${prebuiltName(mediasoup.version)}`;
}

/**
 * Writes the worker to `target`.
 *
 * @throws {SetupError} when it cannot be had; then it is built instead.
 */
export async function downloadWorker(
  url: string,
  target: string,
  progress: Progress,
  deadlines: { answerMs: number; bodyMs: number } = {
    answerMs: ANSWER_DEADLINE_MS,
    bodyMs: BODY_DEADLINE_MS,
  },
): Promise<void> {
  const abort = new AbortController();
  const expire = () => abort.abort(new SetupError("it took too long"));
  let timer = setTimeout(expire, deadlines.answerMs);
  try {
    const response = await fetch(url, { signal: abort.signal });
    clearTimeout(timer);
    timer = setTimeout(expire, deadlines.bodyMs);
    const archive = await bodyOf(response, progress);
    await Deno.writeFile(target, extractFile(archive, BINARY), { mode: 0o755 });
  } catch (error) {
    throw new SetupError(`Cannot download ${url}: ${reasonOf(error, url)}`);
  } finally {
    clearTimeout(timer);
  }
}

/** A failed fetch has what went wrong in its cause, behind the address. */
function reasonOf(error: unknown, url: string): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.replace(`error sending request for url (${url}): `, "");
}

/** The unpacked archive, bounded in size. */
async function bodyOf(
  response: Response,
  progress: Progress,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new SetupError(`the answer is ${response.status}`);
  }
  const total = Number(response.headers.get("content-length") ?? 0);
  const unpacked = response.body
    .pipeThrough(counted(total, progress))
    .pipeThrough(new DecompressionStream("gzip"));
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of unpacked) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new SetupError("the archive is too large");
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function counted(total: number, progress: Progress) {
  let done = 0;
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      done += chunk.length;
      if (total > 0) progress.advance(done / total);
      controller.enqueue(chunk);
    },
  });
}
