/**
 * Which part of a router a call is for, and what comes of it in the others.
 *
 * @module
 */
import type { CallOptions } from "../link.ts";
import type { SfuMethod, SfuParams } from "../methods.ts";
import type { Clock } from "../../clock.ts";
import { isRetryable } from "../rpc/status.ts";
import type { Part } from "./part.ts";
import type { Failure, Published } from "./pipe.ts";
import type { Pipes } from "./pipes.ts";
import { type Placeable, Placing } from "./placing.ts";
import { fenced, firstFailure, merged, nobodyHas } from "./replies.ts";
import { type Reply, survey } from "./survey.ts";

/** A router, as far as calls to it go. */
export type Whole = Placeable & {
  readonly id: string;
  readonly epoch: number;
  readonly clock: Clock;
  readonly pipes: Pipes;
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

/**
 * Milliseconds, one after the other: together they are less than the room waits
 * until it looks for what unanswered calls have made.
 */
const BRING_LIMIT_MS = 5_000;
const CONSUME_LIMIT_MS = 5_000;

export class Calls {
  readonly #whole: Whole;
  readonly #placing: Placing;

  constructor(whole: Whole) {
    this.#whole = whole;
    this.#placing = new Placing(whole);
  }

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: Reply<M>,
  ): void {
    const special: Handler<M> | undefined = this.#special[method];
    const { parts, epoch } = this.#whole;
    if (parts.length === 0) {
      queueMicrotask(() => reply(nobodyHas));
    } else if ((options.epoch ?? epoch) < epoch) {
      // As a sidecar does: nothing of it may change here either.
      queueMicrotask(() => reply(fenced));
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

    createWebRtcTransport: (params, options, reply) =>
      this.#placing.create(params, options, reply),

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
      part.call("produce", params, options, (answer) => {
        if (answer.ok) part.publishes(answer.result.producerId, params);
        reply(answer);
      });
    },
    produceData: (params, options, reply) => {
      const part = this.#partWith(params.transportId);
      part.call("produceData", params, options, (answer) => {
        if (answer.ok) part.publishes(answer.result.dataProducerId, params);
        reply(answer);
      });
    },
    consume: (params, options, reply) => {
      const { producerId } = params;
      this.#bring("producer", producerId, params, reply, (part, limit) => {
        part.call("consume", params, { ...limit, ...options }, (answer) => {
          if (answer.ok) part.receives(answer.result.consumerId, params);
          reply(answer);
        });
      });
    },
    consumeData: (params, options, reply) => {
      const { dataProducerId } = params;
      this.#bring(
        "dataProducer",
        dataProducerId,
        params,
        reply,
        (part, limit) => {
          const limited = { ...limit, ...options };
          part.call("consumeData", params, limited, (answer) => {
            if (answer.ok) part.receives(answer.result.dataConsumerId, params);
            reply(answer);
          });
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

const late: Failure = {
  ok: false,
  status: "DEADLINE_EXCEEDED",
  message: "it does not come from the other sidecar in time",
};
