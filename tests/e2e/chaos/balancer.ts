/**
 * A load balancer before the processes, as one of TCP is: it asks each whether
 * it is ready, and gives a new connection to the first that is.
 */
import { delay } from "../../support/delay.ts";
import { Relay } from "./relay.ts";

const CHECK_EVERY_MS = 200;
const CHECK_WITHIN_MS = 400;
const HOSTNAME = "127.0.0.1";

export type Address = { readonly hostname: string; readonly port: number };

export class Balancer implements AsyncDisposable {
  readonly #targets: readonly Address[];
  readonly #ready: Set<Address>;
  readonly #relay: Relay;
  readonly #checking: Promise<unknown>;
  #isClosed = false;

  /** The processes, those first to which connections are to go. */
  constructor(targets: readonly Address[]) {
    this.#targets = targets;
    this.#ready = new Set(targets);
    this.#relay = new Relay(HOSTNAME, () => this.#connect());
    this.#checking = Promise.all(targets.map((target) => this.#check(target)));
  }

  get origin(): string {
    return `http://${HOSTNAME}:${this.#relay.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#relay[Symbol.asyncDispose]();
    await this.#checking;
  }

  async #check(target: Address): Promise<void> {
    while (!this.#isClosed) {
      if (await isReady(target)) this.#ready.add(target);
      else this.#ready.delete(target);
      await delay(CHECK_EVERY_MS);
    }
  }

  async #connect(): Promise<Deno.Conn | undefined> {
    for (const target of this.#targets) {
      if (!this.#ready.has(target)) continue;
      try {
        return await Deno.connect(target);
      } catch {
        // It has died since it was asked: the next one then.
      }
    }
  }
}

async function isReady({ hostname, port }: Address): Promise<boolean> {
  try {
    const response = await fetch(`http://${hostname}:${port}/readyz`, {
      signal: AbortSignal.timeout(CHECK_WITHIN_MS),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
