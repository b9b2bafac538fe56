/**
 * A router of a room: in one sidecar or, where that has no room for more, in
 * several of them under one name. What is received elsewhere than it is sent is
 * piped there. For the room it is one router.
 *
 * @module
 */
import type { CallOptions } from "../link.ts";
import type { SfuEvent, SfuMethod, SfuParams } from "../methods.ts";
import type { Clock } from "../../clock.ts";
import { Calls, type Whole } from "./calls.ts";
import type { Dump } from "./claim.ts";
import { type Growing, Growth } from "./growth.ts";
import type { Member } from "./member.ts";
import { Part } from "./part.ts";
import { Pipes } from "./pipes.ts";
import type { Reply } from "./survey.ts";
import { Voices } from "./voices.ts";

export type EventListener = (event: SfuEvent) => void;

/** What it needs of those around it. */
export type Surroundings = {
  /** Whether there is no other sidecar. */
  readonly isAlone: boolean;
  /** Where another part of it may be made. */
  candidateFor(router: PooledRouter): Member | undefined;
  /** It is one no longer. */
  forget(router: PooledRouter): void;
  readonly clock: Clock;
  readonly log: (message: string) => void;
};

type RouterClosed = Extract<SfuEvent, { event: "routerClosed" }>;

export class PooledRouter {
  readonly id: string;
  readonly #epoch: number;
  readonly #surroundings: Surroundings;
  readonly #listeners = new Set<EventListener>();
  readonly #voices: Voices<Part>;
  readonly #pipes: Pipes;
  readonly #growth: Growth;
  readonly #calls: Calls;
  #parts: readonly Part[];

  /** `members`: those that have it, at least one. */
  constructor(
    id: string,
    epoch: number,
    members: readonly Member[],
    surroundings: Surroundings,
  ) {
    this.id = id;
    this.#epoch = epoch;
    this.#surroundings = surroundings;
    this.#voices = new Voices(id);
    this.#pipes = new Pipes(id);
    this.#parts = members.map((member) => this.#partIn(member));
    this.#growth = new Growth(this.#growing, surroundings.clock);
    this.#calls = new Calls(this.#whole);
  }

  get members(): Member[] {
    return this.#parts.map(({ member }) => member);
  }

  /** Takes over what is open in its parts. */
  take(found: ReadonlyMap<Member, Dump>): void {
    const dumps = new Map<Part, Dump>();
    for (const part of this.#parts) {
      const dump = found.get(part.member);
      if (dump === undefined) continue;
      part.take(dump);
      dumps.set(part, dump);
    }
    this.#pipes.take(dumps);
  }

  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  call<M extends SfuMethod>(
    method: M,
    params: SfuParams<M>,
    options: CallOptions,
    reply: Reply<M>,
  ): void {
    this.#calls.call(method, params, options, reply);
  }

  /** A sidecar has lost what it had of it. */
  lostWith(member: Member): void {
    const part = this.#parts.find((one) => one.member === member);
    if (part) this.#lose(part, this.#closedEvent);
  }

  /** Nothing more is done with it; the sidecars keep it for another owner. */
  leave(): void {
    this.#end();
  }

  #closed(id: string): void {
    this.#parts.find((part) => part.has(id))?.closed(id);
    this.#pipes.follow(id, "closed");
  }

  #partIn(member: Member): Part {
    const part = new Part({ routerId: this.id, epoch: this.#epoch, member });
    part.hear((event) => this.#hear(part, event));
    return part;
  }

  #hear(part: Part, event: SfuEvent): void {
    switch (event.event) {
      case "routerClosed":
        if (event.params.cause !== "fenced") return this.#lose(part, event);
        // With one part of it, all is another owner's.
        this.#end();
        return this.#tell(event);
      case "pipeFailed":
        return this.#pipeFailed(event.params.pipeId);
      case "audioLevels":
      case "activeSpeaker": {
        const told = this.#parts.length === 1
          ? [event]
          : this.#voices.hear(part, event);
        return told.forEach((one) => this.#tell(one));
      }
      case "producerClosed":
        this.#closed(event.params.producerId);
        break;
      case "dataProducerClosed":
        this.#closed(event.params.dataProducerId);
        break;
      case "consumerClosed":
        part.closed(event.params.consumerId);
        break;
      case "dataConsumerClosed":
        part.closed(event.params.dataConsumerId);
    }
    this.#tell(event);
  }

  #tell(event: SfuEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  get #closedEvent(): RouterClosed {
    const params = { routerId: this.id, cause: "leaseExpired" } as const;
    return { event: "routerClosed", params };
  }

  /** Most of those there do not hear of it either; elsewhere they may. */
  #doubted(part: Part): void {
    const { isAlone, log } = this.#surroundings;
    if (isAlone) return;
    const { member } = part;
    log(`Sidecar ${member.name} is cut off, and so are those in ${this.id}`);
    this.#lose(part, this.#closedEvent);
    member.abandon(this.id, this.#epoch);
  }

  /**
   * The later one of the two gives way: what is there is made anew elsewhere. Of
   * one that does not answer in time either, it may mean no more than that.
   */
  #pipeFailed(pipeId: string): void {
    const ends = this.#pipes.endsOf(pipeId);
    const both = this.#parts.filter((one) => ends.includes(one) && one.isOpen);
    const [, part] = both;
    if (part === undefined) return;
    const { member } = part;
    const { log } = this.#surroundings;
    log(`Nothing comes through to ${this.id} in sidecar ${member.name}`);
    this.#growth.rest();
    this.#lose(part, this.#closedEvent);
    member.abandon(this.id, this.#epoch);
  }

  /** Those who were there are told so; the others notice nothing of it. */
  #lose(part: Part, event: RouterClosed): void {
    part.close();
    if (!this.#parts.includes(part)) return;
    this.#parts = this.#parts.filter((one) => one !== part);
    this.#voices.forget(part);
    if (this.#parts.length === 0) {
      this.#end();
      return this.#tell(event);
    }
    for (const transportId of part.transportIds) {
      const params = { routerId: this.id, transportId };
      this.#tell({ event: "transportLost", params });
    }
    this.#pipes.closeAllOf(part);
  }

  #end(): void {
    if (this.#growth.isOver) return;
    this.#growth.end();
    for (const part of this.#parts) part.close();
    this.#parts = [];
    this.#pipes.forgetAll();
    this.#surroundings.forget(this);
  }

  get #whole(): Whole {
    const parts = () => this.#parts;
    return {
      id: this.id,
      epoch: this.#epoch,
      isAlone: this.#surroundings.isAlone,
      clock: this.#surroundings.clock,
      pipes: this.#pipes,
      get parts() {
        return parts();
      },
      grow: () => void this.#growth.grow(),
      doubted: (part) => this.#doubted(part),
      closed: (id) => this.#closed(id),
      end: () => this.#end(),
    };
  }

  get #growing(): Growing {
    const parts = () => this.#parts;
    return {
      id: this.id,
      pipes: this.#pipes,
      log: this.#surroundings.log,
      get parts() {
        return parts();
      },
      candidate: () => this.#surroundings.candidateFor(this),
      partIn: (member) => this.#partIn(member),
      joined: (part) => this.#parts = [...this.#parts, part],
      abandon: (part) => {
        part.close();
        this.#pipes.closeAllOf(part);
        part.member.abandon(this.id, this.#epoch);
      },
    };
  }
}
