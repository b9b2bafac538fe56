import type { MediaState, RecoveryStep } from "../../../protocol/mod.ts";
import type { MediaFlow } from "../../api/diagnostics.ts";
import type { ExceptionName } from "../../api/recovery.ts";
import type { SignalingHealth } from "../../signaling/health.ts";
import { isTroubled, mediaStateOf, worst } from "./condition.ts";
import type { Direction, MediaEffect } from "./io.ts";
import { Lane } from "./lane.ts";
import { Restarts } from "./restarts.ts";

/** Packets may have ended so long before, or after, the look that saw the last one. */
const LOOK_ERROR_MS = 300;

export type MediaRecoveryOptions = {
  /** Milliseconds that ICE gets to come back from `disconnected` by itself. */
  readonly disconnectedTimeoutMs: number;
  /** Whether each outage of signaling is followed by a recreation. */
  readonly recreateAlways: boolean;
  /**
   * Milliseconds that what was recreated gets to connect; less than the service
   * gives it, which ends all that it carries.
   */
  readonly reopenTimeoutMs: () => number;
  /** When the service was heard last over the signaling. */
  readonly signalingHeardAt: () => number;
  /** 0 to 1. */
  readonly random: () => number;
};

/** What the room knows of all media together. */
type Told = {
  readonly health: "fine" | "looking" | "trouble";
  readonly state: MediaState;
  readonly flow: MediaFlow;
};

/** What the parts of the recovery share: two lanes, and what to do about them. */
export class Plane {
  readonly options: MediaRecoveryOptions;
  readonly send = new Lane("send");
  readonly recv = new Lane("recv");
  readonly lanes: readonly Lane[] = [this.send, this.recv];
  readonly restarts = new Restarts();
  signaling: SignalingHealth = "healthy";
  recreations = 0;
  #isSuspended = false;
  #told: Told = { health: "fine", state: "new", flow: "none" };
  #effects: MediaEffect[] = [];

  constructor(options: MediaRecoveryOptions) {
    this.options = options;
  }

  lane(direction: Direction): Lane {
    return direction === "send" ? this.send : this.recv;
  }

  /** Undefined when it is none of now. */
  laneOf(transportId: string): Lane | undefined {
    return this.lanes.find(({ id }) => id === transportId);
  }

  other(lane: Lane): Lane {
    return lane === this.send ? this.recv : this.send;
  }

  do(effect: MediaEffect): void {
    this.#effects.push(effect);
  }

  step(step: RecoveryStep["step"], detail?: string): void {
    this.do({ type: "step", step, ...(detail !== undefined && { detail }) });
  }

  except(name: ExceptionName, { direction }: Lane): void {
    this.do({ type: "exception", name, direction });
  }

  /**
   * Whether a lane has gone silent by itself. If signaling has not been heard
   * since then either, it is about to fail, and comes first.
   */
  isStopped(lane: Lane, now: number): boolean {
    if (!lane.isSilent(this.other(lane), now)) return false;
    return this.signaling !== "healthy" ||
      this.options.signalingHeardAt() > lane.evidence.heardAt + LOOK_ERROR_MS;
  }

  /** Whether nothing is sent, so that nothing stale waits when the way is back. */
  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  suspend(suspended: boolean): void {
    if (this.#isSuspended === suspended) return;
    this.#isSuspended = suspended;
    this.do({ type: "setSuspended", suspended });
    this.step(suspended ? "mediaPaused" : "mediaResumed");
  }

  /** Of an incident that begins, what was done before. */
  tellPaused(): void {
    if (this.#isSuspended) this.step("mediaPaused");
  }

  /** Tells the room whether media works, before anything is done about it. */
  tellHealth(): void {
    const health = this.#health();
    if (health === this.#told.health) return;
    this.#told = { ...this.#told, health };
    if (health !== "trouble") return this.do({ type: health });
    const troubled = this.lanes.map(({ condition }) => condition)
      .find(isTroubled);
    if (troubled) this.do({ type: "trouble", trigger: troubled.trigger });
    if (this.signaling === "healthy") this.tellPaused();
  }

  /** Tells the room how media is. */
  tellState(): void {
    const old = this.#told;
    const state = this.#state();
    const flow = this.#flow();
    this.#told = { ...old, state, flow };
    if (state !== old.state) this.do({ type: "mediaState", state });
    if (flow !== old.flow) this.do({ type: "flow", flow });
  }

  takeEffects(): MediaEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  #health(): Told["health"] {
    if (this.lanes.some(({ isTroubled }) => isTroubled)) return "trouble";
    const isOpen = this.lanes.some(({ condition: { type } }) =>
      type === "checking" || type === "awaiting" || type === "settling"
    );
    return isOpen ? "looking" : "fine";
  }

  #state(): MediaState {
    return worst(
      this.lanes.map((lane) => mediaStateOf(lane.condition, lane.connection)),
    );
  }

  #flow(): MediaFlow {
    if (this.#isSuspended) return "paused";
    if (this.lanes.some(({ isTroubled }) => isTroubled)) return "stopped";
    const isExpected = this.lanes.some((lane) =>
      lane.isWatched && lane.isExpected
    );
    return isExpected ? "flowing" : "none";
  }
}
