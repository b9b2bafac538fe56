import { errors } from "../protocol/errors.ts";
import type {
  JoinResult,
  MediaState,
  Method,
  Params,
  ParticipantInfo,
  RecoveryReport,
  RecoveryStep,
  RecoveryTrigger,
  ResumeResult,
} from "../protocol/mod.ts";
import type { Attempt, Diagnostic } from "./api/diagnostics.ts";
import type { EndReason } from "./api/end_reason.ts";
import type { ExceptionName } from "./api/recovery.ts";
import type { HoldfastError } from "./errors.ts";
import { type IncidentListener, IncidentLog } from "./incidents.ts";
import type { MediaHost } from "./media/host.ts";
import { type Described, Media } from "./media/media.ts";
import type { MediaSettings } from "./media/settings.ts";
import { isTooManyRequests } from "./media/transient.ts";
import type { Ports } from "./ports.ts";
import type { Room } from "./room.ts";
import type { SignalingHealth } from "./signaling/health.ts";
import type { Signaling } from "./signaling/signaling.ts";

/**
 * The two planes of a room, signaling and media: each is told what it has to know
 * of the other, and the app how both fare.
 */
export class Planes implements MediaHost, IncidentListener {
  readonly media: Media;
  readonly incidents: IncidentLog;
  readonly #signaling: Signaling;
  readonly #room: Room;
  /** What the service knows of the media here. */
  #toldMediaState: MediaState = "new";

  constructor(
    ports: Ports,
    signaling: Signaling,
    room: Room,
    settings: MediaSettings,
    described: Described,
  ) {
    this.#signaling = signaling;
    this.#room = room;
    this.incidents = new IncidentLog(ports, this);
    this.media = new Media(ports, settings, described, this);
  }

  get signaling(): SignalingHealth {
    return this.#signaling.health;
  }

  get signalingHeardAt(): number {
    return this.#signaling.heardAt;
  }

  suspected(trigger: RecoveryTrigger, error: HoldfastError): void {
    this.incidents.trouble("signaling", trigger, error);
    this.incidents.step("suspected");
    this.media.suspected();
  }

  spoke(): void {
    this.incidents.step("oldSocketSpoke");
    this.media.spoke();
  }

  lost(trigger: RecoveryTrigger, error: HoldfastError): void {
    this.incidents.trouble("signaling", trigger, error);
    this.media.lost();
  }

  attempt(attempt: Attempt, graceMs: number): void {
    const { health } = this.#signaling;
    if (health !== "suspected" && health !== "lost") return;
    this.#room.emit("diagnostic", {
      about: "signaling",
      state: health,
      attempt,
      graceMs,
    });
  }

  resumed(result: ResumeResult): void {
    this.incidents.step("resumed");
    const { self } = result;
    // Of an earlier time, where the room was taken up after a crash.
    if (self) this.#toldMediaState = self.mediaState;
    this.media.resumed({ ...result, self: self ?? this.#selfIn(result) });
  }

  rejoined(result: JoinResult): void {
    this.incidents.step("rejoined");
    this.incidents.rejoined();
    this.#toldMediaState = "new";
    this.media.rejoined(result);
  }

  ended(error: HoldfastError | undefined, reason: EndReason): void {
    this.media.ended();
    this.incidents.end(outcomeOf(error, reason));
  }

  /** All has been told that was missed. */
  signalingWorks(): void {
    this.#room.emit("diagnostic", { about: "signaling", state: "connected" });
    this.#reportMediaState();
    this.incidents.fine("signaling");
  }

  async caughtUp(): Promise<void> {
    try {
      // Any request would do: all that was asked or told before comes first.
      await this.#sayMediaState();
    } catch (error) {
      // A refusal is an answer, too.
      if (!isTooManyRequests(error)) throw error;
    }
  }

  iceReconnected(): void {
    this.#signaling.networkHint("iceReconnected");
  }

  mediaState(state: MediaState): void {
    const { localParticipant } = this.#room;
    if (!localParticipant.setMediaState(state)) return;
    this.#room.emit("mediaStateChanged", localParticipant, state);
    this.#reportMediaState();
  }

  exception(error: HoldfastError, name?: ExceptionName): void {
    if (name === undefined) this.#room.emit("exception", error);
    else this.#room.emit("exception", error, name);
  }

  diagnostic(diagnostic: Diagnostic): void {
    this.#room.emit("diagnostic", diagnostic);
  }

  reconnecting(error: HoldfastError): void {
    this.#room.emit("reconnecting", error);
  }

  reconnected(): void {
    this.#room.emit("reconnected");
  }

  step(step: RecoveryStep["step"], detail: string | undefined): void {
    this.#room.emit("diagnostic", { about: "recovery", step, detail });
  }

  report(report: RecoveryReport): void {
    if (this.signaling === "healthy") this.#tell("reportRecovery", report);
    this.#room.emit("recovery", report);
  }

  /** The latest is enough: what was in between is of no use any more. */
  #reportMediaState(): void {
    const { mediaState: state } = this.#room.localParticipant;
    if (this.signaling !== "healthy" || this.#toldMediaState === state) return;
    this.#sayMediaState().catch(() => {});
  }

  async #sayMediaState(): Promise<void> {
    const { mediaState: state } = this.#room.localParticipant;
    this.#toldMediaState = state;
    await this.#signaling.ask("reportMediaState", { state });
  }

  #selfIn({ snapshot }: ResumeResult): ParticipantInfo | undefined {
    const { sessionId } = this.#room;
    return snapshot?.participants.find((one) => one.sessionId === sessionId);
  }

  /** Nobody waits for it, and nothing is lost with it. */
  #tell<M extends Method>(method: M, params: Params<M>): void {
    this.#signaling.ask(method, params).catch(() => {});
  }
}

function outcomeOf(
  error: HoldfastError | undefined,
  reason: EndReason,
): RecoveryReport["outcome"] {
  if (reason === "left") return "left";
  return error?.code === errors.signalingFailed.code ? "gaveUp" : "evicted";
}
