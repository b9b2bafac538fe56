/**
 * The page and what it loads.
 *
 * @module
 */
import { join } from "node:path";
import { Hono } from "hono";
import { problem } from "../problem.ts";
import { pageHeaders } from "../security.ts";
import { staticFile } from "../static_file.ts";

export type PageOptions = {
  /** The HTML file of each page, by its address such as `/` or `/docs`. */
  readonly pages: Readonly<Record<string, string>>;
  /** Folders of what `/assets/` serves; the first that has a file wins. */
  readonly assets: readonly string[];
};

export function pageRoutes({ pages, assets }: PageOptions): Hono {
  const routes = new Hono();
  routes.use("/assets/*", pageHeaders);
  for (const [path, html] of Object.entries(pages)) {
    routes.get(
      path,
      pageHeaders,
      async (c) => await staticFile(c, html) ?? missing(),
    );
  }
  routes.get("/assets/*", async (c) => {
    const name = c.req.path.slice("/assets/".length);
    if (!isPlain(name)) return missing();
    for (const folder of assets) {
      const found = await staticFile(c, join(folder, name));
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
