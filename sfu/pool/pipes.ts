/**
 * The pipes between the parts of a router, a pair of parts each.
 *
 * @module
 */
import type { Dump } from "./claim.ts";
import type { Part } from "./part.ts";
import {
  closeEnd,
  type Failure,
  type Flow,
  Pipe,
  type Published,
} from "./pipe.ts";

type Open = {
  readonly pipe: Pipe;
  /** Why it could not be. */
  readonly opened: Promise<Failure | undefined>;
};

export class Pipes {
  readonly #routerId: string;
  #all: readonly Open[] = [];

  constructor(routerId: string) {
    this.#routerId = routerId;
  }

  /** Resolves when there is one between them, or with why there is none. */
  between(one: Part, other: Part): Promise<Failure | undefined> {
    return this.#between(one, other).opened;
  }

  /** Resolves when it can be consumed in `to`, or with why it cannot. */
  async bring(
    what: Published,
    id: string,
    from: Part,
    to: Part,
  ): Promise<Failure | undefined> {
    const { pipe, opened } = this.#between(from, to);
    return await opened ?? await pipe.carry(what, id, from);
  }

  follow(id: string, flow: Flow): void {
    for (const { pipe } of this.#all) pipe.follow(id, flow);
  }

  /** The parts at its ends; none, if it is no more. */
  endsOf(pipeId: string): readonly Part[] {
    return this.#withId(pipeId)?.ends ?? [];
  }

  /** Takes over those that have both ends, with what they carry. */
  take(dumps: ReadonlyMap<Part, Dump>): void {
    const ends = [...dumps].flatMap(([part, { pipes = [] }]) =>
      pipes.map((pipe) => ({ ...pipe, part }))
    );
    for (const { pipeId, part, producerIds, dataProducerIds } of ends) {
      const from = ends.find((end) =>
        end.pipeId === pipeId && end.part !== part
      )?.part;
      if (from === undefined) {
        closeEnd(this.#routerId, pipeId, part);
        continue;
      }
      const pipe = this.#withId(pipeId) ?? this.#known(pipeId, from, part);
      const isThere = (id: string) => from.has(id);
      pipe.take(part, "producer", producerIds, isThere);
      pipe.take(part, "dataProducer", dataProducerIds, isThere);
    }
  }

  closeAllOf(part: Part): void {
    for (const { pipe } of this.#all) {
      if (!pipe.ends.includes(part)) continue;
      this.#forget(pipe);
      pipe.close();
    }
  }

  /** All go with the router. */
  forgetAll(): void {
    this.#all = [];
  }

  #withId(pipeId: string): Pipe | undefined {
    return this.#all.find(({ pipe }) => pipe.id === pipeId)?.pipe;
  }

  #known(pipeId: string, ...ends: [Part, Part]): Pipe {
    const pipe = new Pipe(this.#routerId, pipeId, ends);
    const opened = Promise.resolve(undefined);
    this.#all = [...this.#all, { pipe, opened }];
    return pipe;
  }

  #between(one: Part, other: Part): Open {
    const known = this.#all.find(({ pipe }) => pipe.joins(one, other));
    if (known) return known;
    const pipe = new Pipe(this.#routerId, crypto.randomUUID(), [one, other]);
    const opened = pipe.open().then((failure) => {
      if (failure) this.#forget(pipe);
      return failure;
    });
    const open = { pipe, opened };
    this.#all = [...this.#all, open];
    return open;
  }

  #forget(pipe: Pipe): void {
    this.#all = this.#all.filter((open) => open.pipe !== pipe);
  }
}
