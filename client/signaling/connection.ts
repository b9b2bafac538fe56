/**
 * The client's end of the signaling, without sockets and clocks: what happens
 * goes in with the time, what is to be done comes out.
 *
 * @module
 */
import { type ConnectionOptions, Core } from "./core.ts";
import type { ConnectionEffect, ConnectionEvent } from "./io.ts";
import { whileJoined } from "./joined.ts";
import { startJoining, whileJoining } from "./joining.ts";
import { whileLeaving } from "./leaving.ts";
import { whileRecovering } from "./recovering.ts";
import { deadlineOf } from "./state.ts";

export class Connection {
  readonly #core: Core;

  constructor(options: ConnectionOptions) {
    this.#core = new Core(options);
  }

  /** When the next `tick` is due; `Infinity` when nothing waits. */
  get deadline(): number {
    const { state, requests } = this.#core;
    const deadline = deadlineOf(state);
    // While nobody can answer, requests wait without a limit of their own.
    return state.type === "joined"
      ? Math.min(deadline, requests.deadline)
      : deadline;
  }

  /** When the service was heard last. */
  get heardAt(): number {
    const { state } = this.#core;
    return "heardAt" in state ? state.heardAt : -Infinity;
  }

  /** @throws {TypeError} when the parameters of a request are no JSON. */
  handle(event: ConnectionEvent, now: number): ConnectionEffect[] {
    const core = this.#core;
    if (event.type === "request") core.request(event, now);
    else if (event.type === "refreshed") core.refreshed(event.token);
    else this.#handle(event, now);
    return core.takeEffects();
  }

  #handle(event: ConnectionEvent, now: number): void {
    const core = this.#core;
    const { state } = core;
    switch (state.type) {
      case "idle":
        if (event.type === "start") startJoining(core, now);
        return;
      case "joining":
        return whileJoining(core, state, event, now);
      case "joined":
        return whileJoined(core, state, event, now);
      case "suspecting":
      case "parting":
      case "lost":
        return whileRecovering(core, state, event, now);
      case "leaving":
        return whileLeaving(core, state, event, now);
      case "ended":
        return;
    }
  }
}
