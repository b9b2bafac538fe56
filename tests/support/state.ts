import process from "node:process";
import { eventually } from "./eventually.ts";

/** What a service keeps for the next one: a folder, and perhaps a sidecar. */
export class State implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "holdfast-state-" });

  /** The process that a service has started or found; undefined: none. */
  get sidecar(): number | undefined {
    try {
      const note = Deno.readTextFileSync(`${this.path}/sidecar.json`);
      return Number(JSON.parse(note).pid);
    } catch {
      return undefined;
    }
  }

  /** Ends the sidecar that was left, which would outlive the test by its lease. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { sidecar } = this;
    if (sidecar !== undefined && isAlive(sidecar)) {
      process.kill(sidecar, "SIGTERM");
      await eventually(() => {
        if (isAlive(sidecar)) throw new Error("the sidecar does not end");
      });
    }
    await Deno.remove(this.path, { recursive: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
