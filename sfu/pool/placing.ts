/**
 * Which part of a router a new transport goes to.
 *
 * @module
 */
import type { CallOptions } from "../link.ts";
import type { SfuParams } from "../methods.ts";
import type { RpcStatus } from "../rpc/status.ts";
import type { Part } from "./part.ts";
import { nobodyHas } from "./replies.ts";
import type { Reply } from "./survey.ts";

/** A router, as far as its transports go. */
export type Placeable = {
  /** Whether there is no other sidecar. */
  readonly isAlone: boolean;
  /** None, when it is over. */
  readonly parts: readonly Part[];
  /** There is no room in any of them. */
  grow(): void;
};

type Params = SfuParams<"createWebRtcTransport">;
type Told = Reply<"createWebRtcTransport">;

/** Milliseconds: who is told that there is no room asks another. */
const LIMIT_MS = 5_000;

/** A sidecar of an older version does not know the question. */
const hasNoRoom: ReadonlySet<RpcStatus> = new Set<RpcStatus>([
  "RESOURCE_EXHAUSTED",
  "INVALID_ARGUMENT",
]);

export class Placing {
  readonly #router: Placeable;
  /** Counts those for whom there was no room anywhere. */
  #crowd = 0;

  constructor(router: Placeable) {
    this.#router = router;
  }

  create(params: Params, options: CallOptions, reply: Told): void {
    const { parts, isAlone } = this.#router;
    const open = parts.filter(({ isOpen }) => isOpen);
    if (isAlone || open.length === 0) {
      const [first] = parts;
      if (first) createIn(first, params, options, reply);
      else reply(nobodyHas);
      return;
    }
    this.#place(open, params, options, reply);
  }

  /** The latest first: those before it are known to be full. */
  #place(
    open: readonly Part[],
    params: Params,
    options: CallOptions,
    reply: Told,
  ): void {
    const expected = this.#router.parts
      .reduce((sum, { published }) => sum + published, 0);
    const asked = { ...params, expected };
    const limited = { deadlineMs: LIMIT_MS, ...options };
    const ask = ([part, ...others]: readonly Part[]): void => {
      if (part === undefined) {
        return this.#crowdIn(open, params, options, reply);
      }
      createIn(part, asked, limited, (answer) => {
        if (answer.ok || !hasNoRoom.has(answer.status)) reply(answer);
        else ask(others);
      });
    };
    ask(open.toReversed());
  }

  #crowdIn(
    open: readonly Part[],
    params: Params,
    options: CallOptions,
    reply: Told,
  ): void {
    this.#router.grow();
    const part = open[this.#crowd++ % open.length];
    if (part) createIn(part, params, options, reply);
    else reply(nobodyHas);
  }
}

function createIn(
  part: Part,
  params: Params,
  options: CallOptions,
  reply: Told,
): void {
  part.call("createWebRtcTransport", params, options, (answer) => {
    if (answer.ok) part.opened(answer.result.transportId);
    reply(answer);
  });
}
