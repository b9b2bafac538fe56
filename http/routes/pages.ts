/**
 * The page and what it loads.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Context, Hono } from "hono";
import { etag } from "hono/etag";
import { getMimeType } from "hono/utils/mime";
import { problem } from "../problem.ts";
import { pageHeaders } from "../security.ts";

export type PageOptions = {
  /** The HTML file of each page, by its address such as `/` or `/docs`. */
  readonly pages: Readonly<Record<string, string>>;
  /** Folders of what `/assets/` serves; the first that has a file wins. */
  readonly assets: readonly string[];
};

export function pageRoutes({ pages, assets }: PageOptions): Hono {
  const routes = new Hono();
  routes.use("/assets/*", pageHeaders, etag());
  for (const [path, html] of Object.entries(pages)) {
    routes.get(
      path,
      pageHeaders,
      etag(),
      async (c) => await file(c, html) ?? missing(),
    );
  }
  routes.get("/assets/*", async (c) => {
    const name = c.req.path.slice("/assets/".length);
    if (!isPlain(name)) return missing();
    for (const folder of assets) {
      const found = await file(c, join(folder, name));
      if (found) return found;
    }
    return missing();
  });
  return routes;
}

const missing = () => problem(404, "There is no such file");

/** Names that lead nowhere else; no file of a bundle needs more. */
function isPlain(name: string): boolean {
  return name.split("/").every((part) => /^[\w-][\w.-]*$/.test(part));
}

/** Read each time, so that a new bundle shows at once; browsers ask by ETag. */
async function file(c: Context, path: string): Promise<Response | undefined> {
  try {
    const body = await readFile(path);
    return c.body(body, 200, {
      "Content-Type": getMimeType(path) ?? "application/octet-stream",
      "Cache-Control": "no-cache",
    });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "ENOENT" || error.code === "EISDIR" ||
      error.code === "ENOTDIR");
}
