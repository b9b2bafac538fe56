import type { ErrorObject } from "../../protocol/mod.ts";
import type { SocketId } from "./io.ts";

export type Joined = {
  readonly type: "joined";
  readonly socket: SocketId;
  readonly heardAt: number;
  readonly timeoutMs: number;
  /** Of the last event that was handled. */
  readonly seq: number;
};

/** Each member carries its own clock, and the socket it lives on. */
export type State =
  | { readonly type: "idle" }
  | { readonly type: "authorizing"; readonly deadline: number }
  | {
    readonly type: "opening";
    readonly socket: SocketId;
    readonly token: string;
    readonly deadline: number;
  }
  | {
    readonly type: "joining";
    readonly socket: SocketId;
    readonly id: number;
    readonly deadline: number;
  }
  | Joined
  | {
    readonly type: "leaving";
    readonly socket: SocketId;
    readonly id: number;
    readonly seq: number;
    readonly deadline: number;
  }
  | { readonly type: "ended"; readonly error: ErrorObject };

export function socketOf(state: State): SocketId | undefined {
  return "socket" in state ? state.socket : undefined;
}

export function seqOf(state: State): number {
  return "seq" in state ? state.seq : 0;
}

export function deadlineOf(state: State): number {
  if (state.type === "joined") return state.heardAt + state.timeoutMs;
  return "deadline" in state ? state.deadline : Infinity;
}
