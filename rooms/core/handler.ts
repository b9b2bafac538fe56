/**
 * The shape of what handles a client's request.
 *
 * @module
 */
import type { Method, Params } from "../../protocol/mod.ts";
import type { Answer } from "./answer.ts";
import type { JoinedSession } from "./session.ts";
import type { Step } from "./state.ts";

/** A request whose parameters are being handled. */
export type Asked = {
  readonly step: Step;
  readonly session: JoinedSession;
  /** Of the JSON-RPC request. */
  readonly id: number;
};

export type Handler<M extends Method> = (
  asked: Asked,
  params: Params<M>,
) => Answer<M>;
