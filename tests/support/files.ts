/**
 * Folders and programs that live as long as a test.
 *
 * @module
 */
import { join } from "node:path";

/** A folder that is removed at the end of the block. */
export class TempFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<TempFolder> {
    return new TempFolder(await Deno.makeTempDir({ prefix: "holdfast-test-" }));
  }

  /** Writes a shell script that can be run, and returns its path. */
  async script(name: string, ...lines: string[]): Promise<string> {
    const path = join(this.path, name);
    await Deno.writeTextFile(path, ["#!/bin/sh", ...lines, ""].join("\n"), {
      mode: 0o755,
    });
    return path;
  }

  async folder(name: string): Promise<string> {
    const path = join(this.path, name);
    await Deno.mkdir(path, { recursive: true });
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
