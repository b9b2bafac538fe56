/** @module */
import process from "node:process";

const LOOK_MS = 250;
const STOP_DEADLINE_MS = 3_000;

/** As `SidecarProcess`, for one that a former service has left behind. */
export class Adopted {
  readonly address: string;
  readonly pid: number;
  readonly exited: Promise<string>;
  readonly #looking: ReturnType<typeof setInterval>;

  constructor({ address, pid }: { address: string; pid: number }) {
    this.address = address;
    this.pid = pid;
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#looking = setInterval(() => {
      if (!isAlive(pid)) resolve("an end that nobody saw");
    }, LOOK_MS);
    this.exited = promise.finally(() => this.leave());
  }

  /** Politely, and after a while by force. */
  async stop(): Promise<void> {
    this.terminate();
    const force = setTimeout(
      () => signal(this.pid, "SIGKILL"),
      STOP_DEADLINE_MS,
    );
    await this.exited;
    clearTimeout(force);
  }

  terminate(): void {
    signal(this.pid, "SIGTERM");
  }

  /** Lets it run on. */
  leave(): void {
    clearInterval(this.#looking);
  }
}

export const isAlive = (pid: number): boolean => signal(pid, 0);

/** False: there is no such process. */
function signal(pid: number, signal: "SIGTERM" | "SIGKILL" | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
