import type { Browser } from "playwright-core";
import { TempFolder } from "../../support/files.ts";
import { type BrowserOptions, launchBrowser } from "./browser.ts";
import type { Host } from "./netns_host.ts";

/**
 * Chromium on a host of a test's network. It takes the pages of `origin` for
 * secure, without which there is no camera.
 */
export async function launchBrowserOn(
  host: Host,
  executablePath: string,
  origin: string,
  options: BrowserOptions = {},
): Promise<Browser> {
  await using folder = await TempFolder.make();
  const command = [...host.namespace.entrance, executablePath];
  const script = await folder.script(
    "chromium",
    `exec ${command.map(quote).join(" ")} "$@"`,
  );
  const secure = `--unsafely-treat-insecure-origin-as-secure=${origin}`;
  const flags = [...options.flags ?? [], secure];
  return await launchBrowser(script, { ...options, flags });
}

const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
