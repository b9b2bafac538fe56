/**
 * Where connections wait until they have said who they are. Nothing of a room
 * is touched for one that has not shown a token that holds.
 *
 * @module
 */
import {
  type CloseName,
  describe,
  encodeError,
  type ErrorName,
  errorObject,
  JoinParams,
  parseFrame,
} from "../protocol/mod.ts";
import type { Log } from "../log.ts";
import type { Actor } from "./actor.ts";
import type { Authenticate, Verdict } from "./authenticate.ts";
import type { Clock } from "./clock.ts";
import type { Connection, ConnectionListener } from "./connection.ts";
import type { Admission, SessionId } from "./core/input.ts";

export type LobbyOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly authenticate: Authenticate;
  /** None when there is no place for another room. */
  readonly openRoom: (name: string) => Pick<Actor, "join"> | undefined;
  /** Unguessable. */
  readonly newSessionId: () => SessionId;
  /** Milliseconds for the first message, and again for the check of its token. */
  readonly joinTimeoutMs: number;
  /** Connections that wait at the same time. */
  readonly maxWaiting: number;
};

/** What a client may send while its token is looked at. */
const MAX_EARLY_FRAMES = 16;
/** Asked of clients for which there is no room at the moment. */
const BUSY_RETRY_MS = 2_000;

export class Lobby {
  readonly #options: LobbyOptions;
  readonly #visitors = new Set<Visitor>();
  #state: "open" | "closed" = "open";

  constructor(options: LobbyOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#visitors.size;
  }

  /** Takes a connection that has just been opened and wants to join `room`. */
  enter(room: string, connection: Connection): void {
    if (this.#state === "closed") return connection.close("goingAway");
    if (this.#visitors.size >= this.#options.maxWaiting) {
      return connection.close("tryAgainLater");
    }
    const visitor = new Visitor(room, connection, this.#options, () => {
      this.#visitors.delete(visitor);
    });
    this.#visitors.add(visitor);
  }

  /** Sends everybody away, and lets nobody in. */
  close(): void {
    this.#state = "closed";
    for (const visitor of [...this.#visitors]) visitor.sendAway("goingAway");
  }
}

type State =
  | { readonly name: "silent" }
  | { readonly name: "verifying"; readonly early: string[] }
  | { readonly name: "gone" };

class Visitor implements ConnectionListener {
  readonly #room: string;
  readonly #connection: Connection;
  readonly #options: LobbyOptions;
  readonly #onGone: () => void;
  #state: State = { name: "silent" };
  #cancelTimer: () => void;

  constructor(
    room: string,
    connection: Connection,
    options: LobbyOptions,
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
    if (frame.type === "invalid") {
      return this.#refuse(frame.id, frame.error, frame.detail);
    }
    if (frame.type !== "request" || frame.request.method !== "join") {
      const id = frame.type === "request" ? frame.request.id : null;
      return this.#refuse(id, "joinExpected");
    }
    const { id, params } = frame.request;
    const join = JoinParams.safeParse(params);
    if (join.success) this.#verify(id, join.data);
    else this.#refuse(id, "invalidParams", describe(join.error));
  }

  #verify(id: number, { token, ...params }: JoinParams): void {
    const { authenticate, clock, joinTimeoutMs } = this.#options;
    this.#state = { name: "verifying", early: [] };
    this.#cancelTimer();
    this.#cancelTimer = clock.after(
      joinTimeoutMs,
      () => this.#refuse(id, "busy"),
    );
    authenticate(token, this.#room)
      .then((verdict) => this.#decide(id, params, verdict))
      .catch((error) => this.#fail(id, error));
  }

  #decide(id: number, params: Admission["params"], verdict: Verdict): void {
    if (this.#state.name !== "verifying") return;
    const { early } = this.#state;
    if (!verdict.ok) return this.#refuse(id, verdict.error);
    const room = this.#options.openRoom(this.#room);
    if (room === undefined) return this.#refuse(id, "busy");
    this.#leave();
    const { claims } = verdict;
    const sessionId = this.#options.newSessionId();
    const admission = {
      method: "join",
      id,
      params,
      claims,
      sessionId,
    } as const;
    room.join(this.#connection, admission);
    for (const text of early) this.#connection.received(text);
  }

  #fail(id: number, error: unknown): void {
    this.#options.log.error("join failed", { room: this.#room, error });
    if (this.#state.name === "verifying") this.#refuse(id, "internalError");
  }

  #keep(text: string, early: string[]): void {
    if (early.length >= MAX_EARLY_FRAMES) this.sendAway("policyViolation");
    else early.push(text);
  }

  #refuse(id: number | null, error: ErrorName, detail?: string): void {
    this.#options.log.info("join refused", { room: this.#room, error });
    const retryAfterMs = error === "busy" ? BUSY_RETRY_MS : undefined;
    this.#connection.send(
      encodeError(id, errorObject(error, detail, retryAfterMs)),
    );
    this.sendAway(error === "busy" ? "tryAgainLater" : "joinRejected");
  }

  #leave(): void {
    this.#state = { name: "gone" };
    this.#cancelTimer();
    this.#onGone();
  }
}
