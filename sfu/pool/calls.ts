/**
 * Which part of a router a call is for, and what comes of it in the others.
 *
 * @module
 */
import type { CallOptions, LinkReply } from "../link.ts";
import type { SfuMethod, SfuParams, SfuResult } from "../methods.ts";
import type { Clock } from "../../clock.ts";
import { isRetryable } from "./errands.ts";
import type { Part } from "./part.ts";
import type { Failure, Published } from "./pipe.ts";
import type { Pipes } from "./pipes.ts";
import { type Reply, survey } from "./survey.ts";

/** A router, as far as calls to it go. */
export type Whole = {
  readonly id: string;
  readonly epoch: number;
  /** Whether there is no other sidecar. */
  readonly isAlone: boolean;
  readonly clock: Clock;
  readonly pipes: Pipes;
  /** None, when it is over. */
  readonly parts: readonly Part[];
  /** There is no room in any of them. */
  grow(): void;
  /** Most of those there do not hear of it. */
  doubted(part: Part): void;
  /** A producer or consumer. */
  closed(id: string): void;
  end(): void;
};

type Handler<M extends SfuMethod> = (
  params: SfuParams<M>,
  options: CallOptions,
  reply: Reply<M>,
) => void;

/** Milliseconds: who is told that there is no room asks another. */
const PLACE_LIMIT_MS = 5_000;
/**
 * Milliseconds, one after the other: together they are less than the room waits
 * until it looks for what unanswered calls have made.
 */
const BRING_LIMIT_MS = 5_000;
const CONSUME_LIMIT_MS = 5_000;

export class Calls {
  readonly #whole: Whole;
  /** Counts those for whom there was no room anywhere. */
  #crowd = 0;

  constructor(whole: Whole) {
    this.#whole = whole;
  }

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: Reply<M>,
  ): void {
    const special: Handler<M> | undefined = this.#special[method];
    if (this.#whole.parts.length === 0) {
      queueMicrotask(() => reply(nobodyHas));
    } else if (special) special(params, options, reply);
    else this.#relay(method, params, options, reply);
  }

  #relay<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: Reply<M>,
  ): void {
    this.#partWith(idIn(params)).call(method, params, options, reply);
  }

  readonly #special: { readonly [M in SfuMethod]?: Handler<M> } = {
    closeRouter: (params, options, reply) => {
      const { parts, id, epoch } = this.#whole;
      this.#whole.end();
      survey(parts, (part, told: Reply<"closeRouter">) => {
        part.call("closeRouter", params, options, (answer) => {
          if (!answer.ok && isRetryable(answer.status)) {
            part.member.abandon(id, epoch);
          }
          told(answer);
        });
      }, (answers) => reply(firstFailure(answers) ?? { ok: true, result: {} }));
    },

    dumpRouter: (params, options, reply) =>
      survey(
        this.#whole.parts,
        (part, told: Reply<"dumpRouter">) =>
          part.call("dumpRouter", params, options, told),
        (answers) => reply(firstFailure(answers) ?? merged(answers)),
      ),

    /** The latest first: those before it are known to be full. */
    createWebRtcTransport: (params, options, reply) => {
      const { parts, isAlone } = this.#whole;
      const open = isAlone ? [] : parts.filter(({ isOpen }) => isOpen);
      if (open.length > 0) {
        return this.#place(open, params, options, reply);
      }
      const [part = this.#partWith("")] = parts.filter(({ isOpen }) => isOpen);
      createTransport(part, params, options, reply);
    },

    closeTransport: (params, options, reply) => {
      const { transportId } = params;
      const part = this.#partWith(transportId);
      part.unwanted(transportId);
      const closed = () => part.closed(transportId);
      part.call("closeTransport", params, options, done(reply, closed));
    },

    restartIce: (params, options, reply) => {
      const part = this.#partWith(params.transportId);
      part.call("restartIce", params, options, reply);
      if (part.doubt(params.transportId)) this.#whole.doubted(part);
    },

    produce: (params, options, reply) => {
      const part = this.#partWith(params.transportId);
      const id = (made: SfuResult<"produce">) => made.producerId;
      part.call("produce", params, options, making(part, params, id, reply));
    },
    produceData: (params, options, reply) => {
      const part = this.#partWith(params.transportId);
      const id = (made: SfuResult<"produceData">) => made.dataProducerId;
      const told = making(part, params, id, reply);
      part.call("produceData", params, options, told);
    },
    consume: (params, options, reply) => {
      const id = (made: SfuResult<"consume">) => made.consumerId;
      const { producerId } = params;
      this.#bring("producer", producerId, params, reply, (part, limit) => {
        const told = making(part, params, id, reply);
        part.call("consume", params, { ...limit, ...options }, told);
      });
    },
    consumeData: (params, options, reply) => {
      const id = (made: SfuResult<"consumeData">) => made.dataConsumerId;
      const { dataProducerId } = params;
      this.#bring(
        "dataProducer",
        dataProducerId,
        params,
        reply,
        (part, limit) => {
          const told = making(part, params, id, reply);
          part.call("consumeData", params, { ...limit, ...options }, told);
        },
      );
    },

    pauseProducer: (params, options, reply) => {
      const pause = () => this.#whole.pipes.follow(params.producerId, "paused");
      this.#relay("pauseProducer", params, options, done(reply, pause));
    },
    resumeProducer: (params, options, reply) => {
      const resume = () =>
        this.#whole.pipes.follow(params.producerId, "flowing");
      this.#relay("resumeProducer", params, options, done(reply, resume));
    },
    closeProducer: (params, options, reply) => {
      const closed = () => this.#whole.closed(params.producerId);
      this.#relay("closeProducer", params, options, done(reply, closed));
    },
    closeDataProducer: (params, options, reply) => {
      const closed = () => this.#whole.closed(params.dataProducerId);
      this.#relay("closeDataProducer", params, options, done(reply, closed));
    },
    closeConsumer: (params, options, reply) => {
      const closed = () => this.#whole.closed(params.consumerId);
      this.#relay("closeConsumer", params, options, done(reply, closed));
    },
    closeDataConsumer: (params, options, reply) => {
      const closed = () => this.#whole.closed(params.dataConsumerId);
      this.#relay("closeDataConsumer", params, options, done(reply, closed));
    },
  };

  /** What is not known to be anywhere is asked for where it began. */
  #partWith(id: string): Part {
    const { parts } = this.#whole;
    const part = parts.find((one) => one.has(id)) ?? parts[0];
    if (part === undefined) throw new Error("Cannot find a part: it is over");
    return part;
  }

  #place(
    open: readonly Part[],
    params: SfuParams<"createWebRtcTransport">,
    options: CallOptions,
    reply: Reply<"createWebRtcTransport">,
  ): void {
    const asked = { ...params, unlessCrowded: true };
    const limited = { deadlineMs: PLACE_LIMIT_MS, ...options };
    const ask = ([part, ...others]: readonly Part[]): void => {
      if (part === undefined) {
        return this.#crowdIn(open, params, options, reply);
      }
      createTransport(part, asked, limited, (answer) => {
        if (answer.ok || answer.status !== "RESOURCE_EXHAUSTED") reply(answer);
        else ask(others);
      });
    };
    ask(open.toReversed());
  }

  #crowdIn(
    open: readonly Part[],
    params: SfuParams<"createWebRtcTransport">,
    options: CallOptions,
    reply: Reply<"createWebRtcTransport">,
  ): void {
    this.#whole.grow();
    const part = open[this.#crowd++ % open.length];
    if (part) createTransport(part, params, options, reply);
    else reply(nobodyHas);
  }

  /** Sees to it that what was published can be consumed where a transport is. */
  #bring(
    what: Published,
    id: string,
    { transportId }: { readonly transportId: string },
    reply: (failure: Failure) => void,
    consume: (part: Part, limit: CallOptions) => void,
  ): void {
    const from = this.#partWith(id);
    const to = this.#partWith(transportId);
    if (from === to) return consume(to, {});
    const { pipes, clock } = this.#whole;
    const { promise, resolve } = Promise.withResolvers<Failure | undefined>();
    const cancel = clock.after(BRING_LIMIT_MS, () => resolve(late));
    pipes.bring(what, id, from, to).then(resolve);
    promise.then((failure) => {
      cancel();
      if (failure) reply(failure);
      else consume(to, { deadlineMs: CONSUME_LIMIT_MS });
    });
  }
}

