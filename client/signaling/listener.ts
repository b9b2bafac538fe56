import type {
  EndReason,
  JoinResult,
  RecoveryStep,
  RecoveryTrigger,
  ResumeResult,
} from "../../protocol/mod.ts";
import type { Attempt } from "../api/diagnostics.ts";
import { HoldfastError } from "../errors.ts";
import type { ConnectionEffect } from "./io.ts";
import type { RoomEvent, RoomHint } from "./messages.ts";

/** Hears of a room, in the order in which things happened there. */
export interface SignalingListener {
  event(event: RoomEvent): void;
  hint(hint: RoomHint): void;
  exception(error: HoldfastError): void;
  /** Milliseconds to the service and back. */
  roundTrip(ms: number): void;
  /** The connection may be gone, and others race it. */
  suspected(trigger: RecoveryTrigger, error: HoldfastError): void;
  /** It is not gone. */
  spoke(): void;
  /** It is gone. */
  lost(trigger: RecoveryTrigger, error: HoldfastError): void;
  /**
   * Of the race for another connection: what is next. The service gives the
   * place away in `graceMs`.
   */
  attempt(attempt: Attempt, graceMs: number): void;
  /** Of the race for another connection: what was done. */
  step(step: RecoveryStep["step"], detail: string | undefined): void;
  /** The session goes on. */
  resumed(result: ResumeResult): void;
  /** The session ended for `reason`; this is another, in `room` if one was moved. */
  rejoined(result: JoinResult, reason: EndReason, room?: string): void;
  /** Nothing comes after it. */
  ended(error: HoldfastError | undefined, reason: EndReason): void;
}

/** The effects that do nothing but tell. */
export type News = Extract<
  ConnectionEffect,
  {
    type:
      | "event"
      | "hint"
      | "exception"
      | "roundTrip"
      | "suspected"
      | "spoke"
      | "lost"
      | "attempt"
      | "step"
      | "resumed"
      | "rejoined"
      | "ended";
  }
>;

export function tell(
  listener: SignalingListener,
  news: News,
  now: number,
): void {
  switch (news.type) {
    case "event":
      return listener.event(news.event);
    case "hint":
      return listener.hint(news.hint);
    case "exception":
      return listener.exception(new HoldfastError(news.error));
    case "roundTrip":
      return listener.roundTrip(news.ms);
    case "suspected":
      return listener.suspected(news.trigger, new HoldfastError(news.error));
    case "spoke":
      return listener.spoke();
    case "lost":
      return listener.lost(news.trigger, new HoldfastError(news.error));
    case "attempt": {
      const graceMs = Math.max(0, news.graceUntil - now);
      return listener.attempt(attemptOf(news.until, now), graceMs);
    }
    case "step":
      return listener.step(news.step, news.detail);
    case "resumed":
      return listener.resumed(news.result);
    case "rejoined":
      return listener.rejoined(news.result, news.reason, news.room);
    case "ended": {
      const { error, reason } = news.ending;
      return listener.ended(error && new HoldfastError(error), reason);
    }
  }
}

function attemptOf(until: number | "now", now: number): Attempt {
  if (until === "now") return { type: "trying" };
  return { type: "waiting", ms: until === Infinity ? undefined : until - now };
}
