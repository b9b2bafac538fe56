/**
 * Holds a room to its rules by what goes in and what comes out: it keeps books
 * of its own, and knows nothing of what the room keeps inside.
 */
import type { Ending } from "../../client/signaling/ending.ts";
import {
  type EndReason,
  type ErrorObject,
  errors,
  type EventName,
  type EventParams,
  type JoinResult,
  type Policy,
  type ResumeResult,
} from "../../protocol/mod.ts";
import type { Announcement, Effect } from "../../rooms/core/effect.ts";
import type {
  Admission,
  ConnectionId,
  Input,
  ResumeAdmission,
} from "../../rooms/core/input.ts";
import type {
  SessionSnapshot,
  Snapshot,
} from "../../rooms/core/snapshot/schema.ts";
import { type Journal, Violation } from "./journal.ts";
import type { Place, Watched, Watcher } from "./watched.ts";

/** A session, as its rules have it. */
export type Seat = {
  readonly id: string;
  readonly identity: string;
  /** The connection that speaks for it, or that asks to. */
  line: ConnectionId | undefined;
  /** The last sign of life came between these. */
  heard: { from: number; to: number };
  /** Secrets that are good: the one that the client has shown, and the next. */
  proven: string;
  handed: string[];
  attempt: number;
  /** Events by their numbers. */
  readonly log: Map<number, string>;
  /** Of the last event that was seen going out. */
  told: number;
  /** Of the last event that a pong has acknowledged. */
  acked: number;
  readonly answers: Map<number, string>;
  /** Up to which event it was kept, and since which epoch other ones follow. */
  readonly forks: { readonly epoch: number; readonly seq: number }[];
  /** Whether the others take it for lost. */
  isLost: boolean;
  /** How often it was lost, and how many reports of that there were. */
  losses: number;
  reports: number;
  ended: EndReason | undefined;
};

/** A connection, from the moment it says who it is. */
type Line = {
  readonly admission: Admission;
  /** Whether it has been answered. */
  speaks: boolean;
  seat: Seat | undefined;
  /** Of the event that must come next on it. */
  nextSeq: number;
};

