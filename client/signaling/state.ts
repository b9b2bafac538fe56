import type { ErrorObject, JoinResult, Policy } from "../../protocol/mod.ts";
import type { Ending } from "./ending.ts";
import type { SocketId } from "./io.ts";

/** One's stay in the room, which outlives its sockets. */
export type Session = {
  readonly sessionId: string;
  readonly epoch: number;
  /** What the next resume shows. */
  readonly secret: string;
  /** Of the last event that was handled. */
  readonly seq: number;
  /** How many were sent, answered or not. */
  readonly resumes: number;
  readonly token: string;
  readonly policy: Policy;
  readonly roundTripMs: number;
  /** The service wants no attempt before, also if the old socket speaks meanwhile. */
  readonly notBefore: number;
};

/** The way of one fresh socket from the wish for it to the answer on it. */
export type Attempt =
  /** `Infinity`: there will be none. */
  | { readonly type: "waiting"; readonly until: number }
  | { readonly type: "authorizing" }
  | Opening
  /** It has said `resume` or `join`; the answer decides. */
  | {
    readonly type: "asking";
    readonly socket: SocketId;
    readonly until: number;
  };

/** From `until` on it hangs. */
export type Opening = {
  readonly type: "opening";
  readonly socket: SocketId;
  readonly began: number;
  readonly until: number;
};

/** What a fresh socket is for. */
export type Goal =
  | {
    readonly method: "resume";
    readonly token: "kept" | "expired" | "renewed";
  }
  | {
    readonly method: "join";
    /** How the session ended. */
    readonly over: Ending;
    /** `given`: by whoever has moved the participant to `room`. */
    readonly token: "given" | "wanted";
    /** Another one than before. */
    readonly room?: string;
  };

/** One attempt after the other, until one is answered. */
export type Race = {
  readonly since: number;
  readonly goal: Goal;
  readonly failures: number;
  /** Why the last attempt failed; before that, why there is a race. */
  readonly error: ErrorObject;
  /** As the browser says. */
  readonly network: "unknown" | "offline";
  readonly attempt: Attempt;
};

export type Joining = {
  readonly type: "joining";
  readonly attempt: Attempt;
  readonly token: string;
  /** How many attempts the service has put off. */
  readonly failures: number;
  readonly deadline: number;
};

export type Joined = {
  readonly type: "joined";
  readonly socket: SocketId;
  readonly heardAt: number;
  readonly suspectAt: number;
  readonly session: Session;
};

/** The old socket may still speak, and a fresh one may be faster. */
export type Suspecting = {
  readonly type: "suspecting";
  readonly socket: SocketId;
  readonly heardAt: number;
  readonly lostAt: number;
  readonly session: Session;
  readonly race: Race;
};

/** The service goes, as it said: a fresh socket is for when it is back. */
export type Parting = Omit<Suspecting, "type"> & { readonly type: "parting" };

export type Lost = {
  readonly type: "lost";
  readonly heardAt: number;
  readonly giveUpAt: number;
  readonly session: Session;
  readonly race: Race;
};

export type Leaving = {
  readonly type: "leaving";
  readonly socket: SocketId;
  /** Of the request that says so. */
  readonly id: number;
  readonly session: Session;
  readonly deadline: number;
};

/** Each member carries its own clocks, and the sockets it lives on. */
export type State =
  | { readonly type: "idle" }
  | Joining
  | Joined
  | Suspecting
  | Parting
  | Lost
  | Leaving
  | { readonly type: "ended"; readonly error: ErrorObject };

/** Those that have a session which is wanted. */
export type Recovering = Suspecting | Parting | Lost;

/** When the state wants a tick. */
export function deadlineOf(state: State): number {
  switch (state.type) {
    case "idle":
    case "ended":
      return Infinity;
    case "joining":
      return Math.min(state.deadline, untilOf(state.attempt));
    case "leaving":
      return state.deadline;
    case "joined":
      return state.suspectAt;
    case "suspecting":
    case "parting":
      return Math.min(state.lostAt, untilOf(state.race.attempt));
    case "lost":
      return Math.min(state.giveUpAt, untilOf(state.race.attempt));
  }
}

const untilOf = (attempt: Attempt): number =>
  "until" in attempt ? attempt.until : Infinity;

/** All that are open, or about to be. */
export function socketsOf(state: State): SocketId[] {
  const sockets: SocketId[] = [];
  if ("socket" in state) sockets.push(state.socket);
  const socket = socketOfAttempt(attemptOf(state));
  if (socket !== undefined) sockets.push(socket);
  return sockets;
}

export function socketOfAttempt(
  attempt: Attempt | undefined,
): SocketId | undefined {
  return attempt && "socket" in attempt ? attempt.socket : undefined;
}

function attemptOf(state: State): Attempt | undefined {
  if (state.type === "joining") return state.attempt;
  return "race" in state ? state.race.attempt : undefined;
}

export function joinedWith(
  socket: SocketId,
  session: Session,
  now: number,
): Joined {
  const suspectAt = now + session.policy.suspectAfterMs;
  return { type: "joined", socket, heardAt: now, suspectAt, session };
}

export function sessionOf(result: JoinResult, token: string): Session {
  const { sessionId, epoch, secret, seq, policy } = result;
  return {
    sessionId,
    epoch,
    secret,
    seq,
    policy,
    token,
    resumes: 0,
    roundTripMs: 0,
    notBefore: 0,
  };
}
