/** @module */
import type { Context } from "hono";
import { getMimeType } from "hono/utils/mime";

/**
 * Answers with a file as it is now, so that a new bundle shows at once; browsers
 * ask again by its tag. It is read no faster than it is taken: who asks and does
 * not read would have whole files kept in memory. Undefined: there is no such
 * file.
 */
export async function staticFile(
  c: Context,
  path: string,
): Promise<Response | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) return;
  const { isFile, size, mtime } = await file.stat();
  const tag = `W/"${size.toString(16)}-${mtime?.getTime().toString(16)}"`;
  const headers = {
    "Content-Type": getMimeType(path) ?? "application/octet-stream",
    "Cache-Control": "no-cache",
    "ETag": tag,
  };
  const isKnown = c.req.header("if-none-match")?.split(",")
    .some((known) => known.trim() === tag);
  if (isFile && !isKnown && c.req.method !== "HEAD") {
    return c.body(file.readable, 200, headers);
  }
  file.close();
  return isFile ? c.body(null, isKnown ? 304 : 200, headers) : undefined;
}

async function openIfThere(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch (error) {
    const { NotFound, NotADirectory, IsADirectory } = Deno.errors;
    for (const missing of [NotFound, NotADirectory, IsADirectory]) {
      if (error instanceof missing) return;
    }
    throw error;
  }
}