/** The largest events in such a number take less than a log may. */
const SURELY_KEPT = 20;
/** Milliseconds of sleep that a room does not forgive itself. */
const STALL_MS = 200;
/** Milliseconds from the end of a session until another is let in, or is not. */
const TO_REJOIN_MS = 5_000;
const PING = /^\{"jsonrpc":"2\.0","id":\d+,"method":"ping"/;
const ACK = /^\{"jsonrpc":"2\.0","id":\d+,"result":\{"ack":(\d+)/;
const EVENT = /^\{"jsonrpc":"2\.0","method":"(\w+)","params":\{"seq":(\d+)[,}]/;

export type RefereeOptions = {
  /** Its name. */
  readonly room: string;
  readonly policy: Policy;
  readonly journal: Journal;
  /** Of a session that is evicted, whether it was there all the time. */
  readonly onEvicted: (seat: Seat, now: number) => void;
  /** Of a session that was not kept. */
  readonly mayForget: (seat: Seat) => boolean;
  /** Whether secrets that clients were told may not be kept, or lately were not. */
  readonly isForgiven: (latelyMs?: number) => boolean;
  readonly fail: (error: unknown) => void;
};

const nowhere: Place = {
  grainMs: 0,
  asleepUntil: () => -Infinity,
  host: undefined,
};

export class Referee implements Watcher {
  readonly seats = new Map<string, Seat>();
  /** Secrets that were good once, with the sessions they were of. */
  oldSecrets: { sessionId: string; hash: string }[] = [];
  /** Sessions of which clients may know better than what was kept. */
  readonly #unsure = new Set<string>();
  /** Sessions that nobody has to know of any more. */
  readonly #gone = new Set<string>();
  readonly #options: RefereeOptions;
  readonly #lines = new Map<ConnectionId, Line>();
  /** Whatever it hears first after a sleep, a room begins with its own affairs. */
  #hasSlept = false;
  /** Of the room that is heard now. */
  #place: Place = nowhere;
  /** Of the room, now. */
  #effects: readonly Effect[] = [];

  constructor(options: RefereeOptions) {
    this.#options = options;
  }

  get present(): Seat[] {
    return [...this.seats.values()].filter(({ ended }) => ended === undefined);
  }

  /** The SDK has told the app that the session is over. */
  toldOver(sessionId: string, { reason, error }: Ending): void {
    const seat = this.seats.get(sessionId);
    if (seat === undefined && !this.#gone.has(sessionId)) {
      this.#violated("HO2", `${sessionId} was let in, and nobody knows of it`);
    }
    if (seat === undefined || seat.ended === reason) return;
    if (this.#unsure.has(sessionId)) return;
    const { code } = error ?? {};
    if (reason === "left" || code === errors.signalingFailed.code) return;
    if (code === errors.tokenExpired.code) return;
    // It is lost, though nobody has taken the room up yet, or only a former owner.
    const isLost = reason === "nodeCrashed" ||
      code === errors.signalingTimeout.code ||
      code === errors.secretInvalid.code;
    if (isLost && this.#options.isForgiven(TO_REJOIN_MS)) return;
    const truth = seat.ended ? `ended: ${seat.ended}` : "goes on";
    const words = `${reason}, ${error?.message}`;
    this.#violated("RS3", `${sessionId} was told ${words}, and it ${truth}`);
  }

  crashed(error: unknown): void {
    this.#options.fail(error);
  }

  /** In whichever way: nothing of it is left. */
  roomEnded(): void {
    for (const seat of this.present) seat.ended = "nodeCrashed";
    for (const id of this.seats.keys()) this.#gone.add(id);
    this.seats.clear();
    this.#lines.clear();
  }

  /** Another process goes on with what was kept, if anything was (HO1, HO3). */
  restored(kept: Snapshot | undefined, now: number, epoch: number): void {
    const sessions = new Map(kept?.sessions.map((one) => [one.id, one]));
    for (const seat of this.present) {
      if (sessions.has(seat.id) || this.#options.mayForget(seat)) continue;
      this.#violated("HO1", `${seat.id} was not kept`);
    }
    const before = new Map(this.seats);
    for (const { id, ended } of before.values()) {
      if (ended || this.#options.isForgiven()) this.#gone.add(id);
    }
    this.seats.clear();
    this.#lines.clear();
    this.#hasSlept = false;
    const { evictAfterMs } = this.#options.policy;
    const isForgiven = this.#options.isForgiven();
    for (const session of sessions.values()) {
      const old = before.get(session.id);
      if (!old || old.ended || isForgiven) this.#unsure.add(session.id);
      const left = session.graceUntil === null
        ? evictAfterMs
        : Math.max(0, session.graceUntil - (kept?.at ?? now));
      const heardAt = now + left - evictAfterMs;
      this.seats.set(session.id, seatOf(session, old, { heardAt, epoch }));
      const { proven, handed } = session.credentials;
      this.oldSecrets = this.oldSecrets.filter(({ hash }) =>
        hash !== proven && !handed.includes(hash)
      );
    }
  }

  handled(room: Watched, input: Input, effects: Effect[], now: number): void {
    this.#place = room.place;
    this.#effects = effects;
    this.#journal(input, effects);
    this.#forgiveSleep(room, now);
    const before = this.#before(input, effects, now);
    for (const effect of effects) this.#effect(effect, now);
    before?.();
    this.#afterwards(room, input, now);
  }

  #journal(input: Input, effects: Effect[]): void {
    const { journal, room } = this.#options;
    if (!journal.isOn) return;
    journal.note(room, () => `<- ${line(input)}`);
    for (const effect of effects) {
      journal.note(room, () => `   ${line(effect)}`);
    }
  }

  /** The time in which the room was asleep counts for nobody. */
  #forgiveSleep({ before }: Watched, now: number): void {
    const { deadline, lastInputAt } = before;
    this.#hasSlept = now - Math.max(lastInputAt, deadline) > STALL_MS;
    if (!this.#hasSlept) return;
    const asleep = Math.ceil(now - lastInputAt);
    for (const { heard } of this.present) heard.to += asleep;
  }

  /** What must hold of an input; returns what must hold of its effects. */
  #before(
    input: Input,
    effects: Effect[],
    now: number,
  ): (() => void) | undefined {
    switch (input.type) {
      case "opened":
        return this.#opened(input.connection, input.admission, effects, now);
      case "received": {
        const line = this.#lines.get(input.connection);
        if (line === undefined) {
          if (effects.length === 0 || this.#hasSlept) return;
          return this.#violated("RS2", `${input.connection} was heard`);
        }
        return this.#heard(line, input.text, now);
      }
      case "closed":
        return this.#closed(input.connection, input.clean);
      case "left":
        return this.#left(input.sessionId, input.secretHash, effects);
    }
  }

  #opened(
    connection: ConnectionId,
    admission: Admission,
    effects: Effect[],
    now: number,
  ): (() => void) | undefined {
    const line = { admission, speaks: false, seat: undefined, nextSeq: 0 };
    this.#lines.set(connection, line);
    if (admission.method === "resume") {
      return this.#resuming(connection, line, admission, effects, now);
    }
  }

  #resuming(
    connection: ConnectionId,
    line: Line,
    admission: ResumeAdmission,
    effects: Effect[],
    now: number,
  ): (() => void) | undefined {
    const { sessionId, secretHash, attempt = Infinity, next } = admission;
    const seat = this.seats.get(sessionId);
    const isIn = seat !== undefined && seat.ended === undefined;
    const isSecret = seat !== undefined && isSecretOf(seat, secretHash);
    const error = refusalTo(connection, effects);
    const isLate = isIn && attempt <= seat.attempt;
    if (!isIn || !isSecret || isLate) {
      const rule = !isIn ? "RS3" : isSecret ? "RS1" : "RS4";
      if (error === undefined) {
        this.#violated(rule, `${connection} resumed ${sessionId}`);
      }
      const others = effects.filter((effect) =>
        "connection" in effect && effect.connection !== connection
      );
      if (others.length > 0 && !this.#hasSlept) {
        this.#violated(rule, `${connection} has changed something`);
      }
      return;
    }
    if (error !== undefined) {
      const isBusy = admission.token?.ok === false &&
        admission.token.error === "busy";
      if (error.data.status !== "UNAUTHENTICATED" && !isBusy) {
        this.#violated("RS1", `${connection} was refused: ${error.message}`);
      }
      return;
    }
    if (seat.proven !== secretHash) {
      this.oldSecrets.push({ sessionId, hash: seat.proven });
    }
    const old = seat.line;
    if (old !== undefined) this.#lines.delete(old);
    seat.line = connection;
    seat.proven = secretHash;
    seat.handed = seat.handed.filter((hash) => hash !== secretHash);
    seat.handed.push(next.hash);
    seat.attempt = admission.attempt ?? seat.attempt;
    seat.heard = { from: now, to: now };
    line.seat = seat;
    if (old === undefined) return;
    const isClosed = effects.some((effect) =>
      effect.type === "close" && effect.connection === old &&
      effect.code === "resumed"
    );
    if (!isClosed) this.#violated("RS2", `${old} was not closed`);
  }

  /** Any frame is a sign of life, and proves that the answer has arrived. */
  #heard({ seat, speaks }: Line, text: string, now: number): undefined {
    if (seat === undefined) return;
    seat.acked = Math.max(seat.acked, Number(ACK.exec(text)?.[1] ?? 0));
    seat.heard = { from: now, to: now };
    const last = seat.handed.at(-1);
    if (!speaks || last === undefined) return;
    for (const hash of [seat.proven, ...seat.handed]) {
      if (hash !== last) this.oldSecrets.push({ sessionId: seat.id, hash });
    }
    seat.proven = last;
    seat.handed = [];
  }

  /** What the room has said before it saw the closing is lost, and no harm. */
  #closed(connection: ConnectionId, clean: boolean): () => void {
    const seat = this.#lines.get(connection)?.seat;
    const isLoss = seat?.line === connection;
    if (isLoss) seat.line = undefined;
    if (isLoss && !clean) lose(seat);
    return () => {
      this.#lines.delete(connection);
      if (!isLoss || !clean || seat.ended === "left") return;
      this.#violated("GR3", `${seat.id} stays`);
    };
  }

  #left(
    sessionId: string,
    hash: string,
    effects: Effect[],
  ): (() => void) | undefined {
    const seat = this.seats.get(sessionId);
    if (!seat || seat.ended) return;
    if (isSecretOf(seat, hash)) {
      return () => {
        if (seat.ended !== "left") this.#violated("GR4", `${seat.id} stays`);
      };
    }
    if (effects.length > 0 && !this.#hasSlept) {
      this.#violated("RS4", `a wrong goodbye has moved ${sessionId}`);
    }
  }

  #effect(effect: Effect, now: number): void {
    switch (effect.type) {
      case "send":
        return this.#sent(effect.connection, effect.text, now);
      case "close":
        return this.#hungUp(effect.connection, effect.code, now);
      case "announce":
        return this.#announced(effect.announcement, now);
      case "end":
        return this.roomEnded();
    }
  }

  #sent(connection: ConnectionId, text: string, now: number): void {
    const line = this.#lines.get(connection);
    if (line === undefined) {
      if (this.#hasSlept) return;
      return this.#violated("RS2", `something was said to ${connection}`);
    }
    if (PING.test(text)) return;
    const [, name, seq] = EVENT.exec(text) ?? [];
    if (name !== undefined) {
      return this.#told(line, name as EventName, Number(seq), text, now);
    }
    const { id, result, error } = JSON.parse(text);
    if (typeof id !== "number" || line.seat === undefined && !line.speaks) {
      if (id === line.admission.id && error === undefined) {
        this.#admitted(connection, line, result, now);
      }
      return;
    }
    if (line.speaks) return this.#answered(line, id, text);
    // The session may end before its resume is answered.
    if (error === undefined) this.#resumed(line, result, now);
    else if (!line.seat?.ended) this.#violated("RS1", `${connection} refused`);
  }

  #admitted(
    connection: ConnectionId,
    line: Line,
    { sessionId, identity, seq }: JoinResult,
    now: number,
  ): void {
    if (line.admission.method !== "join") return;
    // The next owner lets in again who has not heard of it (HO9).
    const known = this.seats.get(sessionId);
    const seat: Seat = {
      id: sessionId,
      identity,
      line: connection,
      heard: { from: now, to: now },
      proven: line.admission.secret.hash,
      handed: [],
      attempt: 0,
      log: new Map(),
      told: seq,
      acked: seq,
      answers: new Map(),
      forks: known?.forks ?? [],
      isLost: false,
      losses: known?.losses ?? 0,
      reports: known?.reports ?? 0,
      ended: undefined,
    };
    this.seats.set(sessionId, seat);
    line.seat = seat;
    line.speaks = true;
    line.nextSeq = seq + 1;
  }

  /** Until the answer, a resume is being listened to. */
  #resumed(line: Line, { seq, snapshot }: ResumeResult, now: number): void {
    const { admission } = line;
    if (admission.method !== "resume") return;
    if (snapshot === undefined && seq !== admission.ack) {
      this.#violated("RS1", `the replay begins after ${seq}`);
    }
    const { epoch = Infinity } = admission;
    const isAhead = line.seat?.forks.some((fork) =>
      epoch < fork.epoch && admission.ack > fork.seq
    );
    if (isAhead && snapshot === undefined) {
      this.#violated("HO4", `${line.seat?.id} was told of another ${seq}`);
    }
    const missed = seq - admission.ack;
    const { maxLogEvents } = this.#options.policy;
    const isKept = !isAhead && missed <= Math.min(maxLogEvents, SURELY_KEPT) &&
      (line.seat?.acked ?? 0) <= admission.ack;
    if (snapshot && isKept) {
      this.#violated("RS7", `a snapshot in place of ${missed} events`);
    }
    line.speaks = true;
    line.nextSeq = seq + 1;
    if (line.seat === undefined) return;
    line.seat.told = Math.max(line.seat.told, seq);
    line.seat.heard.to = now;
    line.seat.isLost = false;
    if (snapshot) line.seat.acked = seq;
  }

  #told(
    line: Line,
    name: EventName,
    seq: number,
    text: string,
    now: number,
  ): void {
    const { seat } = line;
    if (!seat || !line.speaks) {
      return this.#violated("RS1", `${name} came before the answer`);
    }
    if (seq !== line.nextSeq) {
      this.#violated("RS1", `${seat.id} got ${seq} after ${line.nextSeq - 1}`);
    }
    line.nextSeq++;
    const before = seat.log.get(seq);
    if (before !== undefined && before !== text) {
      this.#violated("RS1", `${seat.id} got another event ${seq}`);
    }
    if (before !== undefined) return;
    seat.log.set(seq, text);
    seat.told = Math.max(seat.told, seq);
    if (name === "participantReconnecting") {
      this.#reconnecting(JSON.parse(text).params, now);
    }
  }

  #reconnecting(
    { sessionId, graceUntil }: EventParams<"participantReconnecting">,
    now: number,
  ): void {
    const seat = this.seats.get(sessionId);
    if (seat === undefined || seat.ended || graceUntil < now) return;
    if (seat.line !== undefined) return;
    const { evictAfterMs } = this.#options.policy;
    const { grainMs } = this.#place;
    // By the clock of another process, what was said before it may be to come.
    if (grainMs > 0 && !isLost(sessionId, this.#effects)) return;
    if (graceUntil > seat.heard.to + evictAfterMs + grainMs) {
      this.#violated("GR2", `${sessionId} was given too much grace`);
    }
  }

  #answered({ seat }: Line, id: number, text: string): void {
    if (seat === undefined) return;
    const before = seat.answers.get(id);
    const isSame = before === undefined || before === text;
    // Of what was closed since, an answer given again says that.
    if (!isSame && !text.includes(`"code":${errors.cancelled.code}`)) {
      this.#violated("RS6", `${seat.id} got another answer to ${id}`);
    }
    seat.answers.set(id, text);
  }

  #hungUp(connection: ConnectionId, code: string, now: number): void {
    const line = this.#lines.get(connection);
    this.#lines.delete(connection);
    const seat = line?.seat;
    if (seat?.line !== connection) return;
    seat.line = undefined;
    if (code !== "timeout") return;
    lose(seat);
    const { timeoutMs } = this.#options.policy;
    if (now < seat.heard.from + timeoutMs - this.#place.grainMs) {
      this.#violated("HB2", `${seat.id} was lost too early`);
    }
  }

  #announced(announcement: Announcement, now: number): void {
    if (!("sessionId" in announcement)) return;
    const seat = this.seats.get(announcement.sessionId);
    if (seat === undefined) return;
    switch (announcement.type) {
      case "participantLeft":
        return this.#ended(seat, announcement.reason, now);
      case "recovery":
        if (announcement.seen === null) return;
        seat.reports++;
        if (seat.reports > seat.losses) {
          this.#violated("RP1", `${seat.id} has two reports of one incident`);
        }
        return;
    }
  }

  #ended(seat: Seat, reason: EndReason, now: number): void {
    if (seat.ended) this.#violated("GR2", `${seat.id} has ended twice`);
    seat.ended = reason;
    if (seat.reports < seat.losses) {
      this.#violated("RP1", `${seat.id} has an incident without a report`);
    }
    if (reason !== "networkDisconnect") return;
    const { evictAfterMs, timeoutMs } = this.#options.policy;
    const { from, to } = seat.heard;
    const { grainMs } = this.#place;
    if (now < from + evictAfterMs - grainMs) {
      this.#violated("GR2", `${seat.id} was evicted too early`);
    }
    const latest = to + Math.max(evictAfterMs, timeoutMs);
    if (now > latest + this.#lateness(now) + grainMs) {
      this.#violated("GR2", `${seat.id} was evicted too late`);
    }
    this.#options.onEvicted(seat, now);
  }

  /** Milliseconds by which a room that was asleep for a moment may be late. */
  #lateness(now: number): number {
    return this.#place.asleepUntil() >= now - STALL_MS ? STALL_MS : 0;
  }

  #afterwards(room: Watched, input: Input, now: number): void {
    const { before, deadline } = room;
    const { policy } = this.#options;
    const { grainMs, asleepUntil } = room.place;
    if (input.type !== "tick") {
      const isLate = before.deadline < now - grainMs &&
        asleepUntil() <= before.deadline;
      if (isLate) this.#violated("core", "a deadline was missed");
      return;
    }
    if (deadline <= now) this.#violated("core", "the deadline is in the past");
    for (const seat of this.seats.values()) {
      if (seat.ended) continue;
      const to = seat.heard.to + grainMs;
      if (seat.line === undefined && now >= to + policy.evictAfterMs) {
        this.#violated("GR2", `${seat.id} was not evicted`);
      }
      if (seat.line !== undefined && now >= to + policy.timeoutMs) {
        this.#violated("HB2", `${seat.id} was not lost`);
      }
    }
    this.#tidy();
  }

  /** Those who are gone are remembered for a while. */
  #tidy(): void {
    if (this.seats.size < 64) return;
    for (const [id, { ended }] of this.seats) {
      if (!ended) continue;
      this.#gone.add(id);
      this.seats.delete(id);
      if (this.seats.size < 32) return;
    }
  }

  #violated(rule: string, detail: string): undefined {
    this.#options.fail(new Violation(rule, detail));
  }
}

