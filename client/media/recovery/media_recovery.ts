/**
 * The recovery of one room's media, without WebRTC and clocks: what happens
 * goes in with the time, what is to be done comes out.
 *
 * @module
 */
import { expire, expiryOf } from "./expiry.ts";
import type { Direction, MediaEffect, MediaEvent } from "./io.ts";
import { connectionChanged, followOther, sampled } from "./judging.ts";
import type { Lane } from "./lane.ts";
import {
  rejoined,
  resumed,
  serverLost,
  serverReady,
  signalingFails,
  spoke,
} from "./outages.ts";
import { type MediaRecoveryOptions, Plane } from "./plane.ts";
import * as repairing from "./repairing.ts";

export class MediaRecovery {
  readonly #plane: Plane;

  constructor(options: MediaRecoveryOptions) {
    this.#plane = new Plane(options);
  }

  handle(event: MediaEvent, now: number): MediaEffect[] {
    const plane = this.#plane;
    if (plane.signaling === "ended") return [];
    this.#handle(event, now);
    if (event.type !== "ended") this.#proceed(now);
    return plane.takeEffects();
  }

  /** When the next `tick` is due; `Infinity` when nothing waits. */
  get deadline(): number {
    const plane = this.#plane;
    return plane.signaling === "ended"
      ? Infinity
      : Math.min(...plane.lanes.map((lane) => this.#deadlineOf(lane)));
  }

  /** Whether media has flowed this way, so that it is to flow again. */
  isEstablished(direction: Direction): boolean {
    const { type } = this.#plane.lane(direction).condition;
    return type !== "unused" && type !== "opening";
  }

  /** Whether there is a transport, or about to be another. */
  isUsed(direction: Direction): boolean {
    return this.#plane.lane(direction).condition.type !== "unused";
  }

  #handle(event: MediaEvent, now: number): void {
    const plane = this.#plane;
    switch (event.type) {
      case "suspected":
      case "lost":
        return signalingFails(plane, event.type);
      case "spoke":
        return spoke(plane, now);
      case "resumed":
        return resumed(plane, event.advice, now);
      case "rejoined":
        return rejoined(plane, now);
      case "serverLost":
        return serverLost(plane);
      case "serverReady":
        return serverReady(plane, now);
      case "ended":
        plane.signaling = "ended";
        return;
      case "opened":
        plane.lane(event.direction).opened(event.id, now);
        if (event.direction === "send") plane.suspend(false);
        return;
      case "closed":
        plane.lane(event.direction).closed();
        if (event.direction === "send") plane.suspend(false);
        return;
      case "connection": {
        const lane = plane.laneOf(event.id);
        if (lane) connectionChanged(plane, lane, event.state, now);
        return;
      }
      case "sampled": {
        const lane = plane.laneOf(event.id);
        if (lane) sampled(plane, lane, event.sample, now);
        return;
      }
      case "gone": {
        const lane = plane.laneOf(event.id);
        if (lane) repairing.gone(plane, lane, now);
        return;
      }
      case "restarted":
        return repairing.restarted(plane, event, now);
      case "restartRefused":
        return repairing.restartRefused(plane, event, now);
      case "recreated":
        return repairing.recreated(plane, event, now);
      case "recreationFailed":
        return repairing.recreationFailed(plane, event, now);
      case "asked":
        return repairing.asked(plane, event.recreate, now);
      case "tick":
        return;
    }
  }

  /** What follows from what is known by now. */
  #proceed(now: number): void {
    const plane = this.#plane;
    for (const lane of plane.lanes) expire(plane, lane, now);
    for (const lane of plane.lanes) followOther(plane, lane, now);
    plane.tellHealth();
    if (plane.signaling === "healthy") repairing.repair(plane, now);
    plane.tellState();
    for (const lane of plane.lanes) this.#look(lane, now);
  }

  #look(lane: Lane, now: number): void {
    if (lane.id === undefined || now < this.#nextLookOf(lane)) return;
    lane.looked(now);
    this.#plane.do({ type: "sample", id: lane.id });
  }

  #nextLookOf(lane: Lane): number {
    return lane.nextLook(this.#plane.signaling !== "healthy");
  }

  #deadlineOf(lane: Lane): number {
    const plane = this.#plane;
    return Math.min(
      expiryOf(plane, lane),
      this.#nextLookOf(lane),
      plane.signaling === "healthy"
        ? repairing.repairOf(plane, lane)
        : Infinity,
    );
  }
}
