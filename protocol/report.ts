/**
 * What is said of a recovery when it is over: one report for each incident.
 *
 * @module
 */
import * as z from "zod";

export const RecoveryTrigger = z.enum([
  /** Nothing was heard on the connection. */
  "silence",
  /** The connection was closed by the other side, or by the network. */
  "socketClosed",
  /** The browser said that it is offline. */
  "offline",
  /** No media packets came in. */
  "mediaStopped",
  "iceDisconnected",
  "iceFailed",
  /** The server said that a transport is gone. */
  "transportLost",
  /** The server said that all media is gone. */
  "mediaServerLost",
  /** The application, or the person who uses it, asked for it. */
  "asked",
]);
export type RecoveryTrigger = z.infer<typeof RecoveryTrigger>;

export const RecoveryStep = z.object({
  /** Milliseconds since the trigger. */
  atMs: z.number().min(0),
  step: z.enum([
    "suspected",
    "mediaPaused",
    "socketTried",
    "socketOpened",
    "oldSocketSpoke",
    "resumed",
    "rejoined",
    "iceRestarted",
    "iceConnected",
    "mediaResumed",
    "keyFrameRequested",
    "mediaFlows",
    "mediaServerReady",
    "recreating",
    "recreated",
    "refused",
  ]),
  detail: z.string().max(256).optional(),
});
export type RecoveryStep = z.infer<typeof RecoveryStep>;

export const RecoveryReport = z.object({
  trigger: RecoveryTrigger,
  /** Milliseconds since 1970, by the clock of the client. */
  startedAt: z.number(),
  /** Milliseconds; of which signaling was lost, and media did not flow. */
  durationMs: z.number().min(0),
  signalingMs: z.number().min(0),
  mediaMs: z.number().min(0),
  steps: z.array(RecoveryStep).max(64),
  outcome: z.enum(["recovered", "rejoined", "evicted", "gaveUp", "left"]),
});
export type RecoveryReport = z.infer<typeof RecoveryReport>;