/** What was not kept did not happen; all are lost for the moment. */
function seatOf(
  { id, identity, seq, credentials, ...kept }: SessionSnapshot,
  old: Seat | undefined,
  { heardAt, epoch }: { heardAt: number; epoch: number },
): Seat {
  const answered = new Map(kept.answers.map(({ id, text }) => [id, text]));
  const log = [...old?.log ?? []].filter(([number]) => number <= seq);
  const reports = old?.reports ?? 0;
  // An incident that waited for its client's report ends without it.
  const losses = reports + (kept.incident?.resumed ? 2 : 1);
  return {
    id,
    identity,
    line: undefined,
    heard: { from: Math.floor(heardAt), to: Math.ceil(heardAt) },
    proven: credentials.proven,
    handed: [...credentials.handed],
    attempt: credentials.attempt,
    log: new Map(log),
    told: seq,
    acked: seq,
    answers: answered,
    forks: [...old?.forks ?? [], { epoch, seq }],
    isLost: true,
    losses,
    reports,
    ended: undefined,
  };
}

const isLost = (id: string, effects: readonly Effect[]): boolean =>
  effects.some((effect) =>
    effect.type === "announce" &&
    effect.announcement.type === "participantReconnecting" &&
    effect.announcement.sessionId === id
  );

/** One that is lost again before its resume is answered is still lost. */
function lose(seat: Seat): void {
  if (!seat.isLost) seat.losses++;
  seat.isLost = true;
}

const isSecretOf = ({ proven, handed }: Seat, hash: string): boolean =>
  hash === proven || handed.includes(hash);

/** What a first message was answered, if it was refused. */
function refusalTo(
  connection: ConnectionId,
  effects: Effect[],
): ErrorObject | undefined {
  for (const effect of effects) {
    if (effect.type !== "send" || effect.connection !== connection) continue;
    const { error } = JSON.parse(effect.text);
    if (error !== undefined) return error;
  }
}

const LONGEST_LINE = 260;

/** For people. */
export function line(thing: Input | Effect): string {
  const { type, ...rest } = thing;
  return `${type} ${JSON.stringify(rest)}`.slice(0, LONGEST_LINE);
}
