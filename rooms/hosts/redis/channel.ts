/**
 * One direction each way between two processes, over a bus that may lose what it
 * carries: numbered, acknowledged, sent again, bounded. What cannot be made good
 * breaks the channel, and with it all that goes over it.
 *
 * A pure core: time comes with each call.
 *
 * @module
 */

/** What crosses the bus. Bodies are JSON; the first has number `seq`. */
export type Frame<Body = string> = {
  /** Of the sender's end; another one means that it has begun anew. */
  readonly channel: string;
  /** Of the receiver's end; `null`: nothing was heard of it yet. */
  readonly peer: string | null;
  readonly seq: number;
  /** All up to this number have arrived. */
  readonly ack: number;
  /** Something is missing after `ack`. */
  readonly gap: boolean;
  readonly bodies: readonly Body[];
};

export type Break = "silent" | "gone" | "full" | "restarted" | "confused";

export type ChannelLimits = {
  /** Bytes that may wait for their acknowledgement. */
  readonly maxBytes: number;
  /** Milliseconds without a word until the peer counts as dead. */
  readonly silentMs: number;
  /** The same, while the bus says that nobody listens there. */
  readonly goneMs: number;
};

type Item = {
  readonly seq: number;
  readonly body: string;
  readonly key: string;
  sentAt: number | null;
};

const RESEND_MS = 300;
const ACK_DELAY_MS = 40;
const KEEP_ALIVE_MS = 1_000;
/** While nobody listens at the other end. */
const PROBE_MS = 100;
/** In one frame, and on the way at the same time. */
const MAX_FRAME_UNITS = 262_144;

export class Channel {
  readonly #id: string;
  readonly #limits: ChannelLimits;
  #peer: string | null = null;
  #broken: Break | undefined;

  readonly #waiting: Item[] = [];
  readonly #units = new Map<string, number>();
  #waitingUnits = 0;
  #lastSeq = 0;

  #received = 0;
  #ackAt = Infinity;
  #isGapOwed = false;

  #heardAt: number;
  #spokeAt = -Infinity;
  /** Since when nobody listens at the other end. */
  #goneSince: number | undefined;

  constructor(id: string, now: number, limits: ChannelLimits) {
    this.#id = id;
    this.#limits = limits;
    this.#heardAt = now;
  }

  get broken(): Break | undefined {
    return this.#broken;
  }

  /** Whether the other end has said something, and nothing waits for it. */
  get isSettled(): boolean {
    return this.#waiting.length === 0;
  }

  /** UTF-16 units that wait, of those that were sent with this key. */
  waitingOf(key: string): number {
    return this.#units.get(key) ?? 0;
  }

