/**
 * A connection that has not said yet who it is: its first message is read, the
 * token in it looked at, and the room that it wants is found.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import {
  type CloseName,
  describe,
  encodeError,
  type EndReason,
  type ErrorExtras,
  type ErrorName,
  errorObject,
  type Frame,
  JoinParams,
  parseFrame,
  ResumeParams,
} from "../protocol/mod.ts";
import type { Actor } from "./actor.ts";
import type { Authenticate, Verdict } from "./authenticate.ts";
import type { Connection, ConnectionListener } from "./connection.ts";
import type {
  Admission,
  IceServers,
  JoinAdmission,
  Secret,
  SessionId,
} from "./core/input.ts";
import type { IceServersFor } from "./ice_servers.ts";
import type { Limits } from "./limits/limits.ts";
import { hashSecret } from "./secrets.ts";

export type VisitorOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticate: Authenticate;
  /** None when there is no place for another room. */
  readonly openRoom: (name: string) => Door | undefined;
  /** None when there is no such room; it is not made. */
  readonly findRoom: (name: string) => Door | undefined;
  /** Why a session is over that nobody knows, in a room that had this epoch. */
  readonly reasonOfEnd: (room: string, epoch: number) => EndReason;
  /** Unguessable. */
  readonly newSessionId: () => SessionId;
  readonly newSecret: () => Secret;
  readonly iceServersFor: IceServersFor;
  readonly limits: Limits;
  /** Milliseconds for the first message, and again for the check of its token. */
  readonly joinTimeoutMs: number;
};

type Door = Pick<Actor, "join">;

/** What a client may send while its token is looked at. */
const MAX_EARLY_FRAMES = 16;
/** In UTF-16 units: so many may wait that little must be enough. */
const MAX_EARLY_UNITS = 65_536;
/** Asked of clients for which there is no room at the moment. */
const BUSY_RETRY_MS = 2_000;

type State =
  | { readonly name: "silent" }
  | { readonly name: "verifying"; readonly early: string[] }
  | { readonly name: "gone" };

export class Visitor implements ConnectionListener {
  readonly #room: string;
  readonly #connection: Connection;
  readonly #options: VisitorOptions;
  readonly #onGone: () => void;
  #state: State = { name: "silent" };
  #cancelTimer: () => void;

