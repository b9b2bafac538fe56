/**
 * The installed mediasoup package.
 *
 * @module
 */
import { join } from "node:path";
import { SetupError } from "../../setup/setup.ts";

export type MediasoupPackage = {
  readonly folder: string;
  readonly version: string;
  /** Where its releases are, for the prebuilt worker. */
  readonly repository: string;
};

const FOLDER = join(import.meta.dirname ?? ".", "../node_modules/mediasoup");

/** @throws {SetupError} when the packages are not installed. */
export async function mediasoupPackage(
  folder: string = FOLDER,
): Promise<MediasoupPackage> {
  const path = join(folder, "package.json");
  const text = await Deno.readTextFile(path).catch(() => {
    throw new SetupError(`Cannot read ${path}: run "deno install --frozen"`);
  });
  const { version, repository } = JSON.parse(text);
  if (typeof version !== "string" || typeof repository?.url !== "string") {
    throw new SetupError(`Cannot use ${path}: no version or repository in it`);
  }
  const url = repository.url.replace(/^git\+/, "").replace(/\.git$/, "");
  return { folder, version, repository: url };
}
