import type {
  RecoveryReport,
  RecoveryStep,
  RecoveryTrigger,
} from "../protocol/mod.ts";
import type { HoldfastError } from "./errors.ts";
import type { Ports } from "./ports.ts";

export type Plane = "signaling" | "media";

/** What one room goes through, one incident after the other. */
export interface Incidents {
  /**
   * A plane does not work. Begins an incident, or joins the one under way; the
   * room is `reconnecting` until all planes are `fine`. Repeating it is free.
   */
  trouble(plane: Plane, trigger: RecoveryTrigger, error: HoldfastError): void;
  /**
   * Nobody knows yet whether a plane works: the incident under way stays open,
   * and nothing is counted. Without one it does nothing.
   */
  looking(plane: Plane): void;
  /** A plane works. The incident is over when both do. */
  fine(plane: Plane): void;
  /** Of the incident under way. Without one it does nothing. */
  step(step: RecoveryStep["step"], detail?: string): void;
}

/** Hears of incidents. */
export interface IncidentListener {
  /** A plane stopped working, the first of the incident to do so. */
  reconnecting(error: HoldfastError): void;
  /** Both work again. */
  reconnected(): void;
  /** At once, as the report will have it. */
  step(step: RecoveryStep["step"], detail: string | undefined): void;
  /** One for each incident, when nothing of it is left. */
  report(report: RecoveryReport): void;
}

type Outcome = RecoveryReport["outcome"];

/** As many as a report may have. */
const MAX_STEPS = 64;
const MAX_DETAIL = 256;

type Condition =
  | { readonly type: "fine" }
  | { readonly type: "looking" }
  | { readonly type: "troubled"; readonly since: number };

type Incident = {
  readonly trigger: RecoveryTrigger;
  readonly startedAt: number;
  readonly began: number;
  readonly steps: RecoveryStep[];
  readonly conditions: Record<Plane, Condition>;
  /** Milliseconds in which each plane did not work. */
  readonly troubled: Record<Plane, number>;
  outcome: Outcome;
};

type Clocks = Pick<Ports, "now" | "wallClock">;

const FINE: Condition = { type: "fine" };

/** Writes the one report of each incident, whichever planes have part in it. */
export class IncidentLog implements Incidents {
  readonly #clocks: Clocks;
  readonly #listener: IncidentListener;
  #incident: Incident | undefined;

  constructor(clocks: Clocks, listener: IncidentListener) {
    this.#clocks = clocks;
    this.#listener = listener;
  }

  /** Whether a plane does not work. */
  get isTroubled(): boolean {
    return this.#incident !== undefined && isTroubled(this.#incident);
  }

  trouble(plane: Plane, trigger: RecoveryTrigger, error: HoldfastError): void {
    const incident = this.#incident ??= this.#begin(trigger);
    const wasTroubled = isTroubled(incident);
    if (incident.conditions[plane].type === "troubled") return;
    this.#become(incident, plane, {
      type: "troubled",
      since: this.#clocks.now(),
    });
    if (!wasTroubled) this.#listener.reconnecting(error);
  }

  looking(plane: Plane): void {
    this.#settle(plane, { type: "looking" });
  }

  fine(plane: Plane): void {
    this.#settle(plane, FINE);
  }

  step(step: RecoveryStep["step"], detail?: string): void {
    const incident = this.#incident;
    if (incident === undefined) return;
    const { steps, began } = incident;
    // How it began and how it ended say more than what was in between.
    if (steps.length === MAX_STEPS) steps.splice(MAX_STEPS / 2, 1);
    steps.push({
      atMs: this.#clocks.now() - began,
      step,
      ...(detail !== undefined && { detail: detail.slice(0, MAX_DETAIL) }),
    });
    this.#listener.step(step, detail);
  }

  /** The session was over, and another one has taken its place. */
  rejoined(): void {
    if (this.#incident) this.#incident.outcome = "rejoined";
  }

  /** The room is over, and with it the incident under way. */
  end(outcome: Outcome): void {
    if (this.#incident === undefined) return;
    this.#incident.outcome = outcome;
    this.#report(this.#incident);
  }

  #begin(trigger: RecoveryTrigger): Incident {
    return {
      trigger,
      startedAt: this.#clocks.wallClock(),
      began: this.#clocks.now(),
      steps: [],
      conditions: { signaling: FINE, media: FINE },
      troubled: { signaling: 0, media: 0 },
      outcome: "recovered",
    };
  }

  #settle(plane: Plane, condition: Condition): void {
    const incident = this.#incident;
    if (incident === undefined) return;
    const wasTroubled = isTroubled(incident);
    this.#become(incident, plane, condition);
    if (wasTroubled && !isTroubled(incident)) this.#listener.reconnected();
    // A listener may have ended it.
    if (this.#incident === incident && isOver(incident)) this.#report(incident);
  }

  #become(incident: Incident, plane: Plane, condition: Condition): void {
    const { conditions, troubled } = incident;
    const old = conditions[plane];
    if (old.type === "troubled") {
      troubled[plane] += this.#clocks.now() - old.since;
    }
    conditions[plane] = condition;
  }

  #report(incident: Incident): void {
    this.#become(incident, "signaling", FINE);
    this.#become(incident, "media", FINE);
    this.#incident = undefined;
    const { trigger, startedAt, began, steps, troubled, outcome } = incident;
    this.#listener.report({
      trigger,
      startedAt,
      durationMs: this.#clocks.now() - began,
      signalingMs: troubled.signaling,
      mediaMs: troubled.media,
      steps,
      outcome,
    });
  }
}

const isTroubled = ({ conditions: { signaling, media } }: Incident): boolean =>
  signaling.type === "troubled" || media.type === "troubled";

const isOver = ({ conditions: { signaling, media } }: Incident): boolean =>
  signaling.type === "fine" && media.type === "fine";
