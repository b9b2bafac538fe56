/**
 * What runs in the pages. Playwright sends each function as text, so that none
 * may use anything from outside of itself.
 *
 * @module
 */
import type * as sdk from "../../../client/mod.ts";

/** An event of a room; `at` is the wall clock, in milliseconds. */
export type Recorded = { event: string; at: number; detail: unknown };

/** A room that a page has joined, and what it has heard since. */
export type Joined = {
  room: sdk.Room;
  events: Recorded[];
  recoveries: sdk.RecoveryReport[];
};

export type JoinArguments = {
  url: string;
  token: string;
  options: Pick<
    sdk.ConnectOptions,
    "autoSubscribe" | "iceTransportPolicy" | "metadata" | "name" | "rejoin"
  >;
};

/** What a page receives of one published track. */
export type Reception = {
  identity: string;
  key: string;
  kind: string;
  muted: boolean;
  /** Rising while video is shown. */
  framesDecoded: number;
  frameWidth: number;
  /** Rising while there is something to hear. */
  audioEnergy: number;
};

/** Joins, plays all it hears and sees, and writes down every event. */
export async function join(
  { url, token, options }: JoinArguments,
): Promise<Joined> {
  const bundle = "/assets/holdfast.js";
  const { connect }: typeof sdk = await import(bundle);
  const room = await connect(url, token, options);
  const events: Recorded[] = [];
  const record = (event: string, detail: unknown) =>
    events.push({ event, at: Date.now(), detail });

  room.on("participantConnected", ({ identity }) => {
    record("participantConnected", identity);
  });
  room.on("participantDisconnected", ({ identity }, reason) => {
    record("participantDisconnected", { identity, reason });
  });
  room.on("participantReconnecting", ({ identity }, { graceUntil }) => {
    record("participantReconnecting", { identity, graceUntil });
  });
  room.on("participantReconnected", ({ identity }) => {
    record("participantReconnected", identity);
  });
  room.on("mediaStateChanged", ({ identity }, state) => {
    record("mediaStateChanged", { identity, state });
  });
  room.on("reconnecting", ({ code }) => record("reconnecting", code));
  room.on("reconnected", () => record("reconnected", null));
  const recoveries: sdk.RecoveryReport[] = [];
  room.on("recovery", (report) => {
    record("recovery", report.outcome);
    recoveries.push(report);
  });
  room.on("participantUpdated", ({ identity, name, metadata }) => {
    record("participantUpdated", { identity, name, metadata });
  });
  room.on("trackMuted", ({ key }) => record("trackMuted", key));
  room.on("trackUnmuted", ({ key }) => record("trackUnmuted", key));
  room.on("trackPublished", ({ key }) => record("trackPublished", key));
  room.on("trackUnpublished", ({ key }) => record("trackUnpublished", key));
  room.on("message", ({ from, topic, body }) => {
    record("message", { from: from?.identity, topic, body });
  });
  room.on("dataReceived", (data, { label }, { identity }) => {
    const shown = typeof data === "string" ? data : [...new Uint8Array(data)];
    record("dataReceived", { data: shown, label, identity });
  });
  room.on("disconnected", (error, reason) => {
    record("disconnected", { code: error?.code ?? null, reason });
  });
  room.on("exception", ({ message }) => record("exception", message));

  // Chromium measures the energy of audio, and decodes video, only when played.
  const play = (publication: sdk.RemotePublication) => {
    const element = document.createElement(publication.kind);
    if (!(element instanceof HTMLMediaElement)) return;
    publication.attach(element);
    document.body.append(element);
  };
  room.on("trackSubscribed", (_track, publication) => {
    record("trackSubscribed", publication.key);
    play(publication);
  });
  room.on("trackReplaced", (_track, { key }) => record("trackReplaced", key));
  for (const participant of room.participants.values()) {
    for (const publication of participant.publications.values()) {
      if (publication.subscribed) play(publication);
    }
  }
  return { room, events, recoveries };
}

/** Publishes the made-up microphone and camera. */
export async function publishDevices(
  { room }: Joined,
  constraints: MediaStreamConstraints,
): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia(constraints);
  for (const track of stream.getTracks()) {
    const source = track.kind === "audio" ? "microphone" : "camera";
    await room.localParticipant.publish(track, { source });
  }
}

export async function publishScreen({ room }: Joined): Promise<void> {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: true });
  for (const track of stream.getVideoTracks()) {
    await room.localParticipant.publish(track, { source: "screen" });
  }
}

/** What arrives of every track that the page is subscribed to. */
export async function receptions({ room }: Joined): Promise<Reception[]> {
  const found: Reception[] = [];
  for (const { identity, publications } of room.participants.values()) {
    for (const publication of publications.values()) {
      if (!publication.subscribed) continue;
      const { key, kind, muted } = publication;
      const reception = {
        identity,
        key,
        kind,
        muted,
        framesDecoded: 0,
        frameWidth: 0,
        audioEnergy: 0,
      };
      for (const stat of (await publication.getStats()).values()) {
        if (stat.type !== "inbound-rtp") continue;
        reception.framesDecoded += stat.framesDecoded ?? 0;
        reception.frameWidth = stat.frameWidth ?? 0;
        reception.audioEnergy += stat.totalAudioEnergy ?? 0;
      }
      found.push(reception);
    }
  }
  return found;
}
