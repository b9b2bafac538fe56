/**
 * A connection that was let in and whose room is looked for: it is here, or with
 * another process, or has to be begun or taken up.
 *
 * @module
 */
import {
  type CloseName,
  encodeError,
  type EndReason,
  type ErrorExtras,
  type ErrorName,
  errorObject,
} from "../../../protocol/mod.ts";
import type { Log } from "../../../log.ts";
import type { Actor } from "../../actor.ts";
import { type Clock, pause } from "../../../clock.ts";
import type { Connection } from "../../connection.ts";
import type { Admission } from "../../core/input.ts";
import type { Absent } from "./absent.ts";
import type { HeldConnections } from "./held.ts";

/** Where a room is. */
export type Located =
  | { readonly type: "here"; readonly actor: Actor }
  | {
    readonly type: "there";
    readonly node: string;
    /** Milliseconds until it is not there any more, unless the lease is renewed. */
    readonly leftMs: number;
    /** Nobody has it: that process may take it. */
    readonly mayPlace: boolean;
  }
  /** Why is known of those that have ended lately. */
  | { readonly type: "none"; readonly reason: EndReason }
  /** There is no place for it at the moment. */
  | { readonly type: "full" };

export type Wanted = "any" | "kept";

export type ArrivalOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly held: HeldConnections;
  /** Known to all arrivals. */
  readonly absent: Absent;
  /** From 0 to just below 1. */
  readonly random: () => number;
  /** @throws {Error} while Redis is away. */
  readonly locate: (
    room: string,
    wanted: Wanted,
    epoch: number | undefined,
  ) => Promise<Located>;
  /** Takes the connection to a room that is here. */
  readonly enter: (
    actor: Actor,
    connection: Connection,
    admission: Admission,
  ) => void;
};

/** Milliseconds for all tries: an owner that died has its lease so long at most. */
const LIMIT_MS = 10_000;
const RETRY_MS = 150;
/** After the end of a lease. */
const SPARE_MS = 5;
/** Told to who comes while Redis is away, or every process is full. */
const BUSY_RETRY_MS = 1_000;
/** What a client may say meanwhile, in UTF-16 units. */
const MAX_EARLY_UNITS = 65_536;

export class Arrival {
  readonly #room: string;
  readonly #connection: Connection;
  readonly #admission: Admission;
  readonly #options: ArrivalOptions;
  readonly #early: string[] = [];
  #earlyUnits = 0;
  #state: "waiting" | "settled" = "waiting";

  constructor(
    room: string,
    connection: Connection,
    admission: Admission,
    options: ArrivalOptions,
  ) {
    this.#room = room;
    this.#connection = connection;
    this.#admission = admission;
    this.#options = options;
    connection.listen({
      received: (text) => this.#keep(text),
      closed: (clean) => {
        this.#state = "settled";
        options.held.withdraw(connection.id, clean);
      },
    });
  }

  /** Ends when somebody has the connection, or it is closed. */
  async settle(): Promise<void> {
    const { clock, log } = this.#options;
    const giveUpAt = clock.now() + LIMIT_MS;
    try {
      while (this.#isWaiting && clock.now() < giveUpAt) {
        if (await this.#try()) return;
        if (this.#isWaiting) await this.#pause(clock.now());
      }
      this.#refuse("busy", { retryAfterMs: BUSY_RETRY_MS });
    } catch (error) {
      const reason = String(error);
      log.info("no place for a connection", { room: this.#room, reason });
      this.#refuse("busy", { retryAfterMs: BUSY_RETRY_MS });
    }
  }

  get #isWaiting(): boolean {
    return this.#state === "waiting";
  }

  /** Whether that was it. */
  async #try(): Promise<boolean> {
    const { locate, held, clock, absent } = this.#options;
    const admission = this.#admission;
    const [wanted, epoch] = admission.method === "join"
      ? ["any", undefined] as const
      : ["kept", admission.epoch] as const;
    const located = await locate(this.#room, wanted, epoch);
    if (!this.#isWaiting) return true;
    switch (located.type) {
      case "here":
        return this.#enter(located.actor);
      case "there": {
        const { node, leftMs, mayPlace } = located;
        const room = this.#room;
        const until = clock.now() + leftMs;
        if (absent.has(room, node, until)) return false;
        const request = { room, admission, mayPlace };
        const offered = await held.offer(node, this.#connection, request);
        if (!this.#isWaiting) return true;
        if (offered === "lost") absent.add(room, node, until, clock.now());
        else absent.remove(room);
        if (offered === "taken") this.#settled();
        return offered === "taken";
      }
      case "none": {
        const { reason } = located;
        this.#refuse("signalingTimeout", { reason });
        return true;
      }
      case "full":
        this.#refuse("busy", { retryAfterMs: BUSY_RETRY_MS });
        return true;
    }
  }

  #enter(actor: Actor): boolean {
    this.#options.enter(actor, this.#connection, this.#admission);
    this.#settled();
    return true;
  }

  /** Whoever has the connection hears what it has said meanwhile. */
  #settled(): void {
    this.#state = "settled";
    for (const text of this.#early.splice(0)) this.#connection.received(text);
  }

  #keep(text: string): void {
    this.#early.push(text);
    this.#earlyUnits += text.length;
    if (this.#earlyUnits > MAX_EARLY_UNITS) this.#close("policyViolation");
  }

  #refuse(error: ErrorName, extras: ErrorExtras): void {
    if (!this.#isWaiting) return;
    const { id } = this.#admission;
    const text = encodeError(id, errorObject(error, undefined, extras));
    this.#connection.send(text);
    this.#close(error === "busy" ? "tryAgainLater" : "joinRejected");
  }

  #close(code: CloseName): void {
    this.#state = "settled";
    this.#connection.close(code);
  }

  /** Not past the end of the lease that is waited for. */
  #pause(now: number): Promise<void> {
    const { clock, random, absent } = this.#options;
    const ms = RETRY_MS * (0.5 + random());
    const left = absent.until(this.#room) - now + SPARE_MS;
    return pause(clock, left > 0 ? Math.min(ms, left) : ms);
  }
}
