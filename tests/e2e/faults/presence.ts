import type { Client } from "../support/client.ts";

/** What somebody is told of the presence of another one. */
export type Told = {
  readonly event: string;
  readonly at: number;
  readonly graceUntil?: number;
  readonly reason?: string;
};

const ABOUT_PRESENCE = [
  "participantConnected",
  "participantReconnecting",
  "participantReconnected",
  "participantDisconnected",
];

/** In order, from a moment on. */
export async function toldOf(
  client: Client,
  identity: string,
  since: number,
): Promise<Told[]> {
  const events = await client.events();
  return events
    .filter(({ event, at }) => ABOUT_PRESENCE.includes(event) && at >= since)
    .map(({ event, at, detail }) => {
      const about = typeof detail === "string"
        ? { identity: detail }
        : detail as { identity: string } & Pick<Told, "graceUntil" | "reason">;
      return { event, at, ...about };
    })
    .filter((told) => told.identity === identity);
}

/**
 * For comparing. That somebody is lost may come again, with more grace, where
 * the service itself was asleep (GR1): on a busy machine it is at times.
 */
export const inShort = (told: readonly Told[]): string[] =>
  told.map(({ event, reason }) => reason ? `${event} ${reason}` : event)
    .filter((event, index, events) =>
      event !== "participantReconnecting" || event !== events[index - 1]
    );

/** Lost, and back in time. */
export const BLINK = ["participantReconnecting", "participantReconnected"];
