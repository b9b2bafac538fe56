/**
 * What the sidecar knows of one owner, connected or not.
 *
 * @module
 */
import type { Clock } from "../../../clock.ts";
import { type SfuEvent, volatileEvents } from "../../methods.ts";
import { encodeEvent } from "../encode.ts";
import type { Owner } from "../handlers.ts";
import { Calls, type CallsOptions } from "./calls.ts";
import { EventLog, type EventLogLimits } from "./event_log.ts";

/** The owner's end of a connection. */
export interface Peer {
  readonly writable: boolean;
  send(frame: string): void;
  reply(id: number, body: string): void;
  /** Another connection of the owner has taken its place, or it is forgotten. */
  dismiss(reason: string): void;
}

export type OwnerOptions = CallsOptions & {
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly events: EventLogLimits;
  /** Told once, after which the owner is another one. */
  readonly expired: (owner: OwnerSession, reason: string) => void;
};

type Presence =
  | { readonly name: "connected"; readonly peer: Peer }
  | { readonly name: "away"; readonly cancelLease: () => void }
  | { readonly name: "expired" };

export class OwnerSession implements Owner {
  readonly id: string;
  readonly calls: Calls;
  readonly #options: OwnerOptions;
  readonly #log: EventLog;
  #presence: Presence;

  constructor(id: string, options: OwnerOptions) {
    this.id = id;
    this.#options = options;
    this.#log = new EventLog(options.events);
    this.calls = new Calls(this, options);
    this.#presence = this.#away();
  }

  /**
   * Goes on at this peer, and gives the events after `lastSeq`; undefined when
   * some of them are lost.
   */
  attach(peer: Peer, lastSeq: number): readonly string[] | undefined {
    const missed = this.#log.after(lastSeq);
    if (missed === undefined) return undefined;
    this.#log.ack(lastSeq);
    this.#become({ name: "connected", peer }, "replaced by a newer connection");
    this.calls.attach((id, body) => peer.reply(id, body));
    return missed;
  }

  /** The peer is gone; the owner has the lease to come back. */
  detach(peer: Peer): void {
    const presence = this.#presence;
    if (presence.name !== "connected" || presence.peer !== peer) return;
    this.calls.detach();
    this.#presence = this.#away();
  }

  send(event: SfuEvent): void {
    if (this.#presence.name === "expired") return;
    if (volatileEvents.has(event.event)) return this.#hint(event);
    const frame = this.#log.append((seq) => encodeEvent(seq, event));
    if (frame === undefined) return this.expire("too many events not seen");
    if (this.#presence.name === "connected") this.#presence.peer.send(frame);
  }

  /** False: no such event was sent. */
  ack(seq: number): boolean {
    return this.#log.ack(seq);
  }

  /** Forgets all of it. */
  expire(reason: string): void {
    if (this.#presence.name === "expired") return;
    this.#become({ name: "expired" }, reason);
    this.calls.close();
    this.#options.expired(this, reason);
  }

  /** Without a word: the sidecar stops. */
  close(): void {
    this.#become({ name: "expired" }, "the sidecar stops");
    this.calls.close();
  }

  #hint(event: SfuEvent): void {
    const presence = this.#presence;
    if (presence.name !== "connected" || !presence.peer.writable) return;
    presence.peer.send(encodeEvent(undefined, event));
  }

  /** What was the peer's is over before it hears of it. */
  #become(presence: Presence, reason: string): void {
    const before = this.#presence;
    this.#presence = presence;
    if (before.name === "away") before.cancelLease();
    if (before.name !== "connected") return;
    this.calls.detach();
    before.peer.dismiss(reason);
  }

  #away(): Presence {
    const { clock, leaseMs } = this.#options;
    const expire = () => this.expire("the lease has ended");
    return { name: "away", cancelLease: clock.after(leaseMs, expire) };
  }
}
