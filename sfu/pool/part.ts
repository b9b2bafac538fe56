/**
 * What a room has in one sidecar: all of its router, or a part.
 *
 * @module
 */
import type { CallOptions, LinkReply } from "../link.ts";
import type { SfuEvent, SfuMethod, SfuParams, SfuResult } from "../methods.ts";
import { Errands } from "./errands.ts";
import type { Member } from "./member.ts";
import type { Reply } from "./survey.ts";

export type PartOptions = {
  readonly routerId: string;
  /** Of the room. */
  readonly epoch: number;
  readonly member: Member;
};

type Over = { readonly transportId: string };

/** Milliseconds, of what is prepared for others. */
const ASK_LIMIT_MS = 3_000;

export class Part {
  readonly member: Member;
  readonly errands: Errands;
  readonly #routerId: string;
  readonly #epoch: number;
  /** With the producers and consumers on each. */
  readonly #transports = new Map<string, Set<string>>();
  /** Producers and consumers, with their transports. */
  readonly #things = new Map<string, string>();
  /** Those of them that others may receive. */
  readonly #published = new Set<string>();
  /** Transports that somebody wants. */
  readonly #wanted = new Set<string>();
  /** Those of them for which another way was asked for since it was heard last. */
  readonly #doubted = new Set<string>();
  #unsubscribe = () => {};
  #isClosed = false;

  constructor({ routerId, epoch, member }: PartOptions) {
    this.member = member;
    this.#routerId = routerId;
    this.#epoch = epoch;
    this.errands = new Errands(
      ({ method, params }, reply) => this.call(method, params, {}, reply),
      member.clock,
    );
    member.add(routerId, epoch);
  }

  /** Something new may be made there. */
  get isOpen(): boolean {
    return this.member.isUp && !this.member.isSlow;
  }

  /** How much is sent there. */
  get published(): number {
    return this.#published.size;
  }

  get transportIds(): string[] {
    return [...this.#transports.keys()];
  }

  /** It is a part no longer. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  hear(listener: (event: SfuEvent) => void): void {
    this.#unsubscribe = this.member.link.subscribe(this.#routerId, listener);
  }

  /** Here; the sidecar is told otherwise, where it has to be. */
  close(): void {
    this.#isClosed = true;
    this.#unsubscribe();
    this.errands.close();
    this.member.remove(this.#routerId, this.#epoch);
  }

  has(id: string): boolean {
    return this.#transports.has(id) || this.#things.has(id);
  }

  opened(transportId: string): void {
    this.#transports.set(transportId, new Set());
    this.#wanted.add(transportId);
  }

  /** It is about to be closed. */
  unwanted(transportId: string): void {
    this.#wanted.delete(transportId);
    this.#doubted.delete(transportId);
  }

  publishes(id: string, over: Over): void {
    this.receives(id, over);
    if (this.#things.has(id)) this.#published.add(id);
  }

  receives(id: string, { transportId }: Over): void {
    const things = this.#transports.get(transportId);
    if (things === undefined) return;
    things.add(id);
    this.#things.set(id, transportId);
  }

  /** A transport with all that is on it, or one thing. */
  closed(id: string): void {
    for (const thing of this.#transports.get(id) ?? []) this.closed(thing);
    this.#transports.delete(id);
    this.unwanted(id);
    const transportId = this.#things.get(id) ?? "";
    this.#transports.get(transportId)?.delete(id);
    this.#things.delete(id);
    this.#published.delete(id);
  }

  /** Takes over what is open there. */
  take({ transports }: SfuResult<"claimRouter">): void {
    for (const { transportId, ...ids } of transports) {
      this.opened(transportId);
      const over = { transportId };
      for (const id of ids.producerIds) this.publishes(id, over);
      for (const id of ids.dataProducerIds) this.publishes(id, over);
      for (const id of ids.consumerIds) this.receives(id, over);
      for (const id of ids.dataConsumerIds) this.receives(id, over);
    }
  }

  /**
   * Somebody asks for another way to a transport, of which nothing is heard
   * there either. Returns whether that is so for most of them by now: then the
   * sidecar is gone, and not only the way from here.
   */
  doubt(transportId: string): boolean {
    if (this.member.isUp) {
      this.#doubted.clear();
      return false;
    }
    if (!this.#wanted.has(transportId)) return false;
    this.#doubted.add(transportId);
    return this.#doubted.size * 2 > this.#wanted.size;
  }

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: Reply<M>,
  ): void {
    const { link } = this.member;
    link.call(method, params, { epoch: this.#epoch, ...options }, reply);
  }

  /** For what nothing that is heard may overtake, use `call`. */
  ask<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
  ): Promise<LinkReply<M>> {
    return new Promise((resolve) =>
      this.call(method, params, { deadlineMs: ASK_LIMIT_MS }, resolve)
    );
  }
}
