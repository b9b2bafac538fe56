import { asHoldfastError, errorOf } from "../../errors.ts";
import type { Ports } from "../../ports.ts";
import { Shell } from "../../shell.ts";
import type { MediaHost } from "../host.ts";
import type { Direction, MediaEffect, MediaEvent, Sample } from "./io.ts";
import { MediaRecovery } from "./media_recovery.ts";
import type { MediaRecoveryOptions } from "./plane.ts";

/**
 * What came of it: `unneeded` where nothing needs a transport, `idle` where it
 * carries nothing until others have recovered.
 */
export type Recreation = "unneeded" | "idle" | "carrying";

/** What the recovery can do to media. */
export interface RecoveryActions {
  /** Undefined when there is nothing to look at any more. */
  sample(transportId: string): Promise<Sample | undefined>;
  setSuspended(suspended: boolean): void;
  /**
   * @returns The ids of those that the service does not have any more.
   * @throws {HoldfastError} when nothing was restarted.
   */
  restartIce(transportIds: readonly string[]): Promise<readonly string[]>;
  /** @throws {HoldfastError} when it has to be done again. */
  recreate(direction: Direction): Promise<Recreation>;
  requestKeyFrame(video: string): void;
}

/** Runs a `MediaRecovery` on timers, a room and its transports. */
export class RecoveryRunner {
  readonly #host: MediaHost;
  readonly #actions: RecoveryActions;
  readonly #recovery: MediaRecovery;
  readonly #shell: Shell<MediaEvent, MediaEffect>;

  constructor(
    ports: Ports,
    host: MediaHost,
    actions: RecoveryActions,
    options: Omit<MediaRecoveryOptions, "signalingHeardAt" | "random">,
  ) {
    this.#host = host;
    this.#actions = actions;
    this.#recovery = new MediaRecovery({
      ...options,
      signalingHeardAt: () => host.signalingHeardAt,
      random: ports.random,
    });
    this.#shell = new Shell(
      ports,
      this.#recovery,
      (effect) => this.#do(effect),
    );
  }

  /** Whether media has flowed this way, so that it is to flow again. */
  isEstablished(direction: Direction): boolean {
    return this.#recovery.isEstablished(direction);
  }

  /** Whether there is a transport, or about to be another. */
  isUsed(direction: Direction): boolean {
    return this.#recovery.isUsed(direction);
  }

  handle(event: MediaEvent): void {
    this.#shell.handle(event);
  }

  #do(effect: MediaEffect): void {
    const { incidents } = this.#host;
    switch (effect.type) {
      case "sample":
        return void this.#sample(effect.id);
      case "setSuspended":
        return this.#actions.setSuspended(effect.suspended);
      case "restartIce":
        return void this.#restartIce(effect.ids);
      case "recreate":
        return void this.#recreate(effect.direction, effect.number);
      case "requestKeyFrame":
        return this.#actions.requestKeyFrame(effect.video);
      case "iceReconnected":
        return this.#host.iceReconnected();
      case "exception": {
        const { name, direction } = effect;
        const error = errorOf("mediaFailed", `the ${direction} transport`);
        return this.#host.exception(error, name);
      }
      case "mediaState":
        return this.#host.mediaState(effect.state);
      case "flow":
        return this.#host.diagnostic({ about: "media", flow: effect.flow });
      case "trouble": {
        const error = errorOf("mediaFailed", "media does not flow");
        return incidents.trouble("media", effect.trigger, error);
      }
      case "looking":
        return incidents.looking("media");
      case "fine":
        return incidents.fine("media");
      case "step":
        return incidents.step(effect.step, effect.detail);
    }
  }

  async #sample(id: string): Promise<void> {
    const sample = await this.#actions.sample(id);
    if (sample) this.handle({ type: "sampled", id, sample });
  }

  async #restartIce(ids: readonly string[]): Promise<void> {
    try {
      const gone = await this.#actions.restartIce(ids);
      this.handle({ type: "restarted", gone });
    } catch (error) {
      this.handle({ type: "restartRefused", ...failureOf(error) });
    }
  }

  async #recreate(direction: Direction, number: number): Promise<void> {
    try {
      const outcome = await this.#actions.recreate(direction);
      if (outcome === "unneeded") {
        return this.handle({ type: "closed", direction });
      }
      const isIdle = outcome === "idle";
      this.handle({ type: "recreated", direction, number, isIdle });
    } catch (error) {
      const failure = failureOf(error);
      this.handle({ type: "recreationFailed", direction, number, ...failure });
    }
  }
}

function failureOf(error: unknown): { reason: string; retryAfterMs: number } {
  const { message, retryAfterMs = 0 } = asHoldfastError(error, "mediaFailed");
  return { reason: message, retryAfterMs };
}