function createTransport(
  part: Part,
  params: SfuParams<"createWebRtcTransport">,
  options: CallOptions,
  reply: Reply<"createWebRtcTransport">,
): void {
  part.call("createWebRtcTransport", params, options, (answer) => {
    if (answer.ok) part.opened(answer.result.transportId);
    reply(answer);
  });
}

const making = <M extends SfuMethod>(
  part: Part,
  { transportId }: { readonly transportId: string },
  idOf: (made: SfuResult<M>) => string,
  reply: Reply<M>,
): Reply<M> =>
(answer) => {
  if (answer.ok) part.made(idOf(answer.result), transportId);
  reply(answer);
};

const done =
  <M extends SfuMethod>(reply: Reply<M>, run: () => void): Reply<M> =>
  (answer) => {
    if (answer.ok) run();
    reply(answer);
  };

/** Of the thing that it is about, the transport first. */
function idIn(params: object): string {
  const {
    transportId,
    producerId,
    consumerId,
    dataProducerId,
    dataConsumerId,
  }: Partial<Record<IdName, string>> = params;
  return transportId ?? producerId ?? consumerId ?? dataProducerId ??
    dataConsumerId ?? "";
}

type IdName =
  | "transportId"
  | "producerId"
  | "consumerId"
  | "dataProducerId"
  | "dataConsumerId";

const firstFailure = (
  answers: readonly LinkReply<SfuMethod>[],
): Failure | undefined =>
  answers.flatMap((answer) => answer.ok ? [] : [answer])[0];

/** What is open in all of its parts; pipes are no business of the room's. */
export function merged(
  answers: readonly LinkReply<"dumpRouter">[],
): LinkReply<"dumpRouter"> {
  const dumps = answers.flatMap((one) => one.ok ? [one.result] : []);
  const [first] = dumps;
  if (first === undefined) return nobodyHas;
  const { routerId, rtpCapabilities } = first;
  const transports = dumps.flatMap((one) => one.transports);
  return { ok: true, result: { routerId, rtpCapabilities, transports } };
}

const late: Failure = {
  ok: false,
  status: "DEADLINE_EXCEEDED",
  message: "it does not come from the other sidecar in time",
};

export const nobodyHas: Failure = {
  ok: false,
  status: "NOT_FOUND",
  message: "no sidecar has this router",
};