  /** `key`: on whose behalf. */
  send(body: string, key: string): void {
    if (this.#broken) return;
    this.#waitingUnits += body.length;
    if (this.#waitingUnits > this.#limits.maxBytes) return this.#break("full");
    this.#units.set(key, this.waitingOf(key) + body.length);
    this.#waiting.push({ seq: ++this.#lastSeq, body, key, sentAt: null });
  }

  /** What to put on the bus now; to be asked until there is nothing more. */
  next(now: number): Frame | undefined {
    if (this.#broken) return undefined;
    const bodies = this.#due(now);
    const isOwed = now >= this.#ackAt || this.#isGapOwed ||
      now >= this.#keepAliveAt;
    const [first] = bodies;
    if (first === undefined && !isOwed) return undefined;
    for (const item of bodies) item.sentAt = now;
    const gap = this.#isGapOwed;
    this.#isGapOwed = false;
    this.#ackAt = Infinity;
    this.#spokeAt = now;
    return {
      channel: this.#id,
      peer: this.#peer,
      seq: first?.seq ?? this.#lastSeq + 1,
      ack: this.#received,
      gap,
      bodies: bodies.map(({ body }) => body),
    };
  }

  /** The bus has given the last frame to so many. */
  reached(receivers: number, now: number): void {
    if (receivers > 0) this.#goneSince = undefined;
    else this.#goneSince ??= now;
  }

  /** Bodies that are next in their row. */
  receive<Body>(frame: Frame<Body>, now: number): readonly Body[] {
    if (this.#broken) return [];
    if (frame.peer !== null && frame.peer !== this.#id) {
      // It speaks to an end before this one, and is to hear that.
      if (this.#peer === frame.channel) this.#break("confused");
      else this.#isGapOwed = true;
      return [];
    }
    if (this.#peer !== null && this.#peer !== frame.channel) {
      this.#break("restarted");
      return [];
    }
    this.#peer = frame.channel;
    this.#heardAt = now;
    this.#goneSince = undefined;
    if (frame.ack > this.#lastSeq) {
      this.#break("confused");
      return [];
    }
    this.#acknowledge(frame.ack);
    if (frame.gap) this.#sendAgain();
    return this.#take(frame, now);
  }

  /** Looks at the clock. */
  tick(now: number): void {
    if (this.#broken) return;
    if (now >= this.#heardAt + this.#limits.silentMs) this.#break("silent");
    else if (now >= this.#goneAt) this.#break("gone");
  }

  /** When there is something to do at the latest. */
  get deadline(): number {
    if (this.#broken) return Infinity;
    const [oldest] = this.#waiting;
    const resendAt = oldest === undefined
      ? Infinity
      : oldest.sentAt === null
      ? -Infinity
      : oldest.sentAt + RESEND_MS;
    return Math.min(
      resendAt,
      this.#isGapOwed ? -Infinity : this.#ackAt,
      this.#keepAliveAt,
      this.#heardAt + this.#limits.silentMs,
      this.#goneAt,
    );
  }

  get #keepAliveAt(): number {
    const isGone = this.#goneSince !== undefined;
    return this.#spokeAt + (isGone ? PROBE_MS : KEEP_ALIVE_MS);
  }

  get #goneAt(): number {
    return this.#goneSince === undefined
      ? Infinity
      : this.#goneSince + this.#limits.goneMs;
  }

  /** A row: from the oldest if that is overdue, else from the first unsent one. */
  #due(now: number): Item[] {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return [];
    const isOverdue = oldest.sentAt !== null &&
      now >= oldest.sentAt + RESEND_MS;
    if (isOverdue) this.#sendAgain();
    const first = this.#waiting.findIndex(({ sentAt }) => sentAt === null);
    if (first < 0) return [];
    const row: Item[] = [];
    let units = 0;
    for (let at = first; at < this.#waiting.length; at += 1) {
      const item = this.#waiting[at];
      if (item === undefined) break;
      units += item.body.length;
      if (row.length > 0 && units > MAX_FRAME_UNITS) break;
      row.push(item);
    }
    return row;
  }

  #sendAgain(): void {
    for (const item of this.#waiting) item.sentAt = null;
  }

  #acknowledge(ack: number): void {
    let count = 0;
    for (const { seq, body, key } of this.#waiting) {
      if (seq > ack) break;
      count += 1;
      this.#waitingUnits -= body.length;
      const left = this.waitingOf(key) - body.length;
      if (left > 0) this.#units.set(key, left);
      else this.#units.delete(key);
    }
    this.#waiting.splice(0, count);
  }

  #take<Body>(
    { seq, bodies }: Frame<Body>,
    now: number,
  ): readonly Body[] {
    if (seq > this.#received + 1) {
      this.#isGapOwed = true;
      return [];
    }
    if (bodies.length === 0) return [];
    this.#ackAt = Math.min(this.#ackAt, now + ACK_DELAY_MS);
    const fresh = bodies.slice(this.#received + 1 - seq);
    this.#received += fresh.length;
    return fresh;
  }

  #break(why: Break): void {
    this.#broken = why;
    this.#waiting.length = 0;
    this.#units.clear();
    this.#waitingUnits = 0;
  }
}
