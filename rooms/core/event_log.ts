/**
 * The events of a session that its client has not acknowledged. Bodies are
 * shared between all receivers of an event.
 *
 * @module
 */
import type { Policy } from "../../protocol/mod.ts";

/** An event but for its number, which differs from receiver to receiver. */
export type Body = {
  readonly head: string;
  readonly tail: string;
  readonly bytes: number;
};

export type EventLog = {
  /** The last one has the `seq` of the session, the others those before. */
  readonly bodies: Body[];
  bytes: number;
};

/**
 * Whoever took the room up under this epoch knew of no event after `seq`: later
 * ones were told again by other numbers (HO4).
 */
export type Fork = { readonly epoch: number; readonly seq: number };

const MESSAGE = '"method":"message"';

type Logged = { seq: number; log: EventLog | null };

/** Numbers an event and keeps it, at the cost of the oldest where need be. */
export function append(
  session: Logged,
  body: Body,
  { maxLogEvents, maxLogBytes }: Policy,
): void {
  session.seq += 1;
  session.log ??= { bodies: [], bytes: 0 };
  const { log } = session;
  log.bodies.push(body);
  log.bytes += body.bytes;
  while (log.bodies.length > maxLogEvents || log.bytes > maxLogBytes) {
    drop(log, 1);
  }
}

/** Forgets the events up to `seq`, which the client has handled. */
export function acknowledge(session: Logged, seq: number): void {
  const { log } = session;
  if (log === null) return;
  const handled = seq - firstOf(session) + 1;
  if (handled >= log.bodies.length) session.log = null;
  else if (handled > 0) drop(log, handled);
}

/** The events after `seq`; `null`: they cannot be told one by one any more. */
export function eventsAfter(session: Logged, seq: number): Body[] | null {
  const first = firstOf(session);
  if (seq < first - 1 || seq > session.seq) return null;
  return session.log?.bodies.slice(seq - first + 1) ?? [];
}

/**
 * The last event that a client and the room have in common, where the client has
 * known the room under `epoch` and has handled what is lost; else undefined.
 */
export function lastShared(
  forks: readonly Fork[],
  epoch: number,
  ack: number,
): number | undefined {
  const passed = forks.filter((fork) => epoch < fork.epoch && ack > fork.seq);
  if (passed.length === 0) return undefined;
  return Math.min(...passed.map(({ seq }) => seq));
}

/** What was said to the client: a snapshot does not have it. */
export const messagesOf = ({ log }: Logged): Body[] =>
  log?.bodies.filter(({ head }) => head.includes(MESSAGE)) ?? [];

/** Of the oldest that is kept, or of the next one. */
const firstOf = ({ seq, log }: Logged): number =>
  seq - (log?.bodies.length ?? 0) + 1;

function drop(log: EventLog, count: number): void {
  for (const { bytes } of log.bodies.splice(0, count)) log.bytes -= bytes;
}