  constructor(
    room: string,
    connection: Connection,
    options: VisitorOptions,
    onGone: () => void,
  ) {
    this.#room = room;
    this.#connection = connection;
    this.#options = options;
    this.#onGone = onGone;
    this.#cancelTimer = options.clock.after(
      options.joinTimeoutMs,
      () => this.sendAway("joinTimeout"),
    );
    connection.listen(this);
  }

  received(text: string): void {
    switch (this.#state.name) {
      case "silent":
        return this.#readFirst(text);
      case "verifying":
        return this.#keep(text, this.#state.early);
      case "gone":
        return;
    }
  }

  closed(): void {
    this.#leave();
  }

  sendAway(code: CloseName): void {
    this.#leave();
    this.#connection.close(code);
  }

  #readFirst(text: string): void {
    const frame = parseFrame(text);
    if (frame.type === "request" && frame.request.method === "resume") {
      return this.#readResume(frame.request.id, frame.request.params);
    }
    const retryAfterMs = this.#options.limits.knock(this.#connection.address);
    if (retryAfterMs > 0) return this.#slowDown(idOf(frame), retryAfterMs);
    if (frame.type === "invalid") {
      return this.#refuse(frame.id, frame.error, frame.detail);
    }
    if (frame.type !== "request") return this.#refuse(null, "joinExpected");
    const { id, method, params } = frame.request;
    if (method === "join") return this.#readJoin(id, params);
    return this.#refuse(id, "joinExpected");
  }

  #readJoin(id: number, params: unknown): void {
    const join = JoinParams.safeParse(params);
    if (!join.success) {
      return this.#refuse(id, "invalidParams", describe(join.error));
    }
    const { token, ...rest } = join.data;
    this.#verify(id, token, (verdict) => this.#join(id, rest, verdict));
  }

  #readResume(id: number, params: unknown): void {
    const resume = ResumeParams.safeParse(params);
    if (!resume.success) {
      return this.#refuse(id, "invalidParams", describe(resume.error));
    }
    const { token, ...rest } = resume.data;
    if (token === undefined) return this.#resume(id, rest);
    this.#verify(id, token, (verdict) => this.#resume(id, rest, verdict));
  }

  #verify(id: number, token: string, decide: (verdict: Verdict) => void): void {
    const { authenticate, clock, joinTimeoutMs } = this.#options;
    this.#state = { name: "verifying", early: [] };
    this.#cancelTimer();
    this.#cancelTimer = clock.after(
      joinTimeoutMs,
      () => this.#refuse(id, "busy"),
    );
    authenticate(token, this.#room)
      .then((verdict) => {
        if (this.#state.name === "verifying") decide(verdict);
      })
      .catch((error) => this.#fail(id, error));
  }

  #join(id: number, params: JoinAdmission["params"], verdict: Verdict): void {
    if (!verdict.ok) {
      const { error, detail, retryAfterMs } = verdict;
      return this.#refuse(
        id,
        error,
        detail,
        retryAfterMs === undefined ? undefined : { retryAfterMs },
      );
    }
    const { openRoom, newSessionId, newSecret, limits } = this.#options;
    const { address } = this.#connection;
    const retryAfterMs = limits.join(address, verdict.claims.identity);
    if (retryAfterMs > 0) return this.#slowDown(id, retryAfterMs);
    const room = openRoom(this.#room);
    if (room === undefined) return this.#refuse(id, "busy");
    const sessionId = newSessionId();
    this.#enter(room, {
      method: "join",
      id,
      params,
      claims: verdict.claims,
      sessionId,
      secret: newSecret(),
      iceServers: this.#iceServersFor(sessionId),
    });
  }

  /** Whether the session is there, and a token is needed, the room knows. */
  #resume(
    id: number,
    { secret, ...params }: Omit<ResumeParams, "token">,
    token?: Verdict,
  ): void {
    const { findRoom, reasonOfEnd, newSecret, limits } = this.#options;
    const guessWaitMs = limits.guessWait(this.#connection.address);
    const room = findRoom(this.#room);
    const reason = reasonOfEnd(this.#room, params.epoch);
    if (room === undefined) {
      return this.#refuse(id, "signalingTimeout", undefined, { reason });
    }
    this.#enter(room, {
      method: "resume",
      id,
      ...params,
      secretHash: hashSecret(secret),
      ...(guessWaitMs > 0 && { guessWaitMs }),
      next: newSecret(),
      iceServers: this.#iceServersFor(params.sessionId),
      reasonIfUnknown: reason,
      ...(token && { token }),
    });
  }

  #iceServersFor(sessionId: SessionId): IceServers {
    const { clock, iceServersFor } = this.#options;
    return iceServersFor(sessionId, clock.now());
  }

  #enter(room: Door, admission: Admission): void {
    const early = this.#state.name === "verifying" ? this.#state.early : [];
    this.#leave();
    room.join(this.#connection, admission);
    for (const text of early) this.#connection.received(text);
  }

  #fail(id: number, error: unknown): void {
    this.#options.log.error("join failed", { room: this.#room, error });
    if (this.#state.name === "verifying") this.#refuse(id, "internalError");
  }

  #keep(text: string, early: string[]): void {
    early.push(text);
    const isTooMuch = early.length > MAX_EARLY_FRAMES ||
      early.join("").length > MAX_EARLY_UNITS;
    if (isTooMuch) this.sendAway("policyViolation");
  }

  #refuse(
    id: number | null,
    error: ErrorName,
    detail?: string,
    extras: ErrorExtras = error === "busy"
      ? { retryAfterMs: BUSY_RETRY_MS }
      : {},
  ): void {
    this.#options.log.info("join refused", { room: this.#room, error });
    this.#connection.send(encodeError(id, errorObject(error, detail, extras)));
    this.sendAway(error === "busy" ? "tryAgainLater" : "joinRejected");
  }

  /** Without a line in the log, of which there would be too many as well. */
  #slowDown(id: number | null, retryAfterMs: number): void {
    const extras = { retryAfterMs };
    const error = errorObject("tooManyRequests", "too many joins", extras);
    this.#connection.send(encodeError(id, error));
    this.sendAway("tryAgainLater");
  }

  #leave(): void {
    this.#state = { name: "gone" };
    this.#cancelTimer();
    this.#onGone();
  }
}

/** Of a request, as far as it can be read. */
function idOf(frame: Frame): number | null {
  if (frame.type === "request") return frame.request.id;
  return frame.type === "invalid" ? frame.id : null;
}
